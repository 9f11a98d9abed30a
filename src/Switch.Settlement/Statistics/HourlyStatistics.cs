using System.Runtime.InteropServices;
using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;

namespace Switch.Settlement.Statistics;

/// <summary>What the rows of table statistic_hour are told apart by. Ordered as its primary key.</summary>
internal readonly record struct StatisticKey(
    string BusinessDate, long HourMs, string MerchantId, string Acquirer, string Scheme, EntryMode EntryMode,
    TransactionKind Kind, string Currency, Outcome Outcome, DeclinedBy DeclinedBy, string ResponseCode)
    : IComparable<StatisticKey>
{
    public int CompareTo(StatisticKey other)
    {
        var order = string.CompareOrdinal(BusinessDate, other.BusinessDate);
        if (order == 0) order = HourMs.CompareTo(other.HourMs);
        if (order == 0) order = string.CompareOrdinal(MerchantId, other.MerchantId);
        if (order == 0) order = string.CompareOrdinal(Acquirer, other.Acquirer);
        if (order == 0) order = string.CompareOrdinal(Scheme, other.Scheme);
        if (order == 0) order = EntryMode.CompareTo(other.EntryMode);
        if (order == 0) order = Kind.CompareTo(other.Kind);
        if (order == 0) order = string.CompareOrdinal(Currency, other.Currency);
        if (order == 0) order = Outcome.CompareTo(other.Outcome);
        if (order == 0) order = DeclinedBy.CompareTo(other.DeclinedBy);
        if (order == 0) order = string.CompareOrdinal(ResponseCode, other.ResponseCode);
        return order;
    }
}

/// <summary>What is summed up of one key.</summary>
/// <param name="Requests">Answered requests.</param>
/// <param name="RequestedMinor">Minor units of the key's currency.</param>
/// <param name="ApprovedMinor">Minor units of the key's currency; 0 for what was not approved.</param>
internal readonly record struct StatisticSums(long Requests, long RequestedMinor, long ApprovedMinor);

/// <summary>
/// Sums up the answered requests of a batch, for the transaction that writes the batch. Not thread-safe. Give it an
/// event when the store sees it for the first time, and only then: sums can't tell a second delivery.
/// </summary>
internal sealed class HourlyStatistics
{
    /// <summary>
    /// The merchant of the rows that have everybody's sums: who asks for no merchant reads some dozen rows an hour, and
    /// not
    /// those of each merchant.
    /// </summary>
    public const string AllMerchants = "";

    private const long HourMs = 3_600_000;
    private readonly Dictionary<StatisticKey, StatisticSums> _sums = [];

    /// <summary>
    /// In the order of the key, so that writers that wait for each other's rows never wait in a circle.
    /// </summary>
    public List<KeyValuePair<StatisticKey, StatisticSums>> Sums()
    {
        var sums = new List<KeyValuePair<StatisticKey, StatisticSums>>(_sums);
        sums.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        return sums;
    }

    /// <summary>
    /// Counts what was answered: final answers, and requests that reached no acquirer each time they are tried. What
    /// became of an approval later (reversals) changes neither rate nor volume here.
    /// </summary>
    public void Add(TransactionEvent e)
    {
        if (e.Type is not (TransactionEventType.Authorized or TransactionEventType.NotSent)) return;
        var at = (e.AcceptedAt ?? e.OccurredAt ?? new Timestamp()).Seconds * 1000;
        var key = new StatisticKey(
            e.BusinessDate, at - (((at % HourMs) + HourMs) % HourMs), e.MerchantId, e.Acquirer, e.Scheme, e.EntryMode,
            e.Kind, e.RequestedAmount?.Currency ?? "", e.Outcome, e.DeclinedBy, e.ResponseCode);
        var approved = e.Outcome is Outcome.Approved or Outcome.PartiallyApproved
            ? e.ApprovedAmount?.AmountMinor ?? 0
            : 0;
        Add(key with { MerchantId = AllMerchants }, e.RequestedAmount?.AmountMinor ?? 0, approved);
        if (key.MerchantId.Length > 0) Add(key, e.RequestedAmount?.AmountMinor ?? 0, approved);
    }

    /// <summary>Forgets what it counted: after the batch was written, or thrown away.</summary>
    public void Clear() => _sums.Clear();

    private void Add(in StatisticKey key, long requestedMinor, long approvedMinor)
    {
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _);
        sums = checked(new StatisticSums(
            sums.Requests + 1, sums.RequestedMinor + requestedMinor, sums.ApprovedMinor + approvedMinor));
    }
}
