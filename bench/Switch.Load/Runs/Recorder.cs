using System.Collections.Concurrent;
using HdrHistogram;
using Switch.Load.Doors;

namespace Switch.Load.Runs;

/// <summary>When a request was to start, when it did, when its reply came; from the begin of the run.</summary>
internal readonly record struct Times(TimeSpan Intended, TimeSpan Sent, TimeSpan Ended);

/// <summary>Everything that is known of one step or one second. Microseconds; safe for several threads.</summary>
internal sealed class Figures
{
    /// <summary>What is longer counts as this.</summary>
    private const long LongestUs = 3_600_000_000;

    public Figures(int digits)
    {
        FromIntended = new LongConcurrentHistogram(1, LongestUs, digits);
        FromSent = new LongConcurrentHistogram(1, LongestUs, digits);
    }

    /// <summary>
    /// Latencies of answers from when their request was to start: corrected for coordinated omission, for whoever made
    /// a request wait pays for the wait, be it the switch or the generator.
    /// </summary>
    public HistogramBase FromIntended { get; }

    /// <summary>Latencies of the same answers from when their request was sent.</summary>
    public HistogramBase FromSent { get; }

    public ConcurrentDictionary<string, long> Replies { get; } = new();

    public void Record(in Times times)
    {
        FromIntended.RecordValue(Us(times.Ended - times.Intended));
        FromSent.RecordValue(Us(times.Ended - times.Sent));
    }

    private static long Us(TimeSpan time) => Math.Clamp((long)time.TotalMicroseconds, 1, LongestUs);
}

/// <summary>Takes what came of each request of a run, by step and by time.</summary>
internal sealed class Recorder
{
    private const int StepDigits = 3;
    private const int IntervalDigits = 2;
    // Memory of the intervals is bounded by their number.
    private const int IntervalsMax = 600;
    private static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);
    private readonly Schedule _schedule;
    private readonly Figures[] _steps;
    private readonly Interval[] _intervals;
    private readonly StepCounts[] _counts;

    public Recorder(Schedule schedule)
    {
        _schedule = schedule;
        _steps = [.. schedule.Steps.Select(static _ => new Figures(StepDigits))];
        _counts = [.. schedule.Steps.Select(static _ => new StepCounts())];
        IntervalLength = TimeSpan.FromSeconds(
            Math.Max(IntervalMin.TotalSeconds, Math.Ceiling(schedule.End.TotalSeconds / IntervalsMax)));
        _intervals = new Interval[(int)Math.Ceiling(schedule.End / IntervalLength)];
        for (var i = 0; i < _intervals.Length; i++) _intervals[i] = new Interval(IntervalLength * i, IntervalDigits);
    }

    public TimeSpan IntervalLength { get; }

    public IReadOnlyList<Interval> Intervals => _intervals;

    public IReadOnlyList<Figures> Steps => _steps;

    public IReadOnlyList<StepCounts> Counts => _counts;

    /// <summary>A request was due.</summary>
    public void Due(int step, TimeSpan intended, bool isLate, bool isDropped)
    {
        Interlocked.Increment(ref _counts[step].Due);
        if (isLate) Interlocked.Increment(ref _counts[step].Late);
        if (isDropped) Interlocked.Increment(ref _counts[step].Dropped);
        Interlocked.Increment(ref _intervals[IndexOf(intended)].Due);
    }

    /// <summary>A reply came. Only answers have a latency: a quick refusal must not make a switch look quick.</summary>
    public void Ended(int step, in Times times, Reply reply)
    {
        _steps[step].Replies.AddOrUpdate(reply.Name, 1, static (_, count) => count + 1);
        Interlocked.Increment(ref _counts[step].Ended);
        if (!reply.IsOk) Interlocked.Increment(ref _counts[step].Failed);
        else _steps[step].Record(times);
        if (times.Ended >= _schedule.End) return;
        var interval = _intervals[IndexOf(times.Ended)];
        if (!reply.IsOk)
        {
            Interlocked.Increment(ref interval.Failed);
            return;
        }

        interval.Figures.Record(times);
        Interlocked.Increment(ref interval.Answered);
        Interlocked.Increment(ref _counts[_schedule.StepAt(times.Ended)].AnsweredMeanwhile);
    }

    private int IndexOf(TimeSpan at) => Math.Min((int)(at / IntervalLength), _intervals.Length - 1);
}

/// <summary>Counts of one step; incremented in place.</summary>
internal sealed class StepCounts
{
    /// <summary>Starts by schedule.</summary>
    public long Due;

    /// <summary>Of them, those that the generator began over <see cref="OpenLoop.LateAfter"/> late.</summary>
    public long Late;

    /// <summary>Of them, those never sent: too many were without a reply.</summary>
    public long Dropped;

    /// <summary>Of them, those with a reply.</summary>
    public long Ended;

    /// <summary>Of them, those whose reply is no answer.</summary>
    public long Failed;

    /// <summary>Answers that came while the step lasted, whenever they were asked for.</summary>
    public long AnsweredMeanwhile;
}

/// <summary>A second, or a few, of a run.</summary>
internal sealed class Interval(TimeSpan from, int digits)
{
    public long Due;
    public long Answered;
    public long Failed;

    public TimeSpan From => from;

    public Figures Figures { get; } = new(digits);
}
