using System.Collections.Concurrent;

namespace Switch.Iso8583;

/// <summary>
/// Keeps at most a stated number of idle objects; what comes back beyond that is left to the collector.
/// </summary>
internal sealed class BoundedPool<T> where T : class
{
    private readonly ConcurrentQueue<T> _idle = new();
    private readonly int _maxIdle;
    private T? _handy;
    private int _count;

    public BoundedPool(int maxIdle) => _maxIdle = maxIdle;

    public T? TryRent()
    {
        // Rented and returned by one caller after the other, the common case needs no queue.
        var handy = _handy;
        if (handy is not null && Interlocked.CompareExchange(ref _handy, null, handy) == handy) return handy;
        if (!_idle.TryDequeue(out var item)) return null;
        Interlocked.Decrement(ref _count);
        return item;
    }

    public void Return(T item)
    {
        if (_handy is null && Interlocked.CompareExchange(ref _handy, item, null) is null) return;
        if (Interlocked.Increment(ref _count) <= _maxIdle) _idle.Enqueue(item);
        else Interlocked.Decrement(ref _count);
    }
}
