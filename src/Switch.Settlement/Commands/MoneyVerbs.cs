using System.CommandLine;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Fees;

namespace Switch.Settlement.Commands;

/// <summary>balances, explain, adjust, hold and release: the ledger, and what a person changes in it.</summary>
internal static class MoneyVerbs
{
    public static Command Balances(SharedOptions shared)
    {
        var balances = new Command(
            "balances",
            "Prints the trial balance: every account of the ledger by currency. Each currency adds up to zero.");
        balances.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var (kept, lines) = TrialBalance.ReadBoth(desk.Database);
            Tables.Balances(desk.Output, lines);
            return kept.IsBalanced && kept.Rows.SequenceEqual(lines.Rows)
                ? SettlementCommand.Done
                : desk.Refuse("the books do not add up: nothing may be closed before somebody knows why");
        }));
        return balances;
    }

    public static Command Explain(SharedOptions shared)
    {
        var id = new Argument<string>("TRANSACTION") { Description = "transaction id, 32 hexadecimal digits" };
        var explain = new Command(
            "explain",
            "Explains the fees of a payment line by line: rule, basis, exact, posted; and whether it was reversed.")
        {
            id,
        };
        explain.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, async desk =>
        {
            await using var connection = await desk.Database.OpenConnectionAsync(stop);
            var transaction = parsed.GetValue(id)!;
            var lines = await FeeExplanation.LoadAsync(connection, transaction);
            if (lines.Count == 0) return desk.Refuse(await NothingOfAsync(connection, transaction));
            foreach (var line in lines) await desk.Output.WriteLineAsync(line.ToString());
            if (await FeeExplanation.LoadReversalAsync(connection, transaction) is { } date)
                await desk.Output.WriteLineAsync($"all of it was taken back by a reversal that settles on {date}");
            return SettlementCommand.Done;
        }));
        return explain;
    }

    public static Command Adjust(SharedOptions shared)
    {
        var reference = CommandOptions.Text("--reference", "TEXT", "your own, such as a case number; taken once");
        var merchant = CommandOptions.Text("--merchant", "ID", "whose money");
        var acquirer = CommandOptions.Text("--acquirer", "NAME", "through whom it settles");
        var amount = CommandOptions.Text("--amount", "AMOUNT", "in the major unit, negative to take from the merchant");
        var currency = CommandOptions.Text("--currency", "CODE", "ISO 4217");
        var kind = Kind("--kind", AdjustmentKind.Correction, "why");
        var reason = CommandOptions.Text("--reason", "TEXT", "in words, 1 to 200 characters");
        var by = CommandOptions.By("who enters it");
        var adjust = new Command(
            "adjust", "Enters a correction or a chargeback into the next open window; a closed one never changes.")
        {
            reference, merchant, acquirer, amount, currency, kind, reason, by,
        };
        adjust.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var code = parsed.GetValue(currency)!;
            if (!AmountText.TryParse(parsed.GetValue(amount)!, code, out var minor, out var fault))
                return desk.Refuse(fault);
            var result = new Adjustments(desk.Database, desk.Terms, desk.Day).Enter(new Adjustment(
                parsed.GetValue(reference)!, parsed.GetValue(merchant)!, parsed.GetValue(acquirer)!, code, minor,
                parsed.GetValue(kind), parsed.GetValue(reason)!, parsed.GetValue(by)!));
            if (result.Refusal is { } why) return desk.Refuse(why);
            desk.Output.WriteLine($"settles on {result.SettleDate}");
            return SettlementCommand.Done;
        }));
        return adjust;
    }

    public static Command Hold(SharedOptions shared)
    {
        var merchant = CommandOptions.Text("--merchant", "ID", "whose payouts");
        var currency = new Option<string>("--currency")
        {
            Description = "only this currency",
            HelpName = "CODE",
            DefaultValueFactory = static _ => "",
        };
        var amount = new Option<string>("--amount")
        {
            Description = "keep back so much; all without it",
            HelpName = "AMOUNT",
        };
        var kind = Kind("--kind", HoldKind.Manual, "why");
        var reason = CommandOptions.Text("--reason", "TEXT", "in words, 1 to 200 characters");
        var by = CommandOptions.By("who places it");
        var hold = new Command("hold", "Holds a merchant's payouts, or an amount of them, until it is released.")
        {
            merchant, currency, amount, kind, reason, by,
        };
        hold.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var (code, minor) = (parsed.GetValue(currency)!, 0L);
            if (parsed.GetValue(amount) is { } text && !AmountText.TryParse(text, code, out minor, out var fault))
                return desk.Refuse(fault);
            // In the books 0 says everything, which is not what somebody who types it means.
            if (minor == 0 && parsed.GetValue(amount) is not null)
                return desk.Refuse("an amount of 0 holds nothing; without --amount everything is held");
            var result = new PayoutHolds(desk.Database, desk.Terms, desk.Day).Place(
                parsed.GetValue(merchant)!, code, parsed.GetValue(kind), minor, parsed.GetValue(reason)!,
                parsed.GetValue(by)!);
            if (result.Refusal is { } why) return desk.Refuse(why);
            desk.Output.WriteLine($"hold {result.Id} is placed");
            return SettlementCommand.Done;
        }));
        return hold;
    }

    public static Command Release(SharedOptions shared)
    {
        var id = new Argument<long>("ID") { Description = "number of the hold" };
        var by = CommandOptions.By("who releases it");
        var release = new Command(
            "release", "Releases a hold, once; the next close pays what it kept back.") { id, by };
        release.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var result = new PayoutHolds(desk.Database, desk.Terms, desk.Day).Release(
                parsed.GetValue(id), parsed.GetValue(by)!);
            if (result.Refusal is { } why) return desk.Refuse(why);
            desk.Output.WriteLine($"hold {result.Id} is released");
            return SettlementCommand.Done;
        }));
        return release;
    }

    private static Option<T> Kind<T>(string name, T otherwise, string description)
        where T : struct, Enum => new(name)
        {
            Description = $"{description}: {string.Join(", ", Enum.GetValues<T>().Select(Words.Dashed))} "
                + $"({Words.Dashed(otherwise)})",
            HelpName = "KIND",
            DefaultValueFactory = _ => otherwise,
            CustomParser = result =>
            {
                foreach (var value in Enum.GetValues<T>())
                {
                    if (Words.Dashed(value) == result.Tokens[0].Value) return value;
                }

                result.AddError(
                    $"'{result.Tokens[0].Value}' is none of "
                    + $"{string.Join(", ", Enum.GetValues<T>().Select(Words.Dashed))}");
                return otherwise;
            },
        };

    private static async Task<string> NothingOfAsync(System.Data.Common.DbConnection connection, string transaction) =>
        await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM payment WHERE transaction_id = @transaction", new { transaction }) > 0
            ? $"payment {transaction} moved no money: it has no fees"
            : $"there is no payment {transaction}";
}
