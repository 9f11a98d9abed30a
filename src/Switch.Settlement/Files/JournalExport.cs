using CsvHelper;
using Switch.Settlement.Books;
using Switch.Settlement.Records;

namespace Switch.Settlement.Files;

/// <summary>One line of the accounting journal.</summary>
/// <param name="Document">Number of the document in the accounts: lines of one document add up to zero.</param>
/// <param name="Date">Accounting date: the settlement date.</param>
/// <param name="Account">The account.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountMinor">Minor units; debit positive, credit negative.</param>
/// <param name="Acquirer">Whose account, or empty.</param>
/// <param name="MerchantId">Whose account, or empty.</param>
/// <param name="Kind">Why the entry was made.</param>
/// <param name="Text">What a person reads: RRN or reference.</param>
internal sealed record JournalLine(
    string Document,
    DateOnly Date,
    Account Account,
    string Currency,
    long AmountMinor,
    string Acquirer,
    string MerchantId,
    EntryKind Kind,
    string Text);

/// <summary>
/// The accounting journal for the import of an ERP: debit and credit in columns of their own, both positive, no totals
/// between the lines.
/// </summary>
internal static class JournalExport
{
    /// <summary>Writes the journal; lines are taken one by one and not kept.</summary>
    /// <returns>How many lines.</returns>
    /// <exception cref="InvalidDataException">
    /// Debits and credits of a currency differ: the books are broken, and the file must not be imported.
    /// </exception>
    public static long Write(IEnumerable<JournalLine> lines, Stream stream)
    {
        using var csv = CsvOutput.Open(stream);
        CsvOutput.Row(csv, "document", "date", "account", "account_name", "currency", "debit", "credit", "acquirer",
            "merchant_id", "kind", "text");
        var count = 0L;
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            Line(csv, line);
            sums[line.Currency] = checked(sums.GetValueOrDefault(line.Currency) + line.AmountMinor);
            count++;
        }

        foreach (var (currency, sum) in sums)
        {
            if (sum != 0)
                throw new InvalidDataException($"the journal's debits and credits of {currency} differ by {sum} minor");
        }

        return count;
    }

    /// <summary>The name of an account in files: "scheme_receivable".</summary>
    public static string NameOf(Account account) => SnakeCase.Of(account.ToString());

    /// <summary>The name of a kind in files: "bank_movement".</summary>
    public static string NameOf(EntryKind kind) => SnakeCase.Of(kind.ToString());

    private static void Line(CsvWriter csv, JournalLine line)
    {
        var amount = Currency.Of(line.Currency).ToMajor(line.AmountMinor);
        CsvOutput.Fields(csv, line.Document, CsvOutput.Text(line.Date));
        csv.WriteField((int)line.Account, default);
        CsvOutput.Fields(csv, NameOf(line.Account), line.Currency);
        csv.WriteField<decimal>(amount >= 0 ? amount : null, default);
        csv.WriteField<decimal>(amount < 0 ? -amount : null, default);
        CsvOutput.Fields(csv, line.Acquirer, line.MerchantId, NameOf(line.Kind), line.Text);
        csv.EndRecord();
    }
}
