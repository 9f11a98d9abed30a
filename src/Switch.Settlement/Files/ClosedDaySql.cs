namespace Switch.Settlement.Files;

/// <summary>
/// What files and reconciliation read, one text for both stores. Rows are ordered by what a rebuild keeps, never by row
/// numbers. Numbers are those of <see cref="Books.Account"/> and <see cref="Books.EntryKind"/>, as in the closes.
/// </summary>
internal static class ClosedDaySql
{
    /// <summary>Entries of payments with what they did to the merchant's money, one row an entry.</summary>
    public const string Movements =
        "SELECT e.kind AS Kind, e.business_date AS BusinessDate, e.acquirer AS Acquirer, e.merchant_id AS MerchantId, "
        + "e.currency AS Currency, p.transaction_id AS TransactionId, p.rrn AS Rrn, p.approval_code AS ApprovalCode, "
        + "p.stan AS Stan, p.terminal_id AS TerminalId, p.accepted_ms AS AcceptedMs, p.scheme AS Scheme, "
        + "p.card_last_four AS CardLastFour, " + Gross + " AS GrossMinor, "
        + "CAST(SUM(CASE WHEN l.account = 4100 THEN l.amount_minor ELSE 0 END) AS BIGINT) AS FeeMinor, "
        + "CAST(SUM(CASE WHEN l.account = 2200 THEN l.amount_minor ELSE 0 END) AS BIGINT) AS VatMinor, "
        + "CAST(SUM(CASE WHEN l.account = 2110 THEN l.amount_minor ELSE 0 END) AS BIGINT) AS ReserveMinor "
        + "FROM entry e JOIN payment p ON p.id = e.payment_id JOIN posting l ON l.entry_id = e.id "
        + "WHERE e.kind IN (1, 2, 3, 4) AND ";

    /// <summary>Ends <see cref="Movements"/>.</summary>
    public const string MovementsInOrder =
        " GROUP BY e.id, p.id HAVING " + Gross + " <> 0 ORDER BY p.accepted_ms, p.transaction_id, e.kind";

    public const string OfClose = "e.settle_date > @From AND e.settle_date <= @To";

    public const string FeesByRule =
        "SELECT r.rule_text AS Text, COUNT(*) AS Count, CAST(SUM(l.amount_minor) AS BIGINT) AS AmountMinor "
        + "FROM entry e JOIN posting l ON l.entry_id = e.id JOIN fee_rule r ON r.id = l.rule_id "
        + "WHERE e.kind IN (1, 2, 3, 4) AND " + OfClose + " AND e.merchant_id = @MerchantId AND e.currency = @Currency "
        + "AND l.account = 4100 GROUP BY r.rule_key, r.rule_text ORDER BY r.rule_key, r.rule_text";

    public const string Adjustments =
        "SELECT settle_date AS Date, reason AS Text, reference AS Reference, kind AS Kind, amount_minor AS AmountMinor "
        + "FROM adjustment WHERE settle_date > @From AND settle_date <= @To AND merchant_id = @MerchantId "
        + "AND currency = @Currency ORDER BY settle_date, reference";

    public const string Releases =
        "SELECT e.settle_date AS Date, e.reference AS Text, CAST(-SUM(l.amount_minor) AS BIGINT) AS AmountMinor "
        + "FROM entry e JOIN posting l ON l.entry_id = e.id WHERE e.kind = 6 AND " + OfClose
        + " AND e.merchant_id = @MerchantId AND e.currency = @Currency AND l.account = 2100 "
        + "GROUP BY e.settle_date, e.reference ORDER BY e.settle_date, e.reference";

    public const string Payouts =
        "SELECT id AS Id, merchant_id AS MerchantId, currency AS Currency, brought_minor AS BroughtMinor, "
        + "net_minor AS NetMinor, amount_minor AS AmountMinor, carried_minor AS CarriedMinor, status AS Status, "
        + "hold_reason AS HoldReason, value_date AS ValueDate, creditor_name AS CreditorName, "
        + "creditor_country AS CreditorCountry, iban AS Iban, account AS Account, bic AS Bic FROM payout "
        + "WHERE close_date = @To";

    public const string Acquirers =
        "SELECT DISTINCT e.acquirer FROM entry e WHERE e.kind IN (1, 2, 3, 4) AND " + OfClose + " ORDER BY e.acquirer";

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

    private const string Gross =
        "CAST(-SUM(CASE WHEN l.account IN (2100, 2110, 2200, 4100) THEN l.amount_minor ELSE 0 END) AS BIGINT)";
}
