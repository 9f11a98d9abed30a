namespace Switch.Service.Idempotency;

/// <summary>Bounds how many keys this process polls at once because another instance works on them.</summary>
internal sealed class CrossInstanceWaiters
{
    private readonly IdempotencyMetrics _metrics;
    private readonly int _max;
    private int _count;

    public CrossInstanceWaiters(int max, IdempotencyMetrics metrics)
    {
        _max = max;
        _metrics = metrics;
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there is room; each true is followed by one <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) > _max)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        _metrics.WaiterAdded(IdempotencyMetrics.AcrossInstances);
        return true;
    }

    public void Leave()
    {
        Interlocked.Decrement(ref _count);
        _metrics.WaiterRemoved(IdempotencyMetrics.AcrossInstances);
    }
}
