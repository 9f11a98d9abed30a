using HdrHistogram;

namespace Switch.Load.Runs;

/// <summary>What a run came to.</summary>
internal sealed class RunResult
{
    private const double LateShareMax = 0.02;
    private readonly Recorder _recorder;

    public RunResult(Schedule schedule, Recorder recorder, int unanswered, int callers, TimeSpan took)
    {
        _recorder = recorder;
        Callers = callers;
        Took = took;
        Unanswered = unanswered;
        Steps = [.. schedule.Steps.Select((step, i) => StepOf(step, recorder.Counts[i], recorder.Steps[i]))];
    }

    /// <summary>Of the closed loop; 0: by schedule.</summary>
    public int Callers { get; }

    public TimeSpan Took { get; }

    /// <summary>Requests without a reply when it was over.</summary>
    public int Unanswered { get; }

    public IReadOnlyList<StepResult> Steps { get; }

    public IReadOnlyList<Interval> Intervals => _recorder.Intervals;

    public TimeSpan IntervalLength => _recorder.IntervalLength;

    /// <summary>All but the warm-up.</summary>
    public IEnumerable<StepResult> Measured => Steps.Where(static step => !step.IsWarmUp);

    /// <summary>
    /// The generator could not keep its schedule: it, or the machine under it, is what was measured.
    /// </summary>
    public bool IsVoid => Measured.Sum(static s => s.Late) > LateShareMax * Measured.Sum(static s => s.Due);

    /// <summary>Latencies of all steps but the warm-up, from the intended start; microseconds.</summary>
    public HistogramBase Latencies()
    {
        var all = new LongHistogram(1, 3_600_000_000, 3);
        for (var i = 0; i < Steps.Count; i++)
            if (!Steps[i].IsWarmUp) all.Add(_recorder.Steps[i].FromIntended);
        return all;
    }

    /// <summary>How many replies of each name, but those of the warm-up.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Replies() =>
        [.. Measured.SelectMany(static step => step.Replies).GroupBy(static r => r.Key, static r => r.Value)
            .Select(static g => KeyValuePair.Create(g.Key, g.Sum())).OrderByDescending(static r => r.Value)];

    private static StepResult StepOf(Step step, StepCounts counts, Figures figures) => new()
    {
        IsWarmUp = step.IsWarmUp,
        AskedPerSecond = step.PerSecond,
        AchievedPerSecond = counts.AnsweredMeanwhile / step.Seconds,
        Seconds = step.Seconds,
        Due = counts.Due,
        Answered = counts.Ended - counts.Failed,
        Failed = counts.Failed,
        Dropped = counts.Dropped,
        Unanswered = counts.Due - counts.Dropped - counts.Ended,
        Late = counts.Late,
        Replies = figures.Replies.ToDictionary(),
        Latency = LatencyResult.Of(figures.FromIntended),
        LatencyFromSending = LatencyResult.Of(figures.FromSent),
    };
}
