namespace Switch.Settlement.Days;

/// <summary>
/// The statements of a close, one text for both stores. Numbers are those of <see cref="Books.Account"/> (2100 merchant
/// payable, 2110 reserve, 2200 VAT, 4100 fees, 5100 interchange, 5200 scheme cost) and
/// <see cref="Books.EntryKind"/> (1 sale, 2 refund, 3 and 4 reversal, 5 payout, 6 release, 7 adjustment, 8 bank,
/// 9 chargeback). The four accounts of a merchant's share together are the gross amount: what is not fee, VAT or
/// reserve is payable.
/// </summary>
internal static class CloseSql
{
    public const string ReadLast =
        "SELECT business_date AS Date, closed_ms AS ClosedMs, closed_by AS ClosedBy FROM closed_day "
        + "ORDER BY business_date DESC LIMIT 1";

    public const string CloseDay =
        "INSERT INTO closed_day (business_date, closed_ms, closed_by) VALUES (@Date, @ClosedMs, @ClosedBy)";

    public const string KeepWatermarks =
        "INSERT INTO closed_day_watermark (business_date, topic, partition_no, next_offset) "
        + "SELECT @Date, topic, partition_no, next_offset FROM consumed";

    public const string KeepReserves =
        "INSERT INTO reserve_held (business_date, acquirer, merchant_id, currency, held_minor) "
        + "SELECT business_date, acquirer, merchant_id, currency, -SUM(amount_minor) FROM balance "
        + "WHERE settle_date > @Previous AND settle_date <= @Date AND account = 2110 AND entry_kind IN (1, 2, 3, 4) "
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

    public const string FixWindows =
        "INSERT INTO settlement_window (settle_date, acquirer, merchant_id, currency, close_date, " + WindowSums + ") "
        + "SELECT settle_date, acquirer, merchant_id, currency, @Date, " + Sums
        + "FROM balance WHERE settle_date > @Previous AND settle_date <= @Date AND entry_kind NOT IN (5, 8) "
        + ByWindow;

    /// <summary>Windows that are closed and that the balances don't make again: there are none.</summary>
    public const string ReadChangedWindows =
        "SELECT settle_date || ' ' || acquirer || ' ' || merchant_id || ' ' || currency FROM ("
        + "SELECT settle_date, acquirer, merchant_id, currency, " + WindowSums + " FROM settlement_window EXCEPT "
        + "SELECT settle_date, acquirer, merchant_id, currency, " + Sums
        + "FROM balance WHERE settle_date <= (SELECT MAX(business_date) FROM closed_day) AND entry_kind NOT IN (5, 8) "
        + ByWindow + ") AS missing UNION "
        + "SELECT settle_date || ' ' || acquirer || ' ' || merchant_id || ' ' || currency FROM ("
        + "SELECT settle_date, acquirer, merchant_id, currency, " + Sums
        + "FROM balance WHERE settle_date <= (SELECT MAX(business_date) FROM closed_day) AND entry_kind NOT IN (5, 8) "
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
        + "carried_minor, status, hold_reason, value_date, creditor_name, creditor_country, iban, account, bic, "
        + "entry_id) "
        + "VALUES (@Id, @CloseDate, @MerchantId, @Currency, @BroughtMinor, @NetMinor, @AmountMinor, @CarriedMinor, "
        + "@Status, @HoldReason, @ValueDate, @Name, @Country, @Iban, @Account, @Bic, @EntryId)";

    private const string WindowSums =
        "sales_count, sales_minor, refunds_count, refunds_minor, reversals_count, reversals_minor, fees_minor, "
        + "vat_minor, reserve_held_minor, reserve_released_minor, adjustments_count, adjustments_minor, "
        + "chargebacks_count, chargebacks_minor, net_minor, interchange_minor, scheme_cost_minor";

    private const string ByWindow = "GROUP BY settle_date, acquirer, merchant_id, currency";

    // In the order of the columns above.
    private const string Sums =
        CountSales + ", " + GrossSales + ", " + CountRefunds + ", " + GrossRefunds + ", "
        + CountReversals + ", " + GrossReversals + ", "
        + "SUM(CASE WHEN account = 4100 THEN amount_minor ELSE 0 END), "
        + "SUM(CASE WHEN account = 2200 THEN amount_minor ELSE 0 END), "
        + "SUM(CASE WHEN account = 2110 AND entry_kind <> 6 THEN amount_minor ELSE 0 END), "
        + "SUM(CASE WHEN account = 2110 AND entry_kind = 6 THEN amount_minor ELSE 0 END), "
        + CountAdjustments + ", " + Adjustments + ", " + CountChargebacks + ", " + Chargebacks + ", "
        + "-SUM(CASE WHEN account = 2100 THEN amount_minor ELSE 0 END), "
        + "SUM(CASE WHEN account = 5100 THEN amount_minor ELSE 0 END), "
        + "SUM(CASE WHEN account = 5200 THEN amount_minor ELSE 0 END) ";

    private const string Share = "account IN (2100, 2110, 2200, 4100)";
    private const string CountSales = "SUM(CASE WHEN account = 2100 AND entry_kind = 1 THEN entries ELSE 0 END)";
    private const string GrossSales = "-SUM(CASE WHEN " + Share + " AND entry_kind = 1 THEN amount_minor ELSE 0 END)";
    private const string CountRefunds = "SUM(CASE WHEN account = 2100 AND entry_kind = 2 THEN entries ELSE 0 END)";
    private const string GrossRefunds = "-SUM(CASE WHEN " + Share + " AND entry_kind = 2 THEN amount_minor ELSE 0 END)";

    private const string CountReversals =
        "SUM(CASE WHEN account = 2100 AND entry_kind IN (3, 4) THEN entries ELSE 0 END)";

    private const string GrossReversals =
        "-SUM(CASE WHEN " + Share + " AND entry_kind IN (3, 4) THEN amount_minor ELSE 0 END)";

    private const string CountAdjustments = "SUM(CASE WHEN account = 2100 AND entry_kind = 7 THEN entries ELSE 0 END)";
    private const string Adjustments = "-SUM(CASE WHEN account = 2100 AND entry_kind = 7 THEN amount_minor ELSE 0 END)";
    private const string CountChargebacks = "SUM(CASE WHEN account = 2100 AND entry_kind = 9 THEN entries ELSE 0 END)";
    private const string Chargebacks = "-SUM(CASE WHEN account = 2100 AND entry_kind = 9 THEN amount_minor ELSE 0 END)";
}
