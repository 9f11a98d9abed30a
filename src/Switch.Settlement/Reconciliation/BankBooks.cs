using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>What the books expect of a bank statement, and which of its movements earlier statements had.</summary>
internal sealed class BankBooks(ReconciliationTables tables, SettlementTerms terms, BankStatement statement)
{
    private const int IdsMax = 500;
    private const string Returned = "returned|";

    private const string PayoutSql =
        "SELECT p.id AS Id, p.merchant_id AS MerchantId, p.currency AS Currency, p.amount_minor AS AmountMinor, "
        + "p.value_date AS ValueDate, p.close_date AS CloseDate, p.iban AS Iban, "
        + "CASE WHEN r.reference IS NULL THEN 0 ELSE 1 END AS IsReturned "
        + "FROM payout p LEFT JOIN bank_accounted a ON a.reference = p.id "
        + "LEFT JOIN bank_accounted r ON r.reference = '" + Returned + "' || p.id WHERE p.status = 1 AND ";

    private static readonly string ReceiptSql =
        "SELECT acquirer AS Acquirer, currency AS Currency, settle_date AS SettleDate, "
        + "CAST(SUM(amount_minor) AS BIGINT) AS AmountMinor FROM balance "
        + $"WHERE account = {(int)Account.SchemeReceivable} AND entry_kind <> {(int)EntryKind.BankMovement} "
        + "AND acquirer <> '' AND settle_date >= @from "
        + "AND settle_date <= (SELECT COALESCE(MAX(business_date), '') FROM closed_day) "
        + "AND NOT EXISTS (SELECT 1 FROM bank_accounted a WHERE a.reference = "
        + "balance.acquirer || '|' || balance.currency || '|' || balance.settle_date) "
        + "GROUP BY acquirer, currency, settle_date HAVING SUM(amount_minor) <> 0 "
        + "ORDER BY settle_date, acquirer, currency";

    private const string KnownSql =
        "SELECT account AS Account, reference AS Reference, end_to_end_id AS EndToEndId, currency AS Currency, "
        + "amount_minor AS AmountMinor, booked_date AS Booked, "
        + "CASE WHEN reference = '' THEN text ELSE '' END AS Text, import_id AS ImportId, COUNT(*) AS Times "
        + "FROM bank_line WHERE booked_date >= @first AND booked_date <= @last "
        + "GROUP BY account, reference, end_to_end_id, currency, amount_minor, booked_date, "
        + "CASE WHEN reference = '' THEN text ELSE '' END, import_id";

    /// <summary>What a returned payout is kept by in what a bank line has accounted for.</summary>
    public static string ReturnOf(string payoutId) => Returned + payoutId;

    /// <summary>What is expected around the statement's dates; of payouts all that were not paid.</summary>
    public BankExpectation Expected()
    {
        var unpaid = tables.Query<PayoutDue>(PayoutSql + "a.reference IS NULL", new { });
        var seen = new List<PayoutDue>();
        foreach (var ids in statement.Lines.SelectMany(BankMatcher.Ids).Where(PayoutPlan.IsId)
            .Distinct(StringComparer.Ordinal).Chunk(IdsMax))
        {
            var named = new DynamicParameters();
            for (var i = 0; i < ids.Length; i++) named.Add($"id{i}", ids[i]);
            var list = string.Join(", @", named.ParameterNames);
            seen.AddRange(tables.Query<PayoutDue>($"{PayoutSql}a.reference IS NOT NULL AND p.id IN (@{list})", named));
        }

        var days = terms.Reconciliation.BankMatch.TimingDays + ImportLimits.LookBackDays;
        var from = statement.Lines.Min(static line => line.BookingDate).AddDays(-days);
        return new BankExpectation(
            [.. unpaid.Select(Payout)], [.. seen.Select(Payout)],
            seen.Where(static row => row.IsReturned != 0).Select(static row => row.Id)
                .ToHashSet(StringComparer.Ordinal),
            [
                .. tables.Query<ReceiptDue>(ReceiptSql, new { from = BusinessDay.Text(from) }).Select(static row =>
                    new ExpectedReceipt(
                        row.Acquirer, row.Currency, BusinessDay.Parse(row.SettleDate), row.AmountMinor)),
            ]);
    }

    /// <summary>
    /// Of each line whether an earlier statement had it. What a statement has twice is two movements, so that the
    /// second of a day is known only when one statement before had two.
    /// </summary>
    public IReadOnlyList<bool> Known()
    {
        var first = BusinessDay.Text(statement.Lines.Min(static line => line.BookingDate));
        var last = BusinessDay.Text(statement.Lines.Max(static line => line.BookingDate));
        var times = new Dictionary<string, long>(StringComparer.Ordinal);
        // Several end-to-end ids may stand under one reference of the bank: they are counted together.
        foreach (var known in tables.Query<KnownLine>(KnownSql, new { first, last })
            .GroupBy(static row => (row.Identity, row.ImportId)))
        {
            times[known.Key.Identity] = Math.Max(
                times.GetValueOrDefault(known.Key.Identity), known.Sum(static row => row.Times));
        }

        return
        [
            .. statement.Lines.Select(line =>
            {
                var identity = KnownLine.IdentityOf(statement.Account, line);
                var left = times.GetValueOrDefault(identity);
                if (left > 0) times[identity] = left - 1;
                return left > 0;
            }),
        ];
    }

    private ExpectedPayout Payout(PayoutDue row)
    {
        var date = BusinessDay.Parse(row.ValueDate);
        var isSepa = SepaArea.IsSepa(row.Currency, terms.Operator.Iban, row.Iban);
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

        public long IsReturned { get; set; }
    }

    private sealed class ReceiptDue
    {
        public string Acquirer { get; set; } = "";

        public string Currency { get; set; } = "";

        public string SettleDate { get; set; } = "";

        public long AmountMinor { get; set; }
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
