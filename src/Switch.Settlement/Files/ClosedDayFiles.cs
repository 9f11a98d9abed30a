using System.Data.Common;
using System.Globalization;
using System.Text;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Files;

/// <summary>A file that was written.</summary>
/// <param name="Path">Where.</param>
/// <param name="Sha256">Of its content, 64 lower-case hexadecimal digits; beside it as well.</param>
internal sealed record WrittenFile(string Path, string Sha256);

/// <summary>What became of a request for files.</summary>
/// <param name="Files">The files; each is whole.</param>
/// <param name="Faults">Why some or all were not written; empty when all were.</param>
internal sealed record FilesResult(IReadOnlyList<WrittenFile> Files, IReadOnlyList<string> Faults);

/// <summary>
/// Writes the files of a close. It can be asked for them again at any time and gives the same bytes: a close never
/// changes, and it keeps names, addresses and accounts of who paid whom. The terms are only for closes that were made
/// before those were kept.
/// </summary>
internal sealed class ClosedDayFiles(SettlementDatabase database, SettlementTerms terms)
{
    private const int ReportEvery = 100;

    /// <summary>
    /// Writes every file of a close into a folder of its date: clearing of each acquirer, summary, payouts, journal and
    /// its totals, and the statements of every merchant.
    /// </summary>
    /// <exception cref="DbException">The store is away.</exception>
    /// <exception cref="IOException">The disk fails; files that were there before are whole.</exception>
    /// <exception cref="InvalidDataException">The books do not add up.</exception>
    /// <param name="date">The closed date.</param>
    /// <param name="folder">Where the folder of the date is made.</param>
    /// <param name="progress">Is told what is written, in words.</param>
    public FilesResult WriteAll(DateOnly date, string folder, Action<string>? progress = null)
    {
        using var connection = database.OpenConnection();
        if (ClosedDay.Find(connection, date) is not { } day) return NotClosed(date);
        var into = Path.Combine(folder, day.To);
        TemporaryFile.DropLeftovers(into);
        var files = new List<WrittenFile>();
        var faults = new List<string>();
        foreach (var acquirer in connection.ReadAll<string>(ClosedDaySql.Acquirers, day))
        {
            progress?.Invoke($"clearing file of {acquirer}");
            files.Add(Write(into, $"clearing-{NameOf(acquirer)}.csv", s => Clearing(connection, day, acquirer, s)));
        }

        progress?.Invoke("summary, payouts and journal");
        files.Add(Write(into, "summary.csv", stream => Summary(connection, day, stream)));
        var payouts = connection.ReadAll<PayoutRow>(ClosedDaySql.PayoutsInOrder, day);
        WritePayouts(day, into, payouts, files, faults);
        files.Add(Write(into, "journal.csv", s => JournalExport.Write(Journal(connection, day), s)));
        files.Add(Write(into, "journal-totals.csv", s => JournalExport.Write(Totals(connection, day), s)));
        var source = new StatementSource(connection, day, terms);
        WriteStatements(payouts, source, Path.Combine(into, "statements"), files, progress);
        return new FilesResult(files, faults);
    }

    /// <summary>Writes a merchant's statements of a close, one a currency, each as CSV and HTML.</summary>
    /// <inheritdoc cref="WriteAll" path="/exception"/>
    public FilesResult WriteStatements(
        string merchantId, DateOnly date, string folder, Action<string>? progress = null)
    {
        using var connection = database.OpenConnection();
        if (ClosedDay.Find(connection, date) is not { } day) return NotClosed(date);
        var payouts = connection.ReadAll<PayoutRow>(ClosedDaySql.PayoutsOfMerchant, new { day.To, merchantId });
        if (payouts.Count == 0)
        {
            return new FilesResult([], [
                $"the close of {day.To} has nothing of merchant '{merchantId}': nothing moved or brought forward",
            ]);
        }

        var source = new StatementSource(connection, day, terms);
        var files = new List<WrittenFile>();
        WriteStatements(payouts, source, folder, files, progress);
        return new FilesResult(files, []);
    }

    /// <summary>The statements of a close, of every merchant; none when the date was not closed.</summary>
    /// <inheritdoc cref="WriteAll" path="/exception"/>
    public IReadOnlyList<Statement> ReadStatements(DateOnly date)
    {
        using var connection = database.OpenConnection();
        if (ClosedDay.Find(connection, date) is not { } day) return [];
        var source = new StatementSource(connection, day, terms);
        return [.. connection.ReadAll<PayoutRow>(ClosedDaySql.PayoutsInOrder, day).Select(source.Read)];
    }

    /// <summary>The file's id of a close, and the head of the ids of its batches.</summary>
    internal static string MessageId(DateOnly date) => $"PO-{BusinessDay.Text(date)}";

    private void WritePayouts(
        ClosedDay day, string folder, List<PayoutRow> payouts, List<WrittenFile> files, List<string> faults)
    {
        var payer = day.Operator ?? terms.Operator;
        var orders = new PaymentOrders(
            MessageId(day.Date), day.ClosedAt,
            new BankAccount(payer.Name, payer.Iban, "", payer.Bic, payer.Country, payer.Town),
            [.. payouts.Where(static p => p.IsOrdered).Select(p => p.ToOrder(day.Date, TownOf(day, p)))]);
        if (orders.Orders.Count == 0) return;
        if (orders.Faults() is { Count: > 0 } refused) faults.AddRange(refused.Select(static f => $"payouts.xml: {f}"));
        else files.Add(Write(folder, "payouts.xml", stream => Pain001.Write(orders, stream)));
    }

    private string TownOf(ClosedDay day, PayoutRow payout) =>
        day.Operator is null ? terms.MerchantOf(payout.MerchantId).Town : payout.CreditorTown;

    private static void WriteStatements(
        List<PayoutRow> payouts, StatementSource source, string folder, List<WrittenFile> files,
        Action<string>? progress)
    {
        TemporaryFile.DropLeftovers(folder);
        for (var i = 0; i < payouts.Count; i++)
        {
            if (i % ReportEvery == 0) progress?.Invoke($"statements: {i} of {payouts.Count}");
            WriteStatement(source.Read(payouts[i]), folder, files);
        }
    }

    private static void WriteStatement(Statement statement, string folder, List<WrittenFile> files)
    {
        var date = CsvOutput.Text(statement.CloseDate);
        var name = $"statement-{NameOf(statement.MerchantId)}-{date}-{statement.Currency}";
        files.Add(Write(folder, name + ".csv", stream => StatementCsv.Write(statement, stream)));
        files.Add(Write(folder, name + ".html", stream => StatementHtml.Write(statement, stream)));
    }

    private static void Clearing(DbConnection connection, ClosedDay day, string acquirer, Stream stream) =>
        ClearingFile.Write(
            new ClearingHeader(acquirer, day.Date, day.ClosedAt),
            connection.ReadEach<MovementRow>(ClosedDaySql.ClearedMovements, new { day.From, day.To, acquirer })
                .Select(static row => row.ToClearing()),
            stream);

    private static void Summary(DbConnection connection, ClosedDay day, Stream stream) => SettlementSummary.Write(
        new ClearingHeader("", day.Date, day.ClosedAt),
        connection.ReadEach<BalanceOfDay>(ClosedDaySql.Balances, day).Select(static row =>
            new SummaryFigure(
                row.Acquirer, row.Currency, BusinessDay.Parse(row.BusinessDate), (EntryKind)row.Kind,
                (Account)row.Account, row.Entries, row.AmountMinor)),
        stream);

    // The entry's own number changes in a rebuild: documents are counted within the file.
    private static IEnumerable<JournalLine> Journal(DbConnection connection, ClosedDay day)
    {
        var (document, entry) = (0L, 0L);
        foreach (var row in connection.ReadEach<JournalRow>(ClosedDaySql.Journal, day))
        {
            if (row.EntryId != entry) (document, entry) = (document + 1, row.EntryId);
            yield return new JournalLine(
                string.Create(CultureInfo.InvariantCulture, $"{day.Date:yyyyMMdd}-{document:D8}"),
                BusinessDay.Parse(row.SettleDate), (Account)row.Account, row.Currency, row.AmountMinor, row.Acquirer,
                row.MerchantId, (EntryKind)row.Kind, row.Text);
        }
    }

    private static IEnumerable<JournalLine> Totals(DbConnection connection, ClosedDay day) =>
        connection.ReadEach<BalanceOfDay>(ClosedDaySql.Balances, day)
            .Where(static row => row.AmountMinor != 0)
            .Select(row => new JournalLine(
                string.Create(CultureInfo.InvariantCulture, $"{day.Date:yyyyMMdd}"), BusinessDay.Parse(row.SettleDate),
                (Account)row.Account, row.Currency, row.AmountMinor, row.Acquirer, row.MerchantId, (EntryKind)row.Kind,
                $"business date {row.BusinessDate}"));

    private static WrittenFile Write(string folder, string name, Action<Stream> content)
    {
        var path = Path.Combine(folder, name);
        return new WrittenFile(path, AtomicFile.Write(path, content));
    }

    private static FilesResult NotClosed(DateOnly date) =>
        new([], [$"{BusinessDay.Text(date)} is not closed, or was closed along with a later date"]);

    // Ids come from outside: a file must not leave its folder.
    private static string NameOf(string id)
    {
        var name = new StringBuilder(id.Length);
        foreach (var b in Encoding.UTF8.GetBytes(id))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_') name.Append((char)b);
            else name.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return name.ToString();
    }
}
