using HdrHistogram;

namespace Switch.Load.Runs;

/// <summary>What one step came to.</summary>
internal sealed record StepResult
{
    public required bool IsWarmUp { get; init; }

    /// <summary>Requests a second by schedule; 0 in a closed loop.</summary>
    public required double AskedPerSecond { get; init; }

    /// <summary>Answers a second that came while it lasted.</summary>
    public required double AchievedPerSecond { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Requests that were due.</summary>
    public required long Due { get; init; }

    public required long Answered { get; init; }

    /// <summary>Replies that are no answer.</summary>
    public required long Failed { get; init; }

    /// <summary>Due, but too many were without a reply.</summary>
    public required long Dropped { get; init; }

    /// <summary>Without a reply when the run was over.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Begun too late by the generator.</summary>
    public required long Late { get; init; }

    public required IReadOnlyDictionary<string, long> Replies { get; init; }

    /// <summary>From the moment at which the request was to start.</summary>
    public required LatencyResult Latency { get; init; }

    /// <summary>From the moment at which it was sent.</summary>
    public required LatencyResult LatencyFromSending { get; init; }

    /// <summary>Share of what was due that has no answer.</summary>
    public double ErrorShare => Due == 0 ? 0 : (Failed + Dropped + Unanswered) / (double)Due;

    public double LateShare => Due == 0 ? 0 : Late / (double)Due;
}

/// <summary>A latency distribution, milliseconds.</summary>
internal sealed record LatencyResult(
    double Mean, double Min, double P50, double P90, double P99, double P999, double P9999, double Max)
{
    public static LatencyResult Of(HistogramBase histogram)
    {
        if (histogram.TotalCount == 0) return new LatencyResult(0, 0, 0, 0, 0, 0, 0, 0);
        return new LatencyResult(
            histogram.GetMean() / 1000, At(0), At(50), At(90), At(99), At(99.9), At(99.99), At(100));

        double At(double percentile) => Ms(histogram, percentile);
    }

    /// <summary>One percentile, milliseconds; 0 when there is nothing.</summary>
    public static double Ms(HistogramBase histogram, double percentile) =>
        histogram.TotalCount == 0 ? 0 : histogram.GetValueAtPercentile(percentile) / 1000.0;
}
