using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Days;

/// <summary>Why a person changes what a merchant gets. Stored: never change a number.</summary>
internal enum AdjustmentKind
{
    /// <summary>At the operator's own cost, or to its gain.</summary>
    Correction = 1,

    /// <summary>The scheme takes a payment back; the amount is negative.</summary>
    Chargeback = 2,

    /// <summary>The scheme gives it back; the amount is positive.</summary>
    ChargebackWon = 3,
}

/// <summary>What a person enters.</summary>
/// <param name="Reference">The person's own, such as a case number, 1 to 64 characters: once only.</param>
/// <param name="MerchantId">Whose money.</param>
/// <param name="Acquirer">Through whom it settles; one of the terms.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="AmountMinor">Signed by what it does to the merchant's money; not 0, at most 10^15 either way.</param>
/// <param name="Kind">Why.</param>
/// <param name="Reason">In words, 1 to 200 characters.</param>
/// <param name="EnteredBy">1 to 64 characters.</param>
internal sealed record Adjustment(
    string Reference,
    string MerchantId,
    string Acquirer,
    string Currency,
    long AmountMinor,
    AdjustmentKind Kind,
    string Reason,
    string EnteredBy);

/// <summary>What became of it.</summary>
/// <param name="Refusal">Why nothing was entered, for a person; null when it was, now or before.</param>
/// <param name="SettleDate">The window that takes it; empty when refused.</param>
internal sealed record AdjustmentResult(string? Refusal, string SettleDate);

/// <summary>Enters adjustments: always into an open window, never into a closed one.</summary>
internal sealed class Adjustments(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    private const string Columns =
        "reference AS Reference, merchant_id AS MerchantId, acquirer AS Acquirer, currency AS Currency, "
        + "amount_minor AS AmountMinor, kind AS Kind, reason AS Reason, settle_date AS SettleDate";

    private const string InsertSql =
        "INSERT INTO adjustment (reference, merchant_id, acquirer, currency, amount_minor, kind, reason, entered_by, "
        + "entered_ms, settle_date, entry_id) VALUES (@Reference, @MerchantId, @Acquirer, @Currency, @AmountMinor, "
        + "@Kind, @Reason, @EnteredBy, @EnteredMs, @SettleDate, @EntryId)";

    /// <summary>Enters one, once: the same again changes nothing and says where it is.</summary>
    /// <exception cref="System.Data.Common.DbException">The store is away; nothing was entered.</exception>
    public AdjustmentResult Enter(Adjustment adjustment)
    {
        if (FaultOf(adjustment) is { } fault) return new AdjustmentResult(fault, "");
        using var transaction = database.Begin(StoreLock.Alone);
        var (connection, open) = (transaction.Connection, transaction.Transaction);
        var known = connection.QueryFirstOrDefault<Row>(
            $"SELECT {Columns} FROM adjustment WHERE reference = @Reference", new { adjustment.Reference }, open);
        if (known is not null)
        {
            return known.IsOf(adjustment)
                ? new AdjustmentResult(null, known.SettleDate)
                : new AdjustmentResult($"reference '{adjustment.Reference}' is taken by another adjustment", "");
        }

        if (!terms.Merchants.ContainsKey(adjustment.MerchantId) && !HasBooks(transaction, adjustment.MerchantId))
            return new AdjustmentResult($"nothing is known of merchant '{adjustment.MerchantId}'", "");
        var today = day.Today;
        var settles = OpenDate(transaction, today);
        var entries = new SettlementEntries(database, transaction);
        var kind = adjustment.Kind == AdjustmentKind.Correction ? EntryKind.Adjustment : EntryKind.Chargeback;
        var key = new EntryKey(
            settles, adjustment.Acquirer, adjustment.MerchantId, adjustment.Currency, BusinessDay.Text(today), kind);
        var account = kind == EntryKind.Adjustment ? Account.Corrections : Account.SchemeReceivable;
        var entry = entries.Add(
            key, adjustment.Reference, account, Account.MerchantPayable, adjustment.AmountMinor);
        entries.Write();
        connection.Execute(InsertSql, new
        {
            adjustment.Reference,
            adjustment.MerchantId,
            adjustment.Acquirer,
            adjustment.Currency,
            adjustment.AmountMinor,
            Kind = (int)adjustment.Kind,
            adjustment.Reason,
            adjustment.EnteredBy,
            EnteredMs = day.NowMs,
            SettleDate = settles,
            EntryId = entry,
        }, open);
        transaction.Commit();
        return new AdjustmentResult(null, settles);
    }

    private string? FaultOf(Adjustment a)
    {
        if (a.AmountMinor is 0 or < -Terms.Currencies.AmountMinorMax or > Terms.Currencies.AmountMinorMax)
            return "the amount is 0 or beyond 10^15 minor units";
        if (!Terms.Currencies.TryGetDecimals(a.Currency, out _)) return $"'{a.Currency}' is not a currency of ISO 4217";
        if (!terms.Acquirers.ContainsKey(a.Acquirer)) return $"'{a.Acquirer}' is no acquirer of the terms";
        if (a.Kind == AdjustmentKind.Chargeback && a.AmountMinor > 0)
            return "a chargeback takes money: its amount is negative";
        if (a.Kind == AdjustmentKind.ChargebackWon && a.AmountMinor < 0)
            return "a chargeback won gives money: its amount is positive";
        if (!Enum.IsDefined(a.Kind)) return "the kind is none of correction, chargeback and chargeback won";
        return PersonText.FaultOf(("reference", a.Reference, 64), ("reason", a.Reason, 200), ("name", a.EnteredBy, 64));
    }

    private static bool HasBooks(StoreTransaction transaction, string merchant) =>
        transaction.Connection.ExecuteScalar<long>(
            "SELECT COUNT(*) FROM (SELECT 1 FROM payment WHERE merchant_id = @merchant LIMIT 1) AS one",
            new { merchant }, transaction.Transaction) > 0;

    /// <summary>The first settlement date that is open.</summary>
    internal static string OpenDate(StoreTransaction transaction, DateOnly today)
    {
        var last = transaction.Connection.ExecuteScalar<string?>(
            "SELECT MAX(business_date) FROM closed_day", transaction: transaction.Transaction);
        if (last is null) return BusinessDay.Text(today);
        var next = BusinessDay.Parse(last).AddDays(1);
        return BusinessDay.Text(next > today ? next : today);
    }

    private sealed class Row
    {
        public string Reference { get; set; } = "";

        public string MerchantId { get; set; } = "";

        public string Acquirer { get; set; } = "";

        public string Currency { get; set; } = "";

        public long AmountMinor { get; set; }

        public long Kind { get; set; }

        public string Reason { get; set; } = "";

        public string SettleDate { get; set; } = "";

        public bool IsOf(Adjustment a) =>
            MerchantId == a.MerchantId && Acquirer == a.Acquirer && Currency == a.Currency
            && AmountMinor == a.AmountMinor && Kind == (int)a.Kind && Reason == a.Reason;
    }
}
