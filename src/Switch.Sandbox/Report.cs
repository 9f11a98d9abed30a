using System.Globalization;
using Spectre.Console;
using Switch.Contracts.V1;
using Switch.Routing;

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
        if (!Iso4217.TryGetDecimals(money.Currency, out var decimals)) decimals = 2;
        var value = money.AmountMinor / (decimal)Math.Pow(10, decimals);
        return Markup.Escape($"{value.ToString("F" + decimals, CultureInfo.InvariantCulture)} {money.Currency}");
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
