using System.Globalization;
using Spectre.Console;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Reconciliation;

namespace Switch.Settlement.Commands;

/// <summary>Prints rows as tables that a person reads from left to right.</summary>
internal static class Tables
{
    private const int PlainWidth = 200;

    public static void Payouts(TextWriter output, IReadOnlyList<Payout> payouts)
    {
        if (payouts.Count == 0) return;
        Print(
            output,
            ["merchant", "> brought", "> net", "> paid", "> carried", "", "status", "value date"],
            payouts.Select(p => new[]
            {
                p.MerchantId, Amount(p.BroughtMinor, p.Currency), Amount(p.NetMinor, p.Currency),
                Amount(p.AmountMinor, p.Currency), Amount(p.CarriedMinor, p.Currency), p.Currency,
                p.HoldReason.Length > 0 ? $"{Words.Of(p.Status)}: {p.HoldReason}" : Words.Of(p.Status), p.ValueDate,
            }));
    }

    /// <summary>Debit and credit of every account, and what they add up to in each currency.</summary>
    public static void Balances(TextWriter output, TrialBalance trial)
    {
        var rows = trial.Rows.Where(static row => row.AmountMinor != 0).GroupBy(static row => row.Currency)
            .SelectMany(static of => of.Select(static row => Side(
                row.Currency, ((int)row.Account).ToString(CultureInfo.InvariantCulture),
                JournalExport.NameOf(row.Account),
                Math.Max(row.AmountMinor, 0), Math.Max(-row.AmountMinor, 0)))
                .Append(Side(
                    of.Key, "", "total", of.Sum(static row => Math.Max(row.AmountMinor, 0)),
                    of.Sum(static row => Math.Max(-row.AmountMinor, 0)))));
        Print(output, ["currency", "> account", "name", "> debit", "> credit"], rows);
    }

    public static void Exceptions(TextWriter output, IReadOnlyList<OpenException> exceptions) => Print(
        output,
        ["> id", "outcome", "acquirer", "reference", "date", "> ours", "> theirs", "> age", "file"],
        exceptions.Select(x => new[]
        {
            x.Id.ToString(CultureInfo.InvariantCulture), Words.Of(x.Outcome), x.Acquirer,
            x.Rrn.Length > 0 ? x.Rrn : x.Subject, x.BusinessDate,
            x.OursCurrency.Length > 0 ? $"{Amount(x.OursMinor, x.OursCurrency)} {x.OursCurrency}" : "-",
            x.TheirsCurrency.Length > 0 ? $"{Amount(x.TheirsMinor, x.TheirsCurrency)} {x.TheirsCurrency}" : "-",
            Age(x.Age), x.Line > 0 ? $"{x.File}:{x.Line}" : x.File,
        }));

    /// <summary>Rows under headings; a heading that begins with "&gt; " has its numbers to the right.</summary>
    public static void Print(TextWriter output, IReadOnlyList<string> headings, IEnumerable<string[]> rows)
    {
        var table = Under(headings);
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        ConsoleOn(output).Write(table);
    }

    /// <summary>An empty table under such headings.</summary>
    public static Table Under(IReadOnlyList<string> headings)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
        {
            var isNumber = heading.StartsWith("> ", StringComparison.Ordinal);
            var column = new TableColumn($"[bold]{Markup.Escape(isNumber ? heading[2..] : heading)}[/]").NoWrap();
            table.AddColumn(isNumber ? column.RightAligned() : column);
        }

        return table;
    }

    /// <summary>Where tables are written: wide enough for them.</summary>
    public static IAnsiConsole ConsoleOn(TextWriter output)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        // Into a file or a pipe there is no width to ask for; nothing should be cut to 80 columns.
        if (console.Profile.Width < PlainWidth && Console.IsOutputRedirected) console.Profile.Width = PlainWidth;
        return console;
    }

    /// <summary>In the major unit, with the currency's decimals.</summary>
    public static string Amount(long minor, string currency) => Currency.TryFind(currency, out var known)
        ? known.ToMajor(minor).ToString(CultureInfo.InvariantCulture)
        : minor.ToString(CultureInfo.InvariantCulture);

    private static string[] Side(string currency, string account, string name, long debit, long credit) =>
    [
        currency, account, name, debit == 0 ? "" : Amount(debit, currency), credit == 0 ? "" : Amount(credit, currency),
    ];

    /// <summary>"3 d 4 h", or minutes below an hour.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Days} d {age.Hours} h"),
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{age.Hours} h {age.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{age.Minutes} min"),
    };
}
