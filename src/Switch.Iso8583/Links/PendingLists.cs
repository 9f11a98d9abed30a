namespace Switch.Iso8583;

/// <summary>
/// First in, first out, with removal from the middle in constant time: a timeout withdraws what waits.
/// </summary>
internal sealed class PendingQueue
{
    private PendingExchange? _last;

    public PendingExchange? First { get; private set; }

    public int Count { get; private set; }

    public void Add(PendingExchange exchange)
    {
        exchange.PreviousInQueue = _last;
        exchange.NextInQueue = null;
        if (_last is null) First = exchange;
        else _last.NextInQueue = exchange;
        _last = exchange;
        Count++;
    }

    public void Remove(PendingExchange exchange)
    {
        var (previous, next) = (exchange.PreviousInQueue, exchange.NextInQueue);
        if (previous is null) First = next;
        else previous.NextInQueue = next;
        if (next is null) _last = previous;
        else next.PreviousInQueue = previous;
        exchange.PreviousInQueue = exchange.NextInQueue = null;
        Count--;
    }

    /// <summary>Drops what nobody waits for.</summary>
    public void RecycleAll()
    {
        while (First is { } exchange)
        {
            Remove(exchange);
            exchange.Recycle();
        }
    }
}

/// <summary>Exchanges by match key: chained buckets, no allocation per entry.</summary>
internal sealed class PendingIndex
{
    private readonly PendingExchange?[] _buckets;

    public PendingIndex(int capacity) =>
        _buckets = new PendingExchange?[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];

    public ReadOnlySpan<PendingExchange?> Buckets => _buckets;

    public PendingExchange? Find(MatchKey key)
    {
        var exchange = Bucket(key);
        while (exchange is not null && !exchange.Key.Matches(key)) exchange = exchange.NextInBucket;
        return exchange;
    }

    public void Add(PendingExchange exchange)
    {
        ref var bucket = ref Bucket(exchange.Key);
        exchange.NextInBucket = bucket;
        bucket = exchange;
    }

    public void Remove(PendingExchange exchange)
    {
        ref var bucket = ref Bucket(exchange.Key);
        if (ReferenceEquals(bucket, exchange)) bucket = exchange.NextInBucket;
        else
        {
            var previous = bucket;
            while (previous is not null && !ReferenceEquals(previous.NextInBucket, exchange))
                previous = previous.NextInBucket;
            if (previous is not null) previous.NextInBucket = exchange.NextInBucket;
        }

        exchange.NextInBucket = null;
    }

    private ref PendingExchange? Bucket(MatchKey key) => ref _buckets[key.Hash & (_buckets.Length - 1)];
}

/// <summary>
/// Deadlines in slots of one tick: a sweep looks at the slots whose time has come, not at everything that is pending.
/// Deadlines further than a turn away stay in their slot for the next.
/// </summary>
internal sealed class TimeoutWheel
{
    private const int Slots = 1024;

    private readonly PendingExchange?[] _slots = new PendingExchange?[Slots];
    private long _sweptTick;

    public void Add(PendingExchange exchange)
    {
        // A deadline already swept past is caught by the next tick instead of a whole turn later.
        if (exchange.DeadlineTick <= _sweptTick) exchange.DeadlineTick = _sweptTick + 1;
        ref var slot = ref _slots[exchange.DeadlineTick & (Slots - 1)];
        exchange.PreviousInSlot = null;
        exchange.NextInSlot = slot;
        if (slot is not null) slot.PreviousInSlot = exchange;
        slot = exchange;
    }

    public void Remove(PendingExchange exchange)
    {
        var (previous, next) = (exchange.PreviousInSlot, exchange.NextInSlot);
        if (previous is null) _slots[exchange.DeadlineTick & (Slots - 1)] = next;
        else previous.NextInSlot = next;
        if (next is not null) next.PreviousInSlot = previous;
        exchange.PreviousInSlot = exchange.NextInSlot = null;
    }

    /// <summary>
    /// An exchange whose deadline is at or before the tick, for the caller to remove; null when none is left.
    /// </summary>
    public PendingExchange? FirstExpired(long tick)
    {
        // After a long pause one turn visits every slot.
        if (tick - _sweptTick > Slots) _sweptTick = tick - Slots;
        while (_sweptTick < tick)
        {
            var first = _slots[(_sweptTick + 1) & (Slots - 1)];
            for (var exchange = first; exchange is not null; exchange = exchange.NextInSlot)
            {
                if (exchange.DeadlineTick <= tick) return exchange;
            }

            _sweptTick++;
        }

        return null;
    }
}
