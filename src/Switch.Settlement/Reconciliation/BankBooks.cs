using System.Data.Common;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// What the books expect of a bank statement, which of its movements earlier statements had, and what of theirs nothing
/// has explained. Read before the transaction begins, so that no batch waits for it.
/// </summary>
internal sealed class BankBooks
{
    private const int IdsMax = 500;
    private const string Returned = "returned|";

    private const string PayoutSql =
        "SELECT p.id AS Id, p.merchant_id AS MerchantId, p.currency AS Currency, p.amount_minor AS AmountMinor, "
        + "p.value_date AS ValueDate, p.close_date AS CloseDate, p.iban AS Iban, "
        + "CASE WHEN d.operator_name <> '' THEN d.operator_iban END AS PaidFrom, "
        + "CASE WHEN r.reference IS NULL THEN 0 ELSE 1 END AS IsReturned "
        + "FROM payout p LEFT JOIN bank_accounted a ON a.reference = p.id "
        + "LEFT JOIN closed_day d ON d.business_date = p.close_date "
        + "LEFT JOIN bank_accounted r ON r.reference = '" + Returned + "' || p.id WHERE p.status = 1 AND ";

    private const string Subject = "balance.acquirer || '|' || balance.currency || '|' || balance.settle_date";

    private static readonly string ReceiptSql =
        "SELECT acquirer AS Acquirer, currency AS Currency, settle_date AS SettleDate, "
        + "CAST(SUM(amount_minor) AS BIGINT) AS AmountMinor, "
        + $"CASE WHEN EXISTS (SELECT 1 FROM reconciliation_exception x WHERE x.subject = {Subject} AND x.direction = 0 "
        + $"AND x.outcome IN ({(int)MatchOutcome.AmountDiffers}, {(int)MatchOutcome.CurrencyDiffers}) "
        + $"AND x.resolved_by <> '{ReconciliationTables.Machine}') THEN 1 ELSE 0 END AS IsAnswered FROM balance "
        + $"WHERE account = {(int)Account.SchemeReceivable} AND entry_kind <> {(int)EntryKind.BankMovement} "
        + "AND acquirer <> '' AND settle_date >= @from "
        + "AND settle_date <= (SELECT COALESCE(MAX(business_date), '') FROM closed_day) "
        + $"AND NOT EXISTS (SELECT 1 FROM bank_accounted a WHERE a.reference = {Subject}) "
        + "GROUP BY acquirer, currency, settle_date HAVING SUM(amount_minor) <> 0 "
        + "ORDER BY settle_date, acquirer, currency";

    // Debts that the receipts are not read so far back for: money that comes at last settles them however old they are.
    private static readonly string MissedSql =
        "SELECT acquirer AS Acquirer, ours_currency AS Currency, subject AS Subject, ours_minor AS AmountMinor "
        + "FROM reconciliation_exception WHERE resolved_ms = 0 AND acquirer <> '' AND subject LIKE '%|%|%' "
        + $"AND outcome = {(int)MatchOutcome.MissingOnTheirs}";

    private static readonly string UnknownSql =
        "SELECT x.id AS Id, x.subject AS Subject, l.import_id AS ImportId, l.position_no AS Position, "
        + "l.line_no AS LineNo, l.reference AS Reference, l.end_to_end_id AS EndToEndId, l.currency AS Currency, "
        + "l.amount_minor AS AmountMinor, l.booked_date AS Booked, l.text AS Text, l.entry_id AS EntryId "
        + "FROM reconciliation_exception x JOIN bank_line l ON l.import_id = x.import_id "
        + "AND l.position_no = x.position_no WHERE x.resolved_ms = 0 AND x.business_date >= @from "
        + $"AND (x.outcome = {(int)MatchOutcome.MissingOnOurs} "
        + $"OR x.outcome IN ({(int)MatchOutcome.AmountDiffers}, {(int)MatchOutcome.CurrencyDiffers}) "
        + "AND x.acquirer <> '') ORDER BY x.id";

    private const string KnownSql =
        "SELECT account AS Account, reference AS Reference, end_to_end_id AS EndToEndId, currency AS Currency, "
        + "amount_minor AS AmountMinor, booked_date AS Booked, "
        + "CASE WHEN reference = '' THEN text ELSE '' END AS Text, import_id AS ImportId, COUNT(*) AS Times "
        + "FROM bank_line WHERE booked_date >= @first AND booked_date <= @last "
        + "GROUP BY account, reference, end_to_end_id, currency, amount_minor, booked_date, "
        + "CASE WHEN reference = '' THEN text ELSE '' END, import_id";

    private readonly DbConnection _connection;
    private readonly SettlementTerms _terms;
    private readonly BankStatement _statement;
    private readonly string _from;

    public BankBooks(DbConnection connection, SettlementTerms terms, BankStatement statement)
    {
        (_connection, _terms, _statement) = (connection, terms, statement);
        State = StateOf(connection, null);
        if (statement.Lines.Count == 0)
        {
            (_from, Unexplained) = ("", []);
            return;
        }

        var days = terms.Reconciliation.BankMatch.TimingDays + ImportLimits.LookBackDays;
        _from = BusinessDay.Text(_statement.Lines.Min(static line => line.BookingDate).AddDays(-days));
        Unexplained = [.. connection.Query<UnknownRow>(UnknownSql, new { from = _from }).Select(static row =>
            new UnexplainedLine(row.Id, row.Subject, row.ImportId, row.Position, row.EntryId, new BankLine(
                row.LineNo, row.Reference, row.EndToEndId, "", row.Currency, row.AmountMinor,
                BusinessDay.Parse(row.Booked), row.Text)))];
    }

    /// <summary>What stood in the books before all this was read; see <see cref="StateOf"/>.</summary>
    public (long LastImport, string LastClosed) State { get; }

    /// <summary>What nothing explained of earlier statements: what they are for may be closed by now.</summary>
    public IReadOnlyList<UnexplainedLine> Unexplained { get; }

    /// <summary>What changes whenever the books change in what a statement is compared with.</summary>
    public static (long LastImport, string LastClosed) StateOf(DbConnection connection, DbTransaction? within) => (
        ReconciliationTables.LastImport(connection, within, FileKind.Bank, ""),
        connection.ExecuteScalar<string>(
            "SELECT COALESCE(MAX(business_date), '') FROM closed_day", transaction: within) ?? "");

    /// <summary>What a returned payout is kept by in what a bank line has accounted for.</summary>
    public static string ReturnOf(string payoutId) => Returned + payoutId;

    /// <summary>What is expected around the statement's dates; of payouts all that were not paid.</summary>
    public BankExpectation Expected()
    {
        var unpaid = _connection.Query<PayoutDue>(PayoutSql + "a.reference IS NULL");
        var seen = new List<PayoutDue>();
        foreach (var ids in Unexplained.Select(static u => u.Line).Concat(_statement.Lines)
            .SelectMany(BankMatcher.Ids).Where(PayoutPlan.IsId).Distinct(StringComparer.Ordinal).Chunk(IdsMax))
        {
            var named = new DynamicParameters();
            for (var i = 0; i < ids.Length; i++) named.Add($"id{i}", ids[i]);
            var list = string.Join(", @", named.ParameterNames);
            seen.AddRange(
                _connection.Query<PayoutDue>($"{PayoutSql}a.reference IS NOT NULL AND p.id IN (@{list})", named));
        }

        return new BankExpectation(
            [.. unpaid.Select(Payout)], [.. seen.Select(Payout)],
            seen.Where(static row => row.IsReturned != 0).Select(static row => row.Id)
                .ToHashSet(StringComparer.Ordinal),
            Receipts());
    }

    private List<ExpectedReceipt> Receipts()
    {
        var from = BusinessDay.Parse(_from);
        // Of an open line the debt that it was taken for, too: it may be a few days older, and is owed again when
        // something else explains the line.
        var taken = Unexplained.Select(static u => u.TakenFor).Where(static s => s.Length > 0)
            .ToHashSet(StringComparer.Ordinal);
        var since = taken.Select(DateOf).Append(from).Min();
        var receipts = _connection.Query<ReceiptDue>(ReceiptSql, new { from = BusinessDay.Text(since) })
            .Select(static row => new ExpectedReceipt(
                row.Acquirer, row.Currency, BusinessDay.Parse(row.SettleDate), row.AmountMinor, row.IsAnswered != 0))
            .Where(r => r.SettleDate >= from || taken.Contains(r.Subject))
            .ToList();
        receipts.AddRange(_connection.Query<MissedRow>(MissedSql)
            .Select(static row => new ExpectedReceipt(
                row.Acquirer, row.Currency, DateOf(row.Subject), row.AmountMinor))
            .Where(r => r.SettleDate < from && !taken.Contains(r.Subject)));
        return receipts;
    }

    private static DateOnly DateOf(string debt) => BusinessDay.Parse(debt[(debt.LastIndexOf('|') + 1)..]);

    /// <summary>
    /// Of each line whether an earlier statement had it. What a statement has twice is two movements, so that the
    /// second of a day is known only when one statement before had two.
    /// </summary>
    public IReadOnlyList<bool> Known()
    {
        var first = BusinessDay.Text(_statement.Lines.Min(static line => line.BookingDate));
        var last = BusinessDay.Text(_statement.Lines.Max(static line => line.BookingDate));
        var times = new Dictionary<string, long>(StringComparer.Ordinal);
        // Several end-to-end ids may stand under one reference of the bank: they are counted together.
        foreach (var known in _connection.Query<KnownLine>(KnownSql, new { first, last })
            .GroupBy(static row => (row.Identity, row.ImportId)))
        {
            times[known.Key.Identity] = Math.Max(
                times.GetValueOrDefault(known.Key.Identity), known.Sum(static row => row.Times));
        }

        return
        [
            .. _statement.Lines.Select(line =>
            {
                var identity = KnownLine.IdentityOf(_statement.Account, line);
                var left = times.GetValueOrDefault(identity);
                if (left > 0) times[identity] = left - 1;
                return left > 0;
            }),
        ];
    }

    private ExpectedPayout Payout(PayoutDue row)
    {
        var date = BusinessDay.Parse(row.ValueDate);
        // As payouts.xml has it: of the account that the close kept.
        var isSepa = SepaArea.IsSepa(row.Currency, row.PaidFrom ?? _terms.Operator.Iban, row.Iban);
        return new ExpectedPayout(
            row.Id, row.MerchantId, row.Currency, row.AmountMinor, date, Pain001.PaymentInformationId(
                ClosedDayFiles.MessageId(BusinessDay.Parse(row.CloseDate)), row.Currency, date, isSepa));
    }

    private sealed class PayoutDue
    {
        public string Id { get; set; } = "";

        public string MerchantId { get; set; } = "";

        public string Currency { get; set; } = "";

        public long AmountMinor { get; set; }

        public string ValueDate { get; set; } = "";

        public string CloseDate { get; set; } = "";

        public string Iban { get; set; } = "";

        public string? PaidFrom { get; set; }

        public long IsReturned { get; set; }
    }

    private sealed class ReceiptDue
    {
        public string Acquirer { get; set; } = "";

        public string Currency { get; set; } = "";

        public string SettleDate { get; set; } = "";

        public long AmountMinor { get; set; }

        public long IsAnswered { get; set; }
    }

    private sealed class MissedRow
    {
        public string Acquirer { get; set; } = "";

        public string Currency { get; set; } = "";

        public string Subject { get; set; } = "";

        public long AmountMinor { get; set; }
    }

    private sealed class UnknownRow
    {
        public long Id { get; set; }

        public string Subject { get; set; } = "";

        public long ImportId { get; set; }

        public long Position { get; set; }

        public long LineNo { get; set; }

        public string Reference { get; set; } = "";

        public string EndToEndId { get; set; } = "";

        public string Currency { get; set; } = "";

        public long AmountMinor { get; set; }

        public string Booked { get; set; } = "";

        public string Text { get; set; } = "";

        public long EntryId { get; set; }
    }

    private sealed class KnownLine
    {
        public string Account { get; set; } = "";

        public string Reference { get; set; } = "";

        public string EndToEndId { get; set; } = "";

        public string Currency { get; set; } = "";

        public long AmountMinor { get; set; }

        public string Booked { get; set; } = "";

        public string Text { get; set; } = "";

        public long ImportId { get; set; }

        public long Times { get; set; }

        public string Identity => Of(Account, Reference, EndToEndId, Currency, AmountMinor, Booked, Text);

        public static string IdentityOf(string account, BankLine line) => Of(
            account, line.Reference, line.EndToEndId, line.Currency, line.AmountMinor,
            BusinessDay.Text(line.BookingDate), line.Text);

        // The bank's reference says which movement it is, if there is one; else only all that is told of it.
        private static string Of(
            string account, string reference, string endToEnd, string currency, long minor, string booked, string text)
        {
            var what = FormattableString.Invariant($"{account}\u001f{booked}\u001f{currency}\u001f{minor}\u001f");
            return reference.Length > 0 ? $"{what}R{reference}" : $"{what}T{endToEnd}\u001f{text}";
        }
    }
}
