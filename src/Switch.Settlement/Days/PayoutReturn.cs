using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Store;

namespace Switch.Settlement.Days;

/// <summary>
/// Books payouts that come back from the bank: the money is payable again, as a correction that the merchant's next
/// statement shows, and as much is held, for the next close would send it to the account that refused it.
/// </summary>
internal sealed class PayoutReturn(
    SettlementDatabase database, StoreTransaction transaction, SettlementEntries entries, BusinessDay day)
{
    /// <summary>Who enters it.</summary>
    public const string Machine = "reconciliation";

    private const int ReasonCharsMax = 200;

    /// <summary>Books one.</summary>
    /// <param name="payoutId">Which.</param>
    /// <param name="merchantId">Whose.</param>
    /// <param name="currency">In what it came back.</param>
    /// <param name="amountMinor">Positive.</param>
    /// <param name="openDate">The open window that it settles in.</param>
    /// <param name="text">What the bank says.</param>
    /// <returns>The entry's id.</returns>
    public long Book(
        string payoutId, string merchantId, string currency, long amountMinor, string openDate, string text)
    {
        var reference = $"returned {payoutId}";
        var reason = $"payout {payoutId} came back from the bank {text}".TrimEnd();
        if (reason.Length > ReasonCharsMax)
        {
            // Half of a character is none, and PostgreSQL would refuse it.
            reason = reason[..(ReasonCharsMax - (char.IsHighSurrogate(reason[ReasonCharsMax - 1]) ? 1 : 0))];
        }

        var key = new EntryKey(
            openDate, "", merchantId, currency, BusinessDay.Text(day.Today), EntryKind.Adjustment);
        var entry = entries.Add(key, reference, Account.Bank, Account.MerchantPayable, amountMinor);
        transaction.Connection.Execute(Adjustments.InsertSql, new
        {
            Reference = reference,
            MerchantId = merchantId,
            Acquirer = "",
            Currency = currency,
            AmountMinor = amountMinor,
            Kind = (int)AdjustmentKind.Correction,
            Reason = reason,
            EnteredBy = Machine,
            EnteredMs = day.NowMs,
            SettleDate = openDate,
            EntryId = entry,
        }, transaction.Transaction);
        transaction.Connection.Execute(PayoutHolds.InsertSql, new
        {
            Id = new IdBlocks(database).Next(transaction, "payout_hold"),
            MerchantId = merchantId,
            Currency = currency,
            Kind = (int)HoldKind.Manual,
            AmountMinor = amountMinor,
            Reason = reason,
            PlacedBy = Machine,
            PlacedMs = day.NowMs,
        }, transaction.Transaction);
        return entry;
    }
}
