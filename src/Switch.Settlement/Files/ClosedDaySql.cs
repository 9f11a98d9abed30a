using Switch.Settlement.Books;

namespace Switch.Settlement.Files;

/// <summary>
/// What files and reconciliation read, one text for both stores. Rows are ordered by what a rebuild keeps, never by row
/// numbers.
/// </summary>
internal static class ClosedDaySql
{
    private const int Payable = (int)Account.MerchantPayable;
    private const int Reserve = (int)Account.MerchantReserve;
    private const int Vat = (int)Account.VatPayable;
    private const int Fee = (int)Account.FeeIncome;

    /// <summary>The kinds of entries that payments make, as a list.</summary>
    public static readonly string PaymentKinds =
        $"{(int)EntryKind.Sale}, {(int)EntryKind.Refund}, {(int)EntryKind.Reversal}, {(int)EntryKind.ReversalSettled}";

    /// <summary>The accounts whose sum, negated, is what a payment did to the merchant's money; a list.</summary>
    public static readonly string ShareAccounts = $"{Payable}, {Reserve}, {Vat}, {Fee}";

    private static readonly string OfPayments = $"e.kind IN ({PaymentKinds})";

    private static readonly string Gross =
        $"CAST(-SUM(CASE WHEN l.account IN ({ShareAccounts}) THEN l.amount_minor ELSE 0 END) AS BIGINT)";

    /// <summary>Entries of payments with what they did to the merchant's money, one row an entry.</summary>
    public static readonly string Movements =
        "SELECT e.kind AS Kind, e.business_date AS BusinessDate, e.acquirer AS Acquirer, e.merchant_id AS MerchantId, "
        + "e.currency AS Currency, p.transaction_id AS TransactionId, p.rrn AS Rrn, p.approval_code AS ApprovalCode, "
        + "p.stan AS Stan, p.terminal_id AS TerminalId, p.accepted_ms AS AcceptedMs, p.scheme AS Scheme, "
        + "p.card_last_four AS CardLastFour, " + Gross + " AS GrossMinor, "
        + "CAST(SUM(CASE WHEN l.account = " + Fee + " THEN l.amount_minor ELSE 0 END) AS BIGINT) AS FeeMinor, "
        + "CAST(SUM(CASE WHEN l.account = " + Vat + " THEN l.amount_minor ELSE 0 END) AS BIGINT) AS VatMinor, "
        + "CAST(SUM(CASE WHEN l.account = " + Reserve + " THEN l.amount_minor ELSE 0 END) AS BIGINT) AS ReserveMinor "
        + "FROM entry e JOIN payment p ON p.id = e.payment_id JOIN posting l ON l.entry_id = e.id "
        + "WHERE " + OfPayments + " AND ";

    /// <summary>Ends <see cref="Movements"/>.</summary>
    public static readonly string MovementsInOrder =
        " GROUP BY e.id, p.id HAVING " + Gross + " <> 0 ORDER BY p.accepted_ms, p.transaction_id, e.kind";

    public const string OfClose = "e.settle_date > @From AND e.settle_date <= @To";

    public static readonly string FeesByRule =
        "SELECT r.rule_text AS Text, COUNT(*) AS Count, CAST(SUM(l.amount_minor) AS BIGINT) AS AmountMinor "
        + "FROM entry e JOIN posting l ON l.entry_id = e.id JOIN fee_rule r ON r.id = l.rule_id "
        + "WHERE " + OfPayments + " AND " + OfClose + " AND e.merchant_id = @MerchantId AND e.currency = @Currency "
        + "AND l.account = " + Fee + " GROUP BY r.rule_key, r.rule_text ORDER BY r.rule_key, r.rule_text";

    public const string Adjustments =
        "SELECT settle_date AS Date, reason AS Text, reference AS Reference, kind AS Kind, amount_minor AS AmountMinor "
        + "FROM adjustment WHERE settle_date > @From AND settle_date <= @To AND merchant_id = @MerchantId "
        + "AND currency = @Currency ORDER BY settle_date, reference";

    public static readonly string Releases =
        "SELECT e.settle_date AS Date, e.reference AS Text, CAST(-SUM(l.amount_minor) AS BIGINT) AS AmountMinor "
        + "FROM entry e JOIN posting l ON l.entry_id = e.id WHERE e.kind = " + (int)EntryKind.ReserveRelease + " AND "
        + OfClose + " AND e.merchant_id = @MerchantId AND e.currency = @Currency AND l.account = " + Payable + " "
        + "GROUP BY e.settle_date, e.reference ORDER BY e.settle_date, e.reference";

    public const string Close =
        "SELECT closed_ms AS ClosedMs, operator_name AS Name, operator_details AS Details, operator_town AS Town, "
        + "operator_country AS Country, operator_iban AS Iban, operator_bic AS Bic FROM closed_day "
        + "WHERE business_date = @to";

    public const string Payouts =
        "SELECT id AS Id, merchant_id AS MerchantId, currency AS Currency, brought_minor AS BroughtMinor, "
        + "net_minor AS NetMinor, amount_minor AS AmountMinor, carried_minor AS CarriedMinor, status AS Status, "
        + "hold_reason AS HoldReason, value_date AS ValueDate, creditor_name AS CreditorName, "
        + "creditor_details AS CreditorDetails, creditor_town AS CreditorTown, creditor_country AS CreditorCountry, "
        + "iban AS Iban, account AS Account, bic AS Bic FROM payout "
        + "WHERE close_date = @To";

    public static readonly string Acquirers =
        "SELECT DISTINCT e.acquirer FROM entry e WHERE " + OfPayments + " AND " + OfClose + " ORDER BY e.acquirer";

    public const string Balances =
        "SELECT settle_date AS SettleDate, acquirer AS Acquirer, merchant_id AS MerchantId, currency AS Currency, "
        + "business_date AS BusinessDate, entry_kind AS Kind, account AS Account, amount_minor AS AmountMinor, "
        + "entries AS Entries FROM balance WHERE settle_date > @From AND settle_date <= @To "
        + "ORDER BY settle_date, acquirer, merchant_id, currency, business_date, entry_kind, account";

    public const string Journal =
        "SELECT e.id AS EntryId, e.settle_date AS SettleDate, e.kind AS Kind, e.acquirer AS Acquirer, "
        + "e.merchant_id AS MerchantId, e.currency AS Currency, COALESCE(p.rrn, e.reference) AS Text, "
        + "l.account AS Account, l.amount_minor AS AmountMinor FROM entry e JOIN posting l ON l.entry_id = e.id "
        + "LEFT JOIN payment p ON p.id = e.payment_id WHERE " + OfClose
        + " ORDER BY e.settle_date, COALESCE(p.accepted_ms, 0), COALESCE(p.transaction_id, ''), e.kind, e.reference, "
        + "e.acquirer, e.merchant_id, e.currency, e.id, l.line";
}
