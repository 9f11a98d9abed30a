namespace Switch.Settlement.Webhooks;

/// <summary>When a delivery that failed is tried again. Pure.</summary>
internal static class RetrySchedule
{
    /// <summary>What the Standard Webhooks specification proposes: ten attempts in a little over three days.</summary>
    public static IReadOnlyList<TimeSpan> Standard { get; } =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>Largest share by which jitter lengthens a pause.</summary>
    public const double JitterMax = 0.2;

    /// <summary>The longest pause that a receiver's Retry-After can ask for.</summary>
    public static TimeSpan RetryAfterMax { get; } = TimeSpan.FromHours(24);

    /// <summary>The longest time for which an endpoint's Retry-After holds back all that waits for it.</summary>
    public static TimeSpan PauseMax { get; } = TimeSpan.FromHours(1);

    /// <summary>How long a delivery waits that could not be sent for a reason of our own.</summary>
    public static TimeSpan Postponement { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause before the next attempt; null when there is none left.</summary>
    /// <param name="schedule">Pauses after the first, second, … failure.</param>
    /// <param name="failures">Attempts that have failed, 1 at least.</param>
    /// <param name="random">0 up to 1: where in the range of the jitter.</param>
    /// <param name="retryAfter">What the receiver asked for; null when it did not.</param>
    public static TimeSpan? Next(
        IReadOnlyList<TimeSpan> schedule, int failures, double random, TimeSpan? retryAfter)
    {
        if (failures > schedule.Count) return null;
        var pause = schedule[failures - 1] * (1 + (JitterMax * random));
        var asked = retryAfter ?? TimeSpan.Zero;
        if (asked > RetryAfterMax) asked = RetryAfterMax;
        return asked > pause ? asked : pause;
    }
}
