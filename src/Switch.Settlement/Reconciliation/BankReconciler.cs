using System.Data.Common;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// Compares a bank statement with the books and books what was seen: an acquirer's money from its receivable, a payout
/// from what was payable. One transaction, which no batch is beside.
/// </summary>
internal sealed class BankReconciler(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    private const string PayoutSql =
        "SELECT p.id AS Id, p.merchant_id AS MerchantId, p.currency AS Currency, p.amount_minor AS AmountMinor, "
        + "p.value_date AS ValueDate, p.close_date AS CloseDate, "
        + "CASE WHEN a.reference IS NULL THEN 0 ELSE 1 END AS IsSeen "
        + "FROM payout p LEFT JOIN bank_accounted a ON a.reference = p.id WHERE p.status = 1 AND p.value_date >= @from";

    private const string ReceiptSql =
        "SELECT acquirer AS Acquirer, currency AS Currency, settle_date AS SettleDate, "
        + "CAST(SUM(amount_minor) AS BIGINT) AS AmountMinor FROM balance "
        + "WHERE account = 1100 AND entry_kind <> 8 AND acquirer <> '' AND settle_date >= @from "
        + "AND settle_date <= (SELECT COALESCE(MAX(business_date), '') FROM closed_day) "
        + "GROUP BY acquirer, currency, settle_date HAVING SUM(amount_minor) <> 0 "
        + "ORDER BY settle_date, acquirer, currency";

    private const string KnownSql =
        "SELECT account || '|' || reference || '|' || booked_date || '|' || currency || '|' || amount_minor || '|' "
        + "|| end_to_end_id FROM bank_line WHERE reference <> '' AND booked_date >= @first AND booked_date <= @last";

    private const string InsertLine =
        "INSERT INTO bank_line (import_id, position_no, line_no, account, reference, end_to_end_id, currency, "
        + "amount_minor, booked_date, text, outcome, entry_id) "
        + "VALUES (@ImportId, @Position, @Line, @account, @Reference, @EndToEndId, "
        + "@Currency, @AmountMinor, @Booked, @Text, @Outcome, @Entry)";

    /// <summary>Imports and compares a statement: camt.053 when the file is XML, else CSV as the terms say.</summary>
    /// <exception cref="DbException">The store is away; nothing was imported.</exception>
    /// <exception cref="IOException">The file cannot be read; nothing was imported.</exception>
    public ReconciliationResult Run(string path)
    {
        if (ImportFaults.OfSize(path) is { } tooLarge) return ReconciliationResult.Refused(tooLarge);
        var content = File.ReadAllBytes(path);
        var name = Path.GetFileName(path);
        var isXml = content.AsSpan().TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8).StartsWith("<"u8);
        if (!isXml && terms.Reconciliation.BankCsv is null)
            return ReconciliationResult.Refused($"{name}: no XML, and the terms say nothing of a CSV file of the bank");
        var read = isXml
            ? Camt053Reader.Read(name, content, day.Today)
            : BankCsvReader.Read(name, content, terms.Reconciliation.BankCsv!, day.Today);
        if (read.File is not { } statement) return ReconciliationResult.Refused(read.Faults);

        using var transaction = database.Begin(StoreLock.Alone);
        var tables = new ReconciliationTables(database, transaction, day.NowMs);
        var digest = ReconciliationTables.Digest(content);
        if (tables.RefusalOf(FileKind.Bank, "", digest, name) is { } refusal)
            return ReconciliationResult.Refused(refusal);
        tables.Begin();
        var entries = new SettlementEntries(database, transaction);
        var open = Adjustments.OpenDate(transaction, day.Today);
        var counts = new SortedDictionary<MatchOutcome, long>();
        foreach (var finding in Compare(tables, statement))
        {
            if (finding.Line is null && tables.HasException(finding.Subject, 0)) continue;
            counts[finding.Outcome] = counts.GetValueOrDefault(finding.Outcome) + 1;
            Keep(tables, finding, statement.Account, Book(entries, finding, open, tables.ImportId), name);
        }

        entries.Write();
        tables.End(FileKind.Bank, "", digest, name, "", statement.Lines.Count);
        transaction.Commit();
        return new ReconciliationResult([], "", statement.Lines.Count, counts, tables.Opened, tables.Settled);
    }

    private IReadOnlyList<BankFinding> Compare(ReconciliationTables tables, BankStatement statement)
    {
        if (statement.Lines.Count == 0) return [];
        var match = terms.Reconciliation.BankMatch;
        var first = statement.Lines.Min(static line => line.BookingDate);
        var last = BusinessDay.Text(statement.Lines.Max(static line => line.BookingDate));
        var from = BusinessDay.Text(first.AddDays(-2 * (match.TimingDays + 1)));
        var payouts = tables.Query<DueRow>(PayoutSql, new { from });
        var received = tables.Query<string>("SELECT reference FROM bank_accounted", new { })
            .ToHashSet(StringComparer.Ordinal);
        var receipts = tables.Query<DueRow>(ReceiptSql, new { from })
            .Select(static row => new ExpectedReceipt(
                row.Acquirer, row.Currency, BusinessDay.Parse(row.SettleDate), row.AmountMinor))
            .Where(receipt => !received.Contains(receipt.Subject)).ToList();
        var known = tables.Query<string>(KnownSql, new { first = BusinessDay.Text(first), last })
            .ToHashSet(StringComparer.Ordinal);
        var expected = new BankExpectation(
            [.. payouts.Where(static row => row.IsSeen == 0).Select(static row => row.ToPayout())],
            payouts.Where(static row => row.IsSeen != 0).Select(static row => row.Id).ToHashSet(StringComparer.Ordinal),
            receipts);
        return new BankMatcher(expected, terms.Reconciliation.Receipts, match)
            .Match(statement.Lines, line => line.Reference.Length > 0 && known.Contains(Identity(statement, line)));
    }

    // Money of an acquirer is there whatever it was meant for; what became of a payout that differs, a person says.
    private static long Book(SettlementEntries entries, BankFinding finding, string openDate, long importId)
    {
        if (finding.Line is not { } line || finding.Outcome == MatchOutcome.Duplicate) return 0;
        var reference = $"bank/{importId}/{finding.Position}";
        var booked = BusinessDay.Text(line.BookingDate);
        if (finding.Acquirer.Length > 0)
        {
            var key = new EntryKey(openDate, finding.Acquirer, "", line.Currency, booked, EntryKind.BankMovement);
            return entries.Add(key, reference, Account.Bank, Account.SchemeReceivable, line.AmountMinor);
        }

        if (finding.Outcome != MatchOutcome.Matched) return 0;
        var entry = 0L;
        foreach (var payout in finding.Payouts ?? [])
        {
            var key = new EntryKey(
                openDate, "", payout.MerchantId, payout.Currency, booked, EntryKind.BankMovement);
            entry = entries.Add(
                key, $"{reference} {payout.Id}", Account.PayoutPayable, Account.Bank, payout.AmountMinor);
        }

        return entry;
    }

    private static void Keep(
        ReconciliationTables tables, BankFinding finding, string account, long entry, string name)
    {
        var line = finding.Line;
        if (line is not null)
        {
            tables.Execute(InsertLine, new
            {
                tables.ImportId,
                finding.Position,
                line.Line,
                account,
                line.Reference,
                line.EndToEndId,
                line.Currency,
                line.AmountMinor,
                Booked = BusinessDay.Text(line.BookingDate),
                line.Text,
                Outcome = (int)finding.Outcome,
                Entry = entry,
            });
        }

        if (finding.Outcome == MatchOutcome.Matched)
        {
            foreach (var subject in (finding.Payouts?.Select(static p => p.Id) ?? [])
                .Concat(finding.Receipts?.Select(static r => r.Subject) ?? []))
            {
                tables.Execute(
                    "INSERT INTO bank_accounted (reference, import_id, position_no) "
                    + "VALUES (@subject, @ImportId, @Position)",
                    new { subject, tables.ImportId, finding.Position });
                tables.SettleSubject(subject, 0, name);
            }
        }

        if (finding.Outcome < MatchOutcome.MissingOnOurs) return;
        tables.Open(new ExceptionRow
        {
            LineNo = line?.Line ?? 0,
            Outcome = (long)finding.Outcome,
            Acquirer = finding.Acquirer,
            Subject = finding.Subject,
            Rrn = line?.Reference ?? "",
            BusinessDate = line is null ? "" : BusinessDay.Text(line.BookingDate),
            OursCurrency = finding.Payouts is [var payout, ..] ? payout.Currency
                : finding.Receipts is [var receipt, ..] ? receipt.Currency : "",
            OursMinor = finding.OursMinor,
            TheirsCurrency = line?.Currency ?? "",
            TheirsMinor = line?.AmountMinor ?? 0,
        });
    }

    private static string Identity(BankStatement statement, BankLine line) => FormattableString.Invariant(
        $"{statement.Account}|{line.Reference}|{line.BookingDate:yyyy-MM-dd}|{line.Currency}|{line.AmountMinor}|")
        + line.EndToEndId;

    private sealed class DueRow
    {
        public string Id { get; set; } = "";

        public string MerchantId { get; set; } = "";

        public string Acquirer { get; set; } = "";

        public string Currency { get; set; } = "";

        public string SettleDate { get; set; } = "";

        public long AmountMinor { get; set; }

        public string ValueDate { get; set; } = "";

        public string CloseDate { get; set; } = "";

        public long IsSeen { get; set; }

        public ExpectedPayout ToPayout()
        {
            var date = BusinessDay.Parse(ValueDate);
            return new ExpectedPayout(Id, MerchantId, Currency, AmountMinor, date, Pain001.PaymentInformationId(
                ClosedDayFiles.MessageId(BusinessDay.Parse(CloseDate)), Currency, date));
        }
    }
}
