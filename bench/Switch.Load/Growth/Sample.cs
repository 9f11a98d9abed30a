namespace Switch.Load.Growth;

/// <summary>One measurement of one lane.</summary>
internal sealed record Sample
{
    /// <summary>Answers a second.</summary>
    public required double PerSecond { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    /// <summary>Processor microseconds an answer, by process; the switch is "server".</summary>
    public required IReadOnlyDictionary<string, double> CpuUs { get; init; }

    /// <summary>Bytes that the switch allocated, an answer.</summary>
    public required double AllocatedBytes { get; init; }

    /// <summary>Share of all cores that neither the lane nor the client used meanwhile.</summary>
    public required double OthersShare { get; init; }

    /// <summary>Events that waited for Kafka at the begin of the measured time.</summary>
    public required long WaitedBefore { get; init; }

    /// <summary>And at its end.</summary>
    public required long WaitedAfter { get; init; }

    /// <summary>Replies that were no approval, by name, warm-up included.</summary>
    public required IReadOnlyDictionary<string, int> Faults { get; init; }

    public double ServerCpuUs => CpuUs.GetValueOrDefault("server");

    public double RedisCpuUs => CpuUs.GetValueOrDefault("redis");

    public double TotalCpuUs => CpuUs.Values.Sum();
}

/// <summary>One size: both lanes, round by round.</summary>
/// <param name="Series">What grew.</param>
/// <param name="Size">How far.</param>
/// <param name="Grown">The lane that grew.</param>
/// <param name="Kept">The lane that did not, measured within seconds of it.</param>
/// <param name="Facts">What else was found, by name.</param>
internal sealed record Point(
    string Series, long Size, IReadOnlyList<Sample> Grown, IReadOnlyList<Sample> Kept,
    IReadOnlyDictionary<string, double> Facts);
