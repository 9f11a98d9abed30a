using System.Globalization;
using Spectre.Console;
using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Settlement.Files;

namespace Switch.Sandbox;

/// <summary>Prints what happened as a table that a person reads from left to right.</summary>
internal sealed class Report
{
    private const int PlainWidth = 200;
    private readonly IAnsiConsole _console;

    public Report(TextWriter output)
    {
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // Written to a file or a pipe there is no width to ask for; the table should not be cut to 80 columns.
        if (_console.Profile.Width < PlainWidth && Console.IsOutputRedirected) _console.Profile.Width = PlainWidth;
    }

    public void Line(string text) => _console.MarkupLine(text);

    public void Results(IReadOnlyList<DemonstrationResult> results)
    {
        var table = new Table { Border = TableBorder.Rounded };
        string[] headings =
            ["sample", "what it shows", "card", "amount", "answer", "code", "acquirer", "approval", "ms"];
        foreach (var heading in headings)
            table.AddColumn(new TableColumn($"[bold]{heading}[/]").NoWrap());
        table.Columns[3].RightAligned();
        table.Columns[8].RightAligned();
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
        _console.WriteLine($"Ledger, {(day.Balance.IsBalanced ? "balanced" : "NOT BALANCED")}; credits are negative:");
        var accounts = NewTable(["account", "name", "> balance"]);
        foreach (var row in day.Balance.Rows.Where(row => row.AmountMinor != 0))
        {
            accounts.AddRow(
                ((int)row.Account).ToString(CultureInfo.InvariantCulture), JournalExport.NameOf(row.Account),
                AmountOf(row.AmountMinor, row.Currency));
        }

        _console.Write(accounts);
        _console.WriteLine(
            $"{day.Settled} payments settled on {day.Date:yyyy-MM-dd}; the acquirers' files and the books differ in "
            + $"{day.Exceptions.Count} lines.");
        foreach (var e in day.Exceptions)
            _console.WriteLine($"    {e.Outcome}: {e.Acquirer} {e.Rrn} {e.OursMinor} {e.TheirsMinor}");
    }

    private void Print(Statement statement)
    {
        var currency = statement.Currency;
        _console.WriteLine(
            $"Statement {statement.Number} of {statement.MerchantName}, closed on {statement.CloseDate:yyyy-MM-dd}:");
        var table = NewTable(["kind", "RRN", "card", "> gross", "> fee", "> VAT", "> reserve", "> net"]);
        foreach (var line in statement.Lines)
        {
            table.AddRow(
                line.Kind, line.Rrn, $"{line.Scheme} {line.CardLastFour}", AmountOf(line.GrossMinor, currency),
                AmountOf(line.FeeMinor, currency), AmountOf(line.VatMinor, currency),
                AmountOf(line.ReserveMinor, currency), AmountOf(line.NetMinor, currency));
        }

        table.AddRow(
            "total", "", "", AmountOf(statement.GrossMinor, currency), AmountOf(statement.FeesMinor, currency),
            AmountOf(statement.VatMinor, currency), AmountOf(statement.ReserveMinor, currency),
            AmountOf(statement.NetMinor, currency));
        _console.Write(table);
        _console.WriteLine(statement.Payout is { } payout
            ? $"Paid: {AmountOf(payout.AmountMinor, currency)}, value date {payout.ValueDate:yyyy-MM-dd}"
            : $"Nothing is paid. {statement.HoldReason}");
    }

    private static Table NewTable(string[] headings)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
        {
            var column = new TableColumn(heading.TrimStart('>', ' ')).NoWrap();
            table.AddColumn(heading.StartsWith('>') ? column.RightAligned() : column);
        }

        return table;
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
        return AmountOf(money.AmountMinor, money.Currency);
    }

    private static string AmountOf(long minor, string currency)
    {
        // What is no currency is shown with cents, as most have them; the answer beside it says that it is none.
        if (!Iso4217.TryGetDecimals(currency, out var decimals)) decimals = 2;
        var value = minor / (decimal)Math.Pow(10, decimals);
        return Markup.Escape($"{value.ToString("F" + decimals, CultureInfo.InvariantCulture)} {currency}");
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
