using System.Globalization;
using Spectre.Console;
using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Settlement.Commands;
using Switch.Settlement.Files;

namespace Switch.Sandbox;

/// <summary>Prints what happened as a table that a person reads from left to right.</summary>
internal sealed class Report
{
    private readonly TextWriter _output;
    private readonly IAnsiConsole _console;

    public Report(TextWriter output)
    {
        _output = output;
        _console = Tables.ConsoleOn(output);
    }

    public void Line(string text) => _console.MarkupLine(text);

    public void Results(IReadOnlyList<DemonstrationResult> results)
    {
        var table = Tables.Under(
            ["sample", "what it shows", "card", "> amount", "answer", "code", "acquirer", "approval", "> ms"]);
        foreach (var result in results)
        {
            table.AddRow(
                Markup.Escape(result.Step.Sample),
                Markup.Escape(result.Step.Story),
                MaskedCard(result.Request.PaymentMethod?.Card),
                AmountOf(result.Request.Amount),
                AnswerOf(result),
                result.Answer?.ResponseCode ?? "-",
                Or(result.Answer?.Acquirer, "-"),
                Or(result.Answer?.ApprovalCode, "-"),
                result.Latency.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture));
        }

        _console.Write(table);
        foreach (var result in results.Where(r => r.Error is not null)) Faults(result);
    }

    /// <summary>A merchant's statement, the ledger's balances, and what reconciliation found.</summary>
    public void Settled(SettledDay day)
    {
        if (day.Statement is { } statement) Print(statement);
        _console.WriteLine($"Ledger, {(day.Balance.IsBalanced ? "balanced" : "NOT BALANCED")}:");
        Tables.Balances(_output, day.Balance);
        _console.WriteLine(
            $"{day.Settled} payments settled on {day.Date:yyyy-MM-dd}; the acquirers' files and the books differ in "
            + $"{day.Exceptions.Count} lines.");
        if (day.Exceptions.Count > 0) Tables.Exceptions(_output, day.Exceptions);
    }

    private void Print(Statement statement)
    {
        var currency = statement.Currency;
        string Amount(long minor) => Tables.Amount(minor, currency);
        _console.WriteLine(
            $"Statement {statement.Number} of {statement.MerchantName}, closed on {statement.CloseDate:yyyy-MM-dd}, "
            + $"in {currency}:");
        var lines = statement.Lines.Select(line => new[]
        {
            line.Kind, line.Rrn, $"{line.Scheme} {line.CardLastFour}", Amount(line.GrossMinor), Amount(line.FeeMinor),
            Amount(line.VatMinor), Amount(line.ReserveMinor), Amount(line.NetMinor),
        });
        string[] total =
        [
            "total", "", "", Amount(statement.GrossMinor), Amount(statement.FeesMinor), Amount(statement.VatMinor),
            Amount(statement.ReserveMinor), Amount(statement.NetMinor),
        ];
        Tables.Print(
            _output, ["kind", "RRN", "card", "> gross", "> fee", "> VAT", "> reserve", "> net"], lines.Append(total));
        _console.WriteLine(statement.Payout is { } payout
            ? $"Paid: {Amount(payout.AmountMinor)} {currency}, value date {payout.ValueDate:yyyy-MM-dd}"
            : $"Nothing is paid. {statement.HoldReason}");
    }

    // A refusal lists every field; that is the point of it, so all of them are shown.
    private void Faults(DemonstrationResult result)
    {
        var summary = Markup.Escape(Refusals.Summary(result.Error!));
        _console.MarkupLine($"[yellow]{Markup.Escape(result.Step.Sample)}[/] was refused: {summary}");
        foreach (var (field, description) in Refusals.Faults(result.Error!))
            _console.MarkupLine($"    {Markup.Escape(field)} {Markup.Escape(description)}");
    }

    private static string AnswerOf(DemonstrationResult result)
    {
        if (result.Answer is not { } answer) return $"[yellow]{Markup.Escape(Refusals.Reason(result.Error!))}[/]";
        var replay = answer.Replayed ? " [grey](replayed)[/]" : "";
        return answer.Outcome switch
        {
            Outcome.Approved => $"[green]{Markup.Escape(answer.TerminalText)}[/]{replay}",
            Outcome.PartiallyApproved =>
                $"[green]{Markup.Escape(answer.TerminalText)}[/] {AmountOf(answer.ApprovedAmount)}{replay}",
            _ => $"[red]{Markup.Escape(answer.TerminalText)}[/]{replay}",
        };
    }

    /// <summary>In the major unit: the yen has no cents, the dinar three digits of them.</summary>
    internal static string AmountOf(Money? money)
    {
        if (money is null) return "-";
        // What is no currency is shown with cents, as most have them; the answer beside it says that it is none.
        var currency = Iso4217.TryGetDecimals(money.Currency, out _) ? money.Currency : "EUR";
        return Markup.Escape($"{Tables.Amount(money.AmountMinor, currency)} {money.Currency}");
    }

    private static string MaskedCard(Card? card)
    {
        if (card is null) return "-";
        var pan = card.Pan.Length > 0 ? card.Pan : card.Track2.Split('=', 'D')[0];
        return pan.Length < 12 ? "-" : $"{pan[..6]}{new string('*', pan.Length - 10)}{pan[^4..]}";
    }

    private static string Or(string? text, string otherwise) =>
        string.IsNullOrEmpty(text) ? otherwise : Markup.Escape(text);
}
