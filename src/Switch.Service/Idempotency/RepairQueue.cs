using System.Threading.Channels;

namespace Switch.Service.Idempotency;

/// <summary>
/// Repeats writes until Redis confirms them, one at a time, backing off from 50 ms to 1 s while it does not. Bounded: a
/// write that finds it full is refused. A write that fails goes to the back, so one bad shard delays the others only by
/// the pauses.
/// </summary>
internal sealed class RepairQueue : IAsyncDisposable
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private readonly string _kind;
    private readonly int _capacity;
    private readonly Func<Claim, ValueTask<bool>> _repeat;
    private readonly IdempotencyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _loop;

    // Unbounded itself: the count bounds it, so that a write on its way to the back never loses its place.
    private readonly Channel<Claim> _channel =
        Channel.CreateUnbounded<Claim>(new UnboundedChannelOptions { SingleReader = true });

    private int _count;
    private int _disposed;

    /// <param name="kind">The kind of write, for metrics and logs.</param>
    /// <param name="capacity">How many writes may wait.</param>
    /// <param name="repeat">Repeats one write; true when it is settled, one way or the other.</param>
    /// <param name="metrics">Counts what waits and what is dropped.</param>
    /// <param name="time">The clock of the pauses.</param>
    /// <param name="logger">Told of what is dropped, and of errors that nobody expected.</param>
    public RepairQueue(
        string kind,
        int capacity,
        Func<Claim, ValueTask<bool>> repeat,
        IdempotencyMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        _kind = kind;
        _capacity = capacity;
        _repeat = repeat;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _loop = RunAsync();
    }

    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether the write will be repeated; false when the queue is full or closed, which is counted.</summary>
    public bool TryAdd(Claim claim)
    {
        if (Interlocked.Increment(ref _count) <= _capacity && _channel.Writer.TryWrite(claim))
        {
            _metrics.RepairsChanged(_kind, 1);
            return true;
        }

        Interlocked.Decrement(ref _count);
        Drop(1);
        return false;
    }

    /// <summary>Stops; what still waits is dropped and counted.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _channel.Writer.TryComplete();
        await _closing.CancelAsync();
        await _loop;
        _closing.Dispose();
        if (Count > 0) Drop(Count);
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        var failures = 0;
        while (await HasNextAsync() && _channel.Reader.TryRead(out var claim))
        {
            if (await TryRepeatAsync(claim))
            {
                failures = 0;
                Interlocked.Decrement(ref _count);
                _metrics.RepairsChanged(_kind, -1);
                continue;
            }

            if (!_channel.Writer.TryWrite(claim)) return;
            var pause = TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, PauseMin.Ticks << Math.Min(failures++, 10)));
            await Task.Delay(pause, _time, _closing.Token).ConfigureAwait(Awaits.Quietly);
        }
    }

    private async ValueTask<bool> TryRepeatAsync(Claim claim)
    {
        try
        {
            return await _repeat(claim);
        }
        catch (Exception fault)
        {
            // A loop that ended here would keep every later write from Redis until the next start.
            IdempotencyLog.RepairFailed(_logger, _kind, fault);
            return false;
        }
    }

    private async ValueTask<bool> HasNextAsync()
    {
        try
        {
            return !_closing.IsCancellationRequested && await _channel.Reader.WaitToReadAsync(_closing.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Drop(int count)
    {
        _metrics.RepairsDropped(_kind, count);
        IdempotencyLog.RepairsDropped(_logger, _kind, count);
    }
}
