using Switch.Contracts.V1;
using Switch.Settlement.Books;

namespace Switch.Settlement.Consuming;

/// <summary>A row of the events.</summary>
internal readonly record struct EventRow(
    long Id, string EventId, long PaymentId, TransactionEventType Type, long OccurredMs, int Partition, long Offset,
    byte[] Payload);

/// <summary>
/// A row of the entries; its key says whose money it is. A step of settlement itself has a reference and 0 for the rows
/// of
/// event and payment; the entry of an event has an empty reference.
/// </summary>
internal readonly record struct EntryRow(
    long Id, long EventRow, long PaymentId, string Reference, EntryKey Key);

/// <summary>What an entry stands under: windows and balances are sums of equal keys. Dates are YYYY-MM-DD.</summary>
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

/// <summary>A row of the postings. The rule is 0 where there is none.</summary>
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
