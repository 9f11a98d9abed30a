using Dapper;
using Switch.Settlement.Files;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Days;

/// <summary>Why a payout is held by a person. Stored: never change a number.</summary>
internal enum HoldKind
{
    Manual = 1,

    /// <summary>A dispute is open: what it may cost is kept back.</summary>
    Chargeback = 2,
}

/// <summary>What became of a hold or its release.</summary>
/// <param name="Refusal">Why nothing was done, for a person; null when it was.</param>
/// <param name="Id">Of the hold; 0 when refused.</param>
internal sealed record HoldResult(string? Refusal, long Id);

/// <summary>
/// Places holds on payouts and releases them. A hold moves no money: what is held stays payable and is paid by the
/// first close after the release.
/// </summary>
internal sealed class PayoutHolds(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    internal const string InsertSql =
        "INSERT INTO payout_hold (id, merchant_id, currency, kind, amount_minor, reason, placed_by, placed_ms, "
        + "released_by, released_ms) "
        + "VALUES (@Id, @MerchantId, @Currency, @Kind, @AmountMinor, @Reason, @PlacedBy, @PlacedMs, '', 0)";

    /// <summary>Places a hold.</summary>
    /// <param name="merchantId">A merchant of the terms; the payouts of others are held anyway.</param>
    /// <param name="currency">Empty for every currency; an amount needs one.</param>
    /// <param name="kind">Why.</param>
    /// <param name="amountMinor">What is kept back; 0 for everything.</param>
    /// <param name="reason">In words, 1 to 200 characters.</param>
    /// <param name="placedBy">1 to 64 characters.</param>
    public HoldResult Place(
        string merchantId, string currency, HoldKind kind, long amountMinor, string reason, string placedBy)
    {
        var fault = !terms.Merchants.ContainsKey(merchantId) ? $"'{merchantId}' is no merchant of the terms"
            : !Enum.IsDefined(kind) ? "the kind is neither manual nor chargeback"
            : amountMinor < 0 ? "the amount is negative"
            : currency.Length > 0 && !Currency.TryGetDecimals(currency, out _)
                ? $"'{currency}' is not a currency of ISO 4217"
            : amountMinor > 0 && currency.Length == 0 ? "an amount needs its currency"
            : PersonText.FaultOf(("reason", reason, 200), ("name", placedBy, 64));
        if (fault is not null) return new HoldResult(fault, 0);
        using var transaction = database.Begin(StoreLock.Alone);
        var id = new IdBlocks(database).Next(transaction, "payout_hold");
        transaction.Connection.Execute(InsertSql, new
        {
            Id = id,
            MerchantId = merchantId,
            Currency = currency,
            Kind = (int)kind,
            AmountMinor = amountMinor,
            Reason = reason,
            PlacedBy = placedBy,
            PlacedMs = day.NowMs,
        }, transaction.Transaction);
        transaction.Commit();
        return new HoldResult(null, id);
    }

    /// <summary>Releases a hold, once.</summary>
    public HoldResult Release(long id, string releasedBy)
    {
        if (PersonText.FaultOf(("name", releasedBy, 64)) is { } fault) return new HoldResult(fault, 0);
        using var transaction = database.Begin(StoreLock.Alone);
        var changed = transaction.Connection.Execute(
            "UPDATE payout_hold SET released_by = @releasedBy, released_ms = @now WHERE id = @id AND released_ms = 0",
            new { id, releasedBy, now = day.NowMs }, transaction.Transaction);
        if (changed == 0) return new HoldResult($"no hold {id} stands", 0);
        transaction.Commit();
        return new HoldResult(null, id);
    }
}
