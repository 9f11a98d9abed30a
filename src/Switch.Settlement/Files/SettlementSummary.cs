using System.Security.Cryptography;
using CsvHelper;
using Switch.Settlement.Books;

namespace Switch.Settlement.Files;

/// <summary>What one account took of the entries of one kind on one business date.</summary>
/// <param name="Acquirer">Name of the acquirer; empty on entries of settlement itself.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="BusinessDate">The entries' own business date; earlier than the close when they came late.</param>
/// <param name="Kind">Why the entries were made.</param>
/// <param name="Account">The account.</param>
/// <param name="Entries">How many entries.</param>
/// <param name="AmountMinor">Minor units, debit positive.</param>
internal sealed record SummaryFigure(
    string Acquirer, string Currency, DateOnly BusinessDate, EntryKind Kind, Account Account, long Entries,
    long AmountMinor);

/// <summary>
/// The settlement summary of a close: a row per acquirer, currency, business date and kind with a column an account, a
/// total per currency, and a trailer with the count of rows and the SHA-256 of every byte before it.
/// </summary>
internal static class SettlementSummary
{
    private static readonly Account[] Accounts = Enum.GetValues<Account>();

    /// <summary>Writes the summary; the figures may come in any order.</summary>
    public static void Write(ClearingHeader header, IEnumerable<SummaryFigure> figures, Stream stream)
    {
        using var sha = SHA256.Create();
        int rows;
        using (var hashed = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
        using (var csv = CsvOutput.Open(hashed))
            rows = Body(csv, header, figures);

        using var trailer = CsvOutput.Open(stream);
        trailer.WriteField("trailer");
        trailer.WriteField(rows, default);
        trailer.WriteField(Convert.ToHexStringLower(sha.Hash!));
        trailer.EndRecord();
    }

    private static int Body(CsvWriter csv, ClearingHeader header, IEnumerable<SummaryFigure> figures)
    {
        Names(csv);
        var all = figures.ToList();
        var rows = all
            .GroupBy(static f => (f.Acquirer, f.Currency, f.BusinessDate, f.Kind))
            .OrderBy(static g => g.Key.Acquirer, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.Currency, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.BusinessDate)
            .ThenBy(static g => g.Key.Kind)
            .ToList();
        foreach (var row in rows)
        {
            var key = row.Key;
            CsvOutput.Fields(csv, "row", CsvOutput.Text(header.CloseDate), key.Acquirer, key.Currency,
                CsvOutput.Text(key.BusinessDate), JournalExport.NameOf(key.Kind));
            Amounts(csv, Currency.Of(key.Currency), [.. row]);
        }

        foreach (var total in all.GroupBy(static f => f.Currency).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            CsvOutput.Fields(csv, "total", CsvOutput.Text(header.CloseDate), "", total.Key, "", "");
            Amounts(csv, Currency.Of(total.Key), [.. total]);
        }

        return rows.Count;
    }

    private static void Names(CsvWriter csv)
    {
        CsvOutput.Fields(csv, "record", "close_date", "acquirer", "currency", "business_date", "kind", "entries");
        foreach (var account in Accounts) csv.WriteField(JournalExport.NameOf(account));
        csv.EndRecord();
    }

    // Every entry has as many rows as accounts; the account that most entries touch tells how many there were.
    private static void Amounts(CsvWriter csv, Currency currency, List<SummaryFigure> figures)
    {
        var entries = figures
            .GroupBy(static f => (f.Acquirer, f.BusinessDate, f.Kind))
            .Sum(static row => row.GroupBy(static f => f.Account).Max(static a => a.Sum(static f => f.Entries)));
        csv.WriteField(entries, default);
        foreach (var account in Accounts)
        {
            var minor = figures.Where(f => f.Account == account).Sum(static f => f.AmountMinor);
            csv.WriteField(currency.ToMajor(minor), default);
        }

        csv.EndRecord();
    }
}
