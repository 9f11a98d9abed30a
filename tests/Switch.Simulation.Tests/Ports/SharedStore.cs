using System.Globalization;
using Switch.Service.Idempotency;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Ports;

/// <summary>
/// The store that all instances share, as RecordScripts' Lua and the commands beside it make it: one step at a time,
/// lives and leases on its own clock. It may be away, come back without its last moments, or come back empty.
/// </summary>
internal sealed class SharedStore(Scheduler scheduler, TimeSpan ttl)
{
    private static readonly TimeSpan TailMax = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, Held> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _index = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, (string Identity, long Ends)> _peers = [];
    private readonly Queue<(long At, Action Undo)> _tail = [];
    private string _canary = "";
    private int _canaries;

    public bool IsUp { get; private set; } = true;

    /// <summary>Counts the store's processes: a connection belongs to one.</summary>
    public int Epoch { get; private set; } = 1;

    public int IndexCount => _index.Count;

    public IEnumerable<(string TransactionId, IdempotencyRecord Record)> Records() =>
        _records.Where(pair => pair.Value.Ends > scheduler.Now).Select(pair => (pair.Key, Decode(pair.Value.Bytes)));

    /// <summary>It answers nobody for a while.</summary>
    public void GoAway() => IsUp = false;

    public void ComeBack() => IsUp = true;

    /// <summary>A new process that has lost what was written in the last moments.</summary>
    public void RestartWithout(TimeSpan last)
    {
        var since = scheduler.Now - last.Ticks;
        var undo = new Stack<Action>();
        foreach (var (at, action) in _tail)
            if (at >= since) undo.Push(action);
        foreach (var action in undo) action();
        _tail.Clear();
        Epoch++;
    }

    /// <summary>A new process that has lost everything.</summary>
    public void RestartEmpty()
    {
        _records.Clear();
        _index.Clear();
        _peers.Clear();
        _tail.Clear();
        _canary = "";
        Epoch++;
    }

    public StoreReply SetIfAbsent(string key, byte[] record)
    {
        if (Find(key) is { } standing) return Found(standing);
        Set(key, record, ttl);
        return StoreReply.Done;
    }

    public StoreReply Replace(string key, byte[] expected, byte[] record, bool orAbsent, bool keepLife)
    {
        var standing = Find(key);
        if (standing is null && !orAbsent) return StoreReply.Absent;
        if (standing is not null)
        {
            var guard = standing.Bytes.AsSpan(IdempotencyRecord.StateOffset, IdempotencyRecord.GuardLength);
            if (!guard.SequenceEqual(expected)) return Found(standing);
        }

        Set(key, record, keepLife && standing is not null ? TimeSpan.FromTicks(standing.Ends - scheduler.Now) : ttl);
        return StoreReply.Done;
    }

    public StoreReply TakeExpired(string key, Fence fence, byte[] record)
    {
        if (Find(key) is not { } standing) return StoreReply.Absent;
        var stood = Decode(standing.Bytes);
        if (stood.Fence != fence || stood.State != RecordState.InFlight) return Found(standing);
        if (TimeSpan.FromTicks(standing.Ends - scheduler.Now) > stood.LeaseFloor) return Found(standing);
        Set(key, record, ttl);
        return StoreReply.Done;
    }

    public StoreReply Delete(string key, Fence fence)
    {
        if (Find(key) is not { } standing) return StoreReply.Done;
        var stood = Decode(standing.Bytes);
        if (stood.Fence != fence || stood.State != RecordState.InFlight) return Found(standing);
        Put(key, null);
        return StoreReply.Done;
    }

    public StoreReply Get(string key) => Find(key) is { } standing ? Found(standing) : StoreReply.Absent;

    public StoreReply Restore(string key, byte[] record, TimeSpan life, bool overInFlight, byte[]? over)
    {
        if (Find(key) is { } standing && (over is null || !Decode(standing.Bytes).Guard.AsSpan().SequenceEqual(over))
            && (!overInFlight || Decode(standing.Bytes).State != RecordState.InFlight))
            return Found(standing);
        Set(key, record, life > TimeSpan.Zero ? life : TimeSpan.FromMilliseconds(1));
        return StoreReply.Done;
    }

    public void Index(IEnumerable<string> add, IEnumerable<string> remove, long score)
    {
        foreach (var key in add)
        {
            if (!_index.TryAdd(key, score)) continue;
            Remember(() => _index.Remove(key));
        }

        foreach (var key in remove)
        {
            if (!_index.Remove(key, out var was)) continue;
            Remember(() => _index.TryAdd(key, was));
        }
    }

    public IReadOnlyList<string> ReadIndex(long before, int skip, int max) =>
        [.. _index.Where(pair => pair.Value <= before).OrderBy(static pair => pair.Value)
            .ThenBy(static pair => pair.Key, StringComparer.Ordinal).Skip(skip).Take(max).Select(static pair =>
                pair.Key)];

    public void Announce(ulong journal, string identity, TimeSpan life) =>
        _peers[journal] = (identity, scheduler.Now + life.Ticks);

    public IReadOnlyDictionary<ulong, string> Peers() => _peers
        .Where(pair => pair.Value.Ends > scheduler.Now).ToDictionary(pair => pair.Key, pair => pair.Value.Identity);

    public StoreIdentity Identify() => new(Epoch.ToString(CultureInfo.InvariantCulture), _canary);

    public void PlantCanary()
    {
        if (_canary.Length == 0) _canary = string.Create(CultureInfo.InvariantCulture, $"canary{++_canaries}");
    }

    private static StoreReply Found(Held held) => StoreReply.Found(Decode(held.Bytes));

    private static IdempotencyRecord Decode(byte[] bytes)
    {
        Assert.True(IdempotencyRecord.TryDecode(bytes, out var record, out var fault), fault.ToString());
        return record;
    }

    private Held? Find(string key) =>
        _records.TryGetValue(key, out var held) && held.Ends > scheduler.Now ? held : null;

    private void Set(string key, byte[] record, TimeSpan life) =>
        Put(key, new Held(record, scheduler.Now + life.Ticks));

    private void Put(string key, Held? held)
    {
        _records.TryGetValue(key, out var was);
        Remember(() => Write(key, was));
        Write(key, held);
    }

    private void Write(string key, Held? held)
    {
        if (held is null) _records.Remove(key);
        else _records[key] = held;
    }

    private void Remember(Action undo)
    {
        _tail.Enqueue((scheduler.Now, undo));
        while (_tail.TryPeek(out var oldest) && oldest.At < scheduler.Now - TailMax.Ticks) _tail.Dequeue();
    }

    private sealed record Held(byte[] Bytes, long Ends);
}
