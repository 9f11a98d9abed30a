using Switch.Settlement.Books;

namespace Switch.Settlement.Days;

/// <summary>
/// The statements of a close, one text for both stores. The four accounts of a merchant's share together are the gross
/// amount: what is not fee, VAT or reserve is payable.
/// </summary>
internal static class CloseSql
{
    private const string WindowSums =
        "sales_count, sales_minor, refunds_count, refunds_minor, reversals_count, reversals_minor, fees_minor, "
        + "vat_minor, reserve_held_minor, reserve_released_minor, adjustments_count, adjustments_minor, "
        + "chargebacks_count, chargebacks_minor, net_minor, interchange_minor, scheme_cost_minor";

    private const string ByWindow = "GROUP BY settle_date, acquirer, merchant_id, currency";

    // Text by text from here down: a field is made before those that use it.
    private static readonly string Payable = Number(Account.MerchantPayable);
    private static readonly string Reserve = Number(Account.MerchantReserve);
    private static readonly string Share =
        $"account IN ({Payable}, {Reserve}, {Number(Account.VatPayable)}, {Number(Account.FeeIncome)})";

    // A payout moves what windows have made payable, and the bank what is ordered: neither makes any.
    private static readonly string IsOfWindow =
        $"entry_kind NOT IN ({Number(EntryKind.Payout)}, {Number(EntryKind.BankMovement)})";

    private static readonly string IsReversal =
        $"entry_kind IN ({Number(EntryKind.Reversal)}, {Number(EntryKind.ReversalSettled)})";

    private static readonly string CountSales = Entries(Is(EntryKind.Sale));
    private static readonly string GrossSales = Gross(Is(EntryKind.Sale));
    private static readonly string CountRefunds = Entries(Is(EntryKind.Refund));
    private static readonly string GrossRefunds = Gross(Is(EntryKind.Refund));
    private static readonly string CountReversals = Entries(IsReversal);
    private static readonly string GrossReversals = Gross(IsReversal);
    private static readonly string CountAdjustments = Entries(Is(EntryKind.Adjustment));
    private static readonly string SumAdjustments = Sum($"account = {Payable} AND {Is(EntryKind.Adjustment)}", "-");
    private static readonly string CountChargebacks = Entries(Is(EntryKind.Chargeback));
    private static readonly string SumChargebacks = Sum($"account = {Payable} AND {Is(EntryKind.Chargeback)}", "-");

    // In the order of the columns above.
    private static readonly string Sums =
        $"{CountSales}, {GrossSales}, {CountRefunds}, {GrossRefunds}, {CountReversals}, {GrossReversals}, "
        + $"{Sum(Is(Account.FeeIncome))}, {Sum(Is(Account.VatPayable))}, "
        + $"{Sum($"account = {Reserve} AND NOT {Is(EntryKind.ReserveRelease)}")}, "
        + $"{Sum($"account = {Reserve} AND {Is(EntryKind.ReserveRelease)}")}, "
        + $"{CountAdjustments}, {SumAdjustments}, {CountChargebacks}, {SumChargebacks}, "
        + $"{Sum(Is(Account.MerchantPayable), "-")}, {Sum(Is(Account.Interchange))}, {Sum(Is(Account.SchemeCost))} ";

    public const string ReadLast =
        "SELECT business_date AS Date, closed_ms AS ClosedMs, closed_by AS ClosedBy FROM closed_day "
        + "ORDER BY business_date DESC LIMIT 1";

    public const string CloseDay =
        "INSERT INTO closed_day (business_date, closed_ms, closed_by, operator_name, operator_details, operator_town, "
        + "operator_country, operator_iban, operator_bic) "
        + "VALUES (@Date, @ClosedMs, @ClosedBy, @Name, @Details, @Town, @Country, @Iban, @Bic)";

    public const string KeepWatermarks =
        "INSERT INTO closed_day_watermark (business_date, topic, partition_no, next_offset) "
        + "SELECT @Date, topic, partition_no, next_offset FROM consumed";

    public static readonly string KeepReserves =
        "INSERT INTO reserve_held (business_date, acquirer, merchant_id, currency, held_minor) "
        + "SELECT business_date, acquirer, merchant_id, currency, -SUM(amount_minor) FROM balance "
        + "WHERE settle_date > @Previous AND settle_date <= @Date "
        + $"AND {Is(Account.MerchantReserve)} AND "
        + $"({Is(EntryKind.Sale)} OR {Is(EntryKind.Refund)} OR {IsReversal}) "
        + "GROUP BY business_date, acquirer, merchant_id, currency HAVING SUM(amount_minor) <> 0 "
        + "ON CONFLICT (business_date, acquirer, merchant_id, currency) "
        + "DO UPDATE SET held_minor = reserve_held.held_minor + excluded.held_minor";

    public const string ReadReserves =
        "SELECT business_date AS BusinessDate, acquirer AS Acquirer, merchant_id AS MerchantId, currency AS Currency, "
        + "held_minor AS HeldMinor FROM reserve_held WHERE business_date <= @Until "
        + "ORDER BY business_date, acquirer, merchant_id, currency";

    public const string DropReserve =
        "DELETE FROM reserve_held WHERE business_date = @BusinessDate AND acquirer = @Acquirer "
        + "AND merchant_id = @MerchantId AND currency = @Currency";

    public static readonly string FixWindows =
        "INSERT INTO settlement_window (settle_date, acquirer, merchant_id, currency, close_date, " + WindowSums + ") "
        + "SELECT settle_date, acquirer, merchant_id, currency, @Date, " + Sums
        + "FROM balance WHERE settle_date > @Previous AND settle_date <= @Date AND " + IsOfWindow + " "
        + ByWindow;

    /// <summary>Windows that are closed and that the balances don't make again: there are none.</summary>
    public static readonly string ReadChangedWindows =
        "SELECT settle_date || ' ' || acquirer || ' ' || merchant_id || ' ' || currency FROM ("
        + "SELECT settle_date, acquirer, merchant_id, currency, " + WindowSums + " FROM settlement_window EXCEPT "
        + "SELECT settle_date, acquirer, merchant_id, currency, " + Sums
        + "FROM balance WHERE settle_date <= (SELECT MAX(business_date) FROM closed_day) AND " + IsOfWindow + " "
        + ByWindow + ") AS missing UNION "
        + "SELECT settle_date || ' ' || acquirer || ' ' || merchant_id || ' ' || currency FROM ("
        + "SELECT settle_date, acquirer, merchant_id, currency, " + Sums
        + "FROM balance WHERE settle_date <= (SELECT MAX(business_date) FROM closed_day) AND " + IsOfWindow + " "
        + ByWindow + " EXCEPT SELECT settle_date, acquirer, merchant_id, currency, " + WindowSums
        + " FROM settlement_window) AS new ORDER BY 1";

    public const string CountWindows = "SELECT COUNT(*) FROM settlement_window WHERE close_date = @Date";

    public const string ReadOddSums =
        "SELECT currency AS Currency, CAST(SUM(amount_minor) AS BIGINT) AS Sum FROM balance "
        + "WHERE settle_date > @Previous AND settle_date <= @Date GROUP BY currency HAVING SUM(amount_minor) <> 0";

    public const string ReadDue =
        "SELECT merchant_id AS MerchantId, currency AS Currency, CAST(SUM(brought) AS BIGINT) AS BroughtMinor, "
        + "CAST(SUM(net) AS BIGINT) AS NetMinor FROM ("
        + "SELECT merchant_id, currency, carried_minor AS brought, 0 AS net FROM payout "
        + "WHERE close_date = @Previous AND carried_minor <> 0 "
        + "UNION ALL SELECT merchant_id, currency, 0, net_minor FROM settlement_window "
        + "WHERE close_date = @Date) AS due "
        + "GROUP BY merchant_id, currency HAVING SUM(brought) <> 0 OR SUM(net) <> 0 ORDER BY merchant_id, currency";

    public const string ReadHolds =
        "SELECT merchant_id AS MerchantId, currency AS Currency, amount_minor AS AmountMinor, reason AS Reason "
        + "FROM payout_hold WHERE released_ms = 0 ORDER BY id";

    public const string InsertPayout =
        "INSERT INTO payout (id, close_date, merchant_id, currency, brought_minor, net_minor, amount_minor, "
        + "carried_minor, status, hold_reason, value_date, creditor_name, creditor_details, creditor_town, "
        + "creditor_country, iban, account, bic, entry_id) "
        + "VALUES (@Id, @CloseDate, @MerchantId, @Currency, @BroughtMinor, @NetMinor, @AmountMinor, @CarriedMinor, "
        + "@Status, @HoldReason, @ValueDate, @Name, @Details, @Town, @Country, @Iban, @Account, @Bic, @EntryId)";

    private static string Entries(string when) =>
        $"SUM(CASE WHEN account = {Payable} AND {when} THEN entries ELSE 0 END)";

    private static string Gross(string when) => Sum($"{Share} AND {when}", "-");

    private static string Sum(string when, string sign = "") =>
        $"{sign}SUM(CASE WHEN {when} THEN amount_minor ELSE 0 END)";

    private static string Is(EntryKind kind) => $"entry_kind = {Number(kind)}";

    private static string Is(Account account) => $"account = {Number(account)}";

    private static string Number<T>(T value)
        where T : struct, Enum => value.ToString("D");
}
