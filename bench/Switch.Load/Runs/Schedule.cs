namespace Switch.Load.Runs;

/// <summary>A stretch with one rate.</summary>
/// <param name="PerSecond">Starts a second.</param>
/// <param name="From">Its begin, from the begin of the run.</param>
/// <param name="To">Its end.</param>
/// <param name="IsWarmUp">Nothing of it counts.</param>
internal sealed record Step(double PerSecond, TimeSpan From, TimeSpan To, bool IsWarmUp)
{
    public double Seconds => (To - From).TotalSeconds;
}

/// <summary>When one request is to start.</summary>
internal readonly record struct Start(int Step, TimeSpan At);

/// <summary>
/// When each request of an open loop starts, fixed before the first is sent: no answer, however late, moves the next.
/// </summary>
internal sealed class Schedule
{
    private Schedule(IReadOnlyList<Step> steps) => Steps = steps;

    public IReadOnlyList<Step> Steps { get; }

    public TimeSpan End => Steps[^1].To;

    /// <summary>A warm-up at the first rate, then each rate for the same time.</summary>
    public static Schedule Of(IEnumerable<double> rates, TimeSpan each, TimeSpan warmUp)
    {
        var steps = new List<Step>();
        var at = TimeSpan.Zero;
        foreach (var rate in rates)
        {
            if (steps.Count == 0 && warmUp > TimeSpan.Zero) Add(rate, warmUp, true);
            Add(rate, each, false);
        }

        return new Schedule(steps);

        void Add(double rate, TimeSpan time, bool isWarmUp)
        {
            steps.Add(new Step(rate, at, at + time, isWarmUp));
            at += time;
        }
    }

    /// <summary>The step of a moment; the last one for what comes after the end.</summary>
    public int StepAt(TimeSpan at)
    {
        for (var i = 0; i < Steps.Count; i++)
            if (at < Steps[i].To) return i;
        return Steps.Count - 1;
    }

    /// <summary>Every start in order; evenly spaced within a step.</summary>
    public IEnumerable<Start> Starts()
    {
        for (var step = 0; step < Steps.Count; step++)
        {
            var (rate, from, to) = (Steps[step].PerSecond, Steps[step].From, Steps[step].To);
            for (long i = 0; ; i++)
            {
                var at = from + TimeSpan.FromTicks((long)(i * (TimeSpan.TicksPerSecond / rate)));
                if (at >= to) break;
                yield return new Start(step, at);
            }
        }
    }
}
