using Switch.Contracts.V1;
using Switch.Settlement.Books;

namespace Switch.Settlement.Consuming;

/// <summary>A row of the events.</summary>
internal readonly record struct EventRow(
    long Id, string EventId, long PaymentId, TransactionEventType Type, long OccurredMs, int Partition, long Offset,
    byte[] Payload);

/// <summary>A row of the entries; <see cref="Key"/> holds whose money it is.</summary>
/// <param name="EventRow">The row of its event; 0 for a step of settlement itself.</param>
/// <param name="PaymentId">The row of its payment; 0 for a step of settlement itself.</param>
/// <param name="Reference">Of a step of settlement itself; otherwise empty.</param>
internal readonly record struct EntryRow(
    long Id, long EventRow, long PaymentId, string Reference, EntryKey Key);

/// <summary>What an entry stands under: windows and balances are sums of equal keys.</summary>
/// <param name="SettleDate">YYYY-MM-DD.</param>
/// <param name="BusinessDate">YYYY-MM-DD.</param>
internal readonly record struct EntryKey(
    string SettleDate, string Acquirer, string MerchantId, string Currency, string BusinessDate, EntryKind Kind)
    : IComparable<EntryKey>
{
    /// <summary>The one order in which all writers take the rows of balances.</summary>
    public int CompareTo(EntryKey other)
    {
        var order = string.CompareOrdinal(SettleDate, other.SettleDate);
        if (order == 0) order = string.CompareOrdinal(Acquirer, other.Acquirer);
        if (order == 0) order = string.CompareOrdinal(MerchantId, other.MerchantId);
        if (order == 0) order = string.CompareOrdinal(Currency, other.Currency);
        if (order == 0) order = string.CompareOrdinal(BusinessDate, other.BusinessDate);
        return order != 0 ? order : Kind.CompareTo(other.Kind);
    }
}

/// <summary>A row of the postings.</summary>
/// <param name="RuleId">The row of the fee rule; 0 for none.</param>
internal readonly record struct PostingRow(
    long EntryId, int Line, Account Account, long AmountMinor, int RuleId, long RemainderMicro);

/// <summary>What is added to a row of the balances.</summary>
internal readonly record struct BalanceRow(
    EntryKey Key, Account Account, long AmountMinor, long RemainderMicro, long Entries);

/// <summary>Everything that a transaction writes of the books. Reused from batch to batch.</summary>
internal sealed class BatchRows
{
    public List<PaymentRow> NewPayments { get; } = [];
    public List<PaymentRow> ChangedPayments { get; } = [];
    public List<EventRow> Events { get; } = [];
    public List<EntryRow> Entries { get; } = [];
    public List<PostingRow> Postings { get; } = [];
    public List<BalanceRow> Balances { get; } = [];
    public List<DeadLetter> DeadLetters { get; } = [];

    public void Clear()
    {
        NewPayments.Clear();
        ChangedPayments.Clear();
        Events.Clear();
        Entries.Clear();
        Postings.Clear();
        Balances.Clear();
        DeadLetters.Clear();
    }
}
