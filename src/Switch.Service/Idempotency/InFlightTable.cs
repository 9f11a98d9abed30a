using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Switch.Service.Idempotency;

/// <summary>
/// The seats of this process by transaction id. Bounded by the requests in flight, which admission bounds, plus the
/// completions that wait for Redis, which <see cref="RedisOptions.PendingCompletionsMax"/> bounds.
/// </summary>
internal sealed class InFlightTable
{
    private readonly ConcurrentDictionary<string, InFlightEntry> _entries = new(StringComparer.Ordinal);

    public int Count => _entries.Count;

    /// <summary>
    /// Takes the seat, or gives the entry that has it; null when it was just vacated and is worth a new try.
    /// </summary>
    public bool TryTake(string transactionId, InFlightEntry entry, out InFlightEntry? holder)
    {
        holder = null;
        if (_entries.TryAdd(transactionId, entry)) return true;
        _entries.TryGetValue(transactionId, out holder);
        return false;
    }

    public bool TryFind(string transactionId, [NotNullWhen(true)] out InFlightEntry? entry) =>
        _entries.TryGetValue(transactionId, out entry);

    /// <summary>Transactions with a claim whose seat an earlier call has seen too.</summary>
    public IEnumerable<string> SeenBefore()
    {
        foreach (var (transactionId, entry) in _entries)
        {
            if (entry.Claim is null) continue;
            if (entry.WasSeen) yield return transactionId;
            entry.WasSeen = true;
        }
    }

    /// <summary>Vacates the seat, if this entry still has it.</summary>
    public void Vacate(string transactionId, InFlightEntry entry) =>
        _entries.TryRemove(new KeyValuePair<string, InFlightEntry>(transactionId, entry));
}
