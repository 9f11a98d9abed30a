using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;

namespace Switch.Settlement.Reconciliation;

/// <summary>Writes what a bank statement showed: its lines, entries, what they account for, and exceptions.</summary>
/// <param name="tables">Of the import.</param>
/// <param name="entries">Where entries go.</param>
/// <param name="returns">Books payouts that come back.</param>
/// <param name="openDate">The open window that everything settles in.</param>
/// <param name="account">Whose statement it is.</param>
/// <param name="name">The file's name.</param>
internal sealed class BankWriter(
    ReconciliationTables tables, SettlementEntries entries, PayoutReturn returns, string openDate, string account,
    string name)
{
    private const string InsertLine =
        "INSERT INTO bank_line (import_id, position_no, line_no, account, reference, end_to_end_id, currency, "
        + "amount_minor, booked_date, text, outcome, entry_id) "
        + "VALUES (@ImportId, @Position, @Line, @account, @Reference, @EndToEndId, "
        + "@Currency, @AmountMinor, @Booked, @Text, @Outcome, @Entry)";

    private const string ExplainLine =
        "UPDATE bank_line SET outcome = @Outcome, entry_id = @entry "
        + "WHERE import_id = @ImportId AND position_no = @Position";

    /// <summary>Keeps a finding.</summary>
    /// <param name="finding">Its position is that of the statement's own line.</param>
    /// <param name="earlier">The line of an earlier statement that it is of; null when it is of this one.</param>
    public void Keep(BankFinding finding, UnexplainedLine? earlier)
    {
        var place = earlier is null
            ? new Place(tables.ImportId, finding.Position)
            : new Place(earlier.ImportId, earlier.Position);
        // What came in from an acquirer was booked when it came, whatever it was for.
        var entry = earlier is { EntryId: > 0 } ? earlier.EntryId : Book(finding, place);
        if (earlier is not null) Explain(finding, earlier, entry);
        else if (finding.Line is { } line) Insert(finding, line, entry);
        Account(finding, place);
        if (finding.IsException) Open(finding, earlier);
    }

    // Money of an acquirer is there whatever it was meant for; what became of a payout that differs, a person says.
    private long Book(BankFinding finding, Place place)
    {
        if (finding.Line is not { } line || finding.Outcome == MatchOutcome.Duplicate) return 0;
        if (finding is { Outcome: MatchOutcome.Returned, Payouts: [var returned] })
        {
            return returns.Book(
                returned.Id, returned.MerchantId, line.Currency, line.AmountMinor, openDate, line.Text);
        }

        var reference = $"bank/{place.ImportId}/{place.Position}";
        var booked = BusinessDay.Text(line.BookingDate);
        if (finding.Acquirer.Length > 0)
        {
            var key = new EntryKey(openDate, finding.Acquirer, "", line.Currency, booked, EntryKind.BankMovement);
            return entries.Add(
                key, reference, Books.Account.Bank, Books.Account.SchemeReceivable, line.AmountMinor);
        }

        if (finding.Outcome != MatchOutcome.Matched) return 0;
        var entry = 0L;
        foreach (var payout in finding.Payouts ?? [])
        {
            var key = new EntryKey(openDate, "", payout.MerchantId, payout.Currency, booked, EntryKind.BankMovement);
            entry = entries.Add(
                key, $"{reference} {payout.Id}", Books.Account.PayoutPayable, Books.Account.Bank, payout.AmountMinor);
        }

        return entry;
    }

    private void Insert(BankFinding finding, BankLine line, long entry) => tables.Execute(InsertLine, new
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

    private void Explain(BankFinding finding, UnexplainedLine earlier, long entry)
    {
        tables.Execute(
            ExplainLine, new { Outcome = (int)finding.Outcome, entry, earlier.ImportId, earlier.Position });
        tables.Settle(earlier.ExceptionId, $"explained with {name}: {finding.Outcome}");
    }

    private void Account(BankFinding finding, Place place)
    {
        var accounted = finding.Outcome switch
        {
            MatchOutcome.Matched or MatchOutcome.Timing => (finding.Payouts?.Select(static p => p.Id) ?? [])
                .Concat(finding.Receipts?.Select(static r => r.Subject) ?? []),
            MatchOutcome.Returned => finding.Payouts!.Select(static p => BankBooks.ReturnOf(p.Id)),
            _ => [],
        };
        foreach (var subject in accounted)
        {
            tables.Execute(
                "INSERT INTO bank_accounted (reference, import_id, position_no) "
                + "VALUES (@subject, @ImportId, @Position)",
                new { subject, place.ImportId, place.Position });
            tables.SettleSubject(subject, 0, name);
        }

        // It is not missing any more: what came differs.
        if (finding is { Outcome: MatchOutcome.AmountDiffers or MatchOutcome.CurrencyDiffers, Receipts: [var debt] })
            tables.SettleSubject(debt.Subject, 0, name);
    }

    private void Open(BankFinding finding, UnexplainedLine? earlier)
    {
        var line = finding.Line;
        tables.Open(new ExceptionRow
        {
            // Of an earlier line it keeps that line's place, so that later statements compare it again.
            ImportId = earlier?.ImportId ?? tables.ImportId,
            LineNo = line?.Line ?? 0,
            PositionNo = earlier?.Position ?? (line is null ? -1 : finding.Position),
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

    private readonly record struct Place(long ImportId, long Position);
}
