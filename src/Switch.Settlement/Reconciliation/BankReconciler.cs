using System.Data.Common;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// Compares a bank statement with the books and books what was seen: an acquirer's money from its receivable, a payout
/// from what was payable. One transaction, which no batch is beside.
/// </summary>
internal sealed class BankReconciler(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    private const string InsertLine =
        "INSERT INTO bank_line (import_id, position_no, line_no, account, reference, end_to_end_id, currency, "
        + "amount_minor, booked_date, text, outcome, entry_id) "
        + "VALUES (@ImportId, @Position, @Line, @account, @Reference, @EndToEndId, "
        + "@Currency, @AmountMinor, @Booked, @Text, @Outcome, @Entry)";

    /// <summary>Imports and compares a statement: camt.053 when the file is XML, else CSV as the terms say.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Is told how far it is, in words.</param>
    /// <exception cref="DbException">The store is away; nothing was imported.</exception>
    /// <exception cref="IOException">The file cannot be read; nothing was imported.</exception>
    public ReconciliationResult Run(string path, Action<string>? progress = null)
    {
        if (ImportFaults.OfSize(path) is { } tooLarge) return ReconciliationResult.Refused(tooLarge);
        var content = File.ReadAllBytes(path);
        var name = Path.GetFileName(path);
        var isXml = content.AsSpan().TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8).StartsWith("<"u8);
        if (!isXml && terms.Reconciliation.BankCsv is null)
            return ReconciliationResult.Refused($"{name}: no XML, and the terms say nothing of a CSV file of the bank");
        var read = isXml
            ? Camt053Reader.Read(name, content, day.Today)
            : BankCsvReader.Read(name, content, terms.Reconciliation.BankCsv!, day.Today, terms.Operator.Iban);
        if (read.File is not { } statement) return ReconciliationResult.Refused(read.Faults);
        progress?.Invoke($"{statement.Lines.Count} movements read, comparing with the books");
        return Import(statement, name, ReconciliationTables.Digest(content));
    }

    private ReconciliationResult Import(BankStatement statement, string name, string digest)
    {
        using var transaction = database.Begin(StoreLock.Alone);
        using var tables = new ReconciliationTables(database, transaction, day.NowMs);
        if (ReconciliationTables.RefusalOf(
            transaction.Connection, transaction.Transaction, FileKind.Bank, "", digest, name) is { } refusal)
            return ReconciliationResult.Refused(refusal);
        tables.Begin();
        var entries = new SettlementEntries(database, transaction);
        var returns = new PayoutReturn(database, transaction, entries, day);
        var open = Adjustments.OpenDate(transaction, day.Today);
        var counts = new SortedDictionary<MatchOutcome, long>();
        foreach (var finding in Compare(tables, statement))
        {
            if (finding.Line is null && tables.HasException(finding.Subject, 0)) continue;
            counts[finding.Outcome] = counts.GetValueOrDefault(finding.Outcome) + 1;
            var entry = finding is { Outcome: MatchOutcome.Returned, Payouts: [var payout], Line: { } line }
                ? returns.Book(payout.Id, payout.MerchantId, line.Currency, line.AmountMinor, open, line.Text)
                : Book(entries, finding, open, tables.ImportId);
            Keep(tables, finding, statement.Account, entry, name);
        }

        entries.Write();
        tables.End(FileKind.Bank, "", digest, name, "", statement.Lines.Count);
        transaction.Commit();
        return new ReconciliationResult([], "", statement.Lines.Count, counts, tables.Opened, tables.Settled);
    }

    private IReadOnlyList<BankFinding> Compare(ReconciliationTables tables, BankStatement statement)
    {
        if (statement.Lines.Count == 0) return [];
        var books = new BankBooks(tables, terms, statement);
        return new BankMatcher(books.Expected(), terms.Reconciliation.Receipts, terms.Reconciliation.BankMatch)
            .Match(statement.Lines, books.Known());
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

        var accounted = finding.Outcome switch
        {
            MatchOutcome.Matched => (finding.Payouts?.Select(static p => p.Id) ?? [])
                .Concat(finding.Receipts?.Select(static r => r.Subject) ?? []),
            MatchOutcome.Returned => finding.Payouts!.Select(static p => BankBooks.ReturnOf(p.Id)),
            _ => [],
        };
        foreach (var subject in accounted)
        {
            tables.Execute(
                "INSERT INTO bank_accounted (reference, import_id, position_no) "
                + "VALUES (@subject, @ImportId, @Position)",
                new { subject, tables.ImportId, finding.Position });
            tables.SettleSubject(subject, 0, name);
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
}
