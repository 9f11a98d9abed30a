using Switch.Settlement.Books;

namespace Switch.Settlement.Files;

/// <summary>
/// What files and reconciliation read, one text for both stores. Rows are ordered by what a rebuild keeps, never by row
/// numbers, and texts by bytes.
/// </summary>
internal static class ClosedDaySql
{
    private const string ByBytes = FileQueries.ByBytes;
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

    private static readonly string Grouped =
        " GROUP BY e.id, p.id HAVING " + Gross + " <> 0 ORDER BY p.accepted_ms, p.transaction_id";

    /// <summary>Ends <see cref="Movements"/> where nothing depends on how ids are ordered.</summary>
    public static readonly string MovementsInOrder = Grouped + ", e.kind";

    private const string OfClose = "e.settle_date > @From AND e.settle_date <= @To";

    // One by one, never as a range: only so the index leads to one merchant.
    private const string OfMerchant =
        "e.settle_date" + FileQueries.OfDates + " AND e.merchant_id = @MerchantId AND e.currency = @Currency";

    public static readonly string ClearedMovements =
        Movements + OfClose + " AND e.acquirer = @acquirer" + Grouped + ByBytes + ", e.kind";

    public static readonly string MovementsOfMerchant = Movements + OfMerchant + Grouped + ByBytes + ", e.kind";

    public static readonly string FeesByRule =
        "SELECT r.rule_text AS Text, COUNT(*) AS Count, CAST(SUM(l.amount_minor) AS BIGINT) AS AmountMinor "
        + "FROM entry e JOIN posting l ON l.entry_id = e.id JOIN fee_rule r ON r.id = l.rule_id "
        + "WHERE " + OfPayments + " AND " + OfMerchant + " AND l.account = " + Fee + " "
        + "GROUP BY r.rule_key, r.rule_text ORDER BY r.rule_key" + ByBytes + ", r.rule_text" + ByBytes;

    public const string Adjustments =
        "SELECT settle_date AS Date, reason AS Text, reference AS Reference, kind AS Kind, amount_minor AS AmountMinor "
        + "FROM adjustment WHERE settle_date > @From AND settle_date <= @To AND merchant_id = @MerchantId "
        + "AND currency = @Currency ORDER BY settle_date, reference" + ByBytes;

    public static readonly string Releases =
        "SELECT e.settle_date AS Date, e.reference AS Text, CAST(-SUM(l.amount_minor) AS BIGINT) AS AmountMinor "
        + "FROM entry e JOIN posting l ON l.entry_id = e.id WHERE e.kind = " + (int)EntryKind.ReserveRelease + " AND "
        + OfMerchant + " AND l.account = " + Payable + " "
        + "GROUP BY e.settle_date, e.reference ORDER BY e.settle_date, e.reference" + ByBytes;

    public const string Close =
        "SELECT closed_ms AS ClosedMs, operator_name AS Name, operator_details AS Details, operator_town AS Town, "
        + "operator_country AS Country, operator_iban AS Iban, operator_bic AS Bic FROM closed_day "
        + "WHERE business_date = @to";

    public const string CloseBefore = "SELECT MAX(business_date) FROM closed_day WHERE business_date < @to";

    public const string NextDate =
        "SELECT MIN(settle_date) FROM entry WHERE settle_date > @After AND settle_date <= @To";

    private const string Payouts =
        "SELECT id AS Id, merchant_id AS MerchantId, currency AS Currency, brought_minor AS BroughtMinor, "
        + "net_minor AS NetMinor, amount_minor AS AmountMinor, carried_minor AS CarriedMinor, status AS Status, "
        + "hold_reason AS HoldReason, value_date AS ValueDate, creditor_name AS CreditorName, "
        + "creditor_details AS CreditorDetails, creditor_town AS CreditorTown, creditor_country AS CreditorCountry, "
        + "iban AS Iban, account AS Account, bic AS Bic FROM payout "
        + "WHERE close_date = @To";

    public const string PayoutsInOrder = Payouts + " ORDER BY id" + ByBytes;

    public const string PayoutsOfMerchant =
        Payouts + " AND merchant_id = @merchantId ORDER BY currency" + ByBytes;

    public static readonly string Acquirers =
        "SELECT e.acquirer FROM entry e WHERE " + OfPayments + " AND " + OfClose
        + " GROUP BY e.acquirer ORDER BY e.acquirer" + ByBytes;

    public const string Balances =
        "SELECT settle_date AS SettleDate, acquirer AS Acquirer, merchant_id AS MerchantId, currency AS Currency, "
        + "business_date AS BusinessDate, entry_kind AS Kind, account AS Account, amount_minor AS AmountMinor, "
        + "entries AS Entries FROM balance WHERE settle_date > @From AND settle_date <= @To "
        + "ORDER BY settle_date, acquirer" + ByBytes + ", merchant_id" + ByBytes + ", currency" + ByBytes
        + ", business_date, entry_kind, account";

    public const string Journal =
        "SELECT e.id AS EntryId, e.settle_date AS SettleDate, e.kind AS Kind, e.acquirer AS Acquirer, "
        + "e.merchant_id AS MerchantId, e.currency AS Currency, COALESCE(p.rrn, e.reference) AS Text, "
        + "l.account AS Account, l.amount_minor AS AmountMinor FROM entry e JOIN posting l ON l.entry_id = e.id "
        + "LEFT JOIN payment p ON p.id = e.payment_id WHERE " + OfClose
        + " ORDER BY e.settle_date, COALESCE(p.accepted_ms, 0), COALESCE(p.transaction_id, '')" + ByBytes + ", e.kind, "
        + "e.reference" + ByBytes + ", e.acquirer" + ByBytes + ", e.merchant_id" + ByBytes + ", "
        + "e.currency" + ByBytes + ", e.id, l.line";
}
