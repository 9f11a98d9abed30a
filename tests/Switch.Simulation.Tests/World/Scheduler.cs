namespace Switch.Simulation.Tests.World;

/// <summary>
/// Runs everything of one seed on one thread. What is ready runs in an order that the seed draws; virtual time moves on
/// only when nothing is ready.
/// </summary>
internal sealed class Scheduler(int seed)
{
    // Work that became ready at about the same time may run in any order, as on a pool; more than this is unlikely
    // there.
    private const int Overtaking = 3;

    private readonly List<Work> _ready = [];
    private readonly PriorityQueue<Action, (long At, long Order)> _timed = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private long _order;
    private int _head;

    /// <summary>Every chance of the run is drawn here.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Virtual time since the start, in ticks.</summary>
    public long Now { get; private set; }

    public TimeSpan Elapsed => TimeSpan.FromTicks(Now);

    /// <summary>Work items run so far.</summary>
    public long Steps { get; private set; }

    /// <summary>Whether a chance of that many in a thousand comes true.</summary>
    public bool Draw(int perMille) => Random.Next(1000) < perMille;

    /// <summary>A span between two numbers of milliseconds.</summary>
    public TimeSpan Between(double minMs, double maxMs) =>
        TimeSpan.FromMilliseconds(minMs + (Random.NextDouble() * (maxMs - minMs)));

    /// <summary>The world's own doing: no life has a say in it.</summary>
    public void After(TimeSpan delay, Action action)
    {
        CheckThread();
        _timed.Enqueue(action, (Now + Math.Max(0, delay.Ticks), _order++));
    }

    public void Enqueue(Life life, SendOrPostCallback callback, object? state)
    {
        CheckThread();
        _ready.Add(new Work(life, callback, state));
    }

    /// <summary>Runs until that is so, or the virtual time is over; says which.</summary>
    public bool RunUntil(Func<bool> isDone, TimeSpan limit)
    {
        var before = SynchronizationContext.Current;
        try
        {
            while (true)
            {
                while (_head < _ready.Count) RunOne();
                _ready.Clear();
                _head = 0;
                if (isDone()) return true;
                if (!_timed.TryPeek(out var action, out var place) || place.At > limit.Ticks) return false;
                _timed.Dequeue();
                Now = place.At;
                SynchronizationContext.SetSynchronizationContext(null);
                Steps++;
                action();
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    // Whatever comes from another thread has left its context on the way, and the seed with it.
    private void CheckThread()
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException($"This came from the pool: {Environment.StackTrace}");
    }

    private void RunOne()
    {
        var left = _ready.Count - _head;
        var chosen = left == 1 ? _head : _head + Random.Next(Math.Min(left, Overtaking));
        var work = _ready[chosen];
        _ready[chosen] = _ready[_head];
        _ready[_head++] = default;
        Steps++;
        work.Life.Run(work.Callback, work.State);
    }

    private readonly record struct Work(Life Life, SendOrPostCallback Callback, object? State);
}
