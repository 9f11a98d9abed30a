namespace Switch.Load.Compare;

/// <summary>One contender, one shape, one round.</summary>
internal sealed record Measurement
{
    public required Contender Contender { get; init; }

    public required string Shape { get; init; }

    public required int Round { get; init; }

    /// <summary>Answers a second.</summary>
    public required double PerSecond { get; init; }

    public required double P50Ms { get; init; }

    public required double P99Ms { get; init; }

    /// <summary>
    /// Processor microseconds an answer, by process; what is still to be told to Kafka when the last answer came is in
    /// it.
    /// </summary>
    public required IReadOnlyDictionary<string, double> CpuUs { get; init; }

    /// <summary>Bytes that the server allocated, an answer.</summary>
    public required double AllocatedBytes { get; init; }

    /// <summary>Share of the time in which the server's collector paused it.</summary>
    public required double PauseShare { get; init; }

    /// <summary>Of the answer message.</summary>
    public required int AnswerBytes { get; init; }

    /// <summary>Events not yet on Kafka when the time was over.</summary>
    public required long Backlog { get; init; }

    /// <summary>Share of all cores that somebody else used meanwhile.</summary>
    public required double OthersShare { get; init; }

    /// <summary>All processes that do the work; not the reader that checks it.</summary>
    public double TotalCpuUs => CpuUs.Where(static c => c.Key != CompareRun.Check).Sum(static c => c.Value);
}
