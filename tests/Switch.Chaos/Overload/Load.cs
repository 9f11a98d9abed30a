using Switch.Chaos.Terminals;
using Switch.Programs;

namespace Switch.Chaos.Overload;

/// <summary>One request: when it was meant to start, when it did, when its reply came.</summary>
internal readonly record struct Sample(TimeSpan Due, TimeSpan Started, TimeSpan Ended, Reply Reply)
{
    public TimeSpan Took => Ended - Started;
}

/// <summary>A stretch of an open loop.</summary>
/// <param name="Begin">First start that was due.</param>
/// <param name="End">No start was due any more.</param>
/// <param name="Due">Starts by schedule.</param>
/// <param name="Late">Of them, those that began over <see cref="Load.LateAfter"/> after their time.</param>
/// <param name="Missed">Of them, those never begun: too late, or too many without a reply.</param>
internal readonly record struct Stretch(TimeSpan Begin, TimeSpan End, int Due, int Late, int Missed)
{
    public double Seconds => (End - Begin).TotalSeconds;

    /// <summary>
    /// The generator could not keep its schedule, so neither could the switch be expected to have the cores it needs:
    /// nothing follows from the stretch.
    /// </summary>
    public bool IsVoid => Missed > Due * 0.05 || Late > Due * 0.02;
}

/// <summary>Sends payments through one door and keeps what came of each.</summary>
internal sealed class Load
{
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(5);

    // Starting all that fell due in a long pause at once would be a burst that no schedule asked for.
    private static readonly TimeSpan MissedAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private readonly Door _door;
    private readonly PaymentSource _payments;
    private readonly RunClock _clock;
    private readonly int _outstandingMax;
    private readonly Lock _gate = new();
    private readonly List<Sample> _samples = [];
    private int _outstanding;

    public Load(Door door, PaymentSource payments, RunClock clock, int outstandingMax)
    {
        _door = door;
        _payments = payments;
        _clock = clock;
        _outstandingMax = outstandingMax;
    }

    /// <summary>All that have a reply by now.</summary>
    public IReadOnlyList<Sample> Samples
    {
        get { lock (_gate) return [.. _samples]; }
    }

    /// <summary>
    /// So many callers, each asking again as soon as it has its answer. They begin spread over one answer's time, or
    /// all would go in step and be counted in waves.
    /// </summary>
    /// <returns>Begin and end of the time in which all of them asked.</returns>
    public async Task<(TimeSpan Begin, TimeSpan End)> ClosedAsync(int callers, TimeSpan spread, TimeSpan time)
    {
        var end = _clock.Now + time;
        var asking = Enumerable.Range(0, callers).Select(async i =>
        {
            await RunClock.Delay(spread * i / callers);
            while (_clock.Now < end) await AskAsync(_clock.Now);
        }).ToList();
        var begin = _clock.Now + (spread * 2);
        await Task.WhenAll(asking);
        return (begin, end);
    }

    /// <summary>Starts by schedule, whatever becomes of those before. Returns with replies outstanding.</summary>
    public Task<Stretch> OpenAsync(double perSecond, TimeSpan time) =>
        // A thread of its own: continuations of replies must not hold up the schedule.
        Task.Factory.StartNew(
            () => Open(perSecond, time), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Waits until every request has its reply.</summary>
    public async Task DrainAsync()
    {
        var until = _clock.Now + DrainPatience;
        while (Volatile.Read(ref _outstanding) > 0)
        {
            if (_clock.Now > until) throw new HarnessException("requests stay without a reply");
            await RunClock.Delay(Tick);
        }
    }

    private Stretch Open(double perSecond, TimeSpan time)
    {
        using var never = new ManualResetEvent(false);
        var begin = _clock.Now;
        var (due, late, missed) = (0, 0, 0);
        for (var last = false; !last;)
        {
            var now = _clock.Now - begin;
            last = now >= time;
            for (var at = At(due); at <= now && at < time; at = At(++due))
            {
                if (now - at > LateAfter) late++;
                if (now - at > MissedAfter || Volatile.Read(ref _outstanding) >= _outstandingMax) missed++;
                else _ = AskAsync(begin + at);
            }

            if (!last) never.WaitOne(Tick);
        }

        return new Stretch(begin, begin + time, due, late, missed);

        TimeSpan At(int number) => TimeSpan.FromSeconds(number / perSecond);
    }

    private async Task AskAsync(TimeSpan due)
    {
        Interlocked.Increment(ref _outstanding);
        var started = _clock.Now;
        var reply = await _door.AskAsync(_payments.Next());
        var sample = new Sample(due, started, _clock.Now, reply);
        lock (_gate) _samples.Add(sample);
        Interlocked.Decrement(ref _outstanding);
    }
}

/// <summary>Payments that are all approved, each with a key of its own.</summary>
internal sealed class PaymentSource(int counters)
{
    private readonly DateTimeOffset _wall = TimeProvider.System.GetUtcNow();
    private int _number;

    public Contracts.V1.AuthorizeRequest Next()
    {
        var number = Interlocked.Increment(ref _number);
        return Payment.Make(number % counters, number, new Random(number), _wall).Request;
    }
}
