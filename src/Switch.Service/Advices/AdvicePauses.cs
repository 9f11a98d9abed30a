using Switch.Service.Acquirers;

namespace Switch.Service.Advices;

/// <summary>
/// How long an advice rests: random within a bound that doubles, so that a host that comes back is not met by all at
/// once.
/// </summary>
internal static class AdvicePauses
{
    /// <summary>How often a link that is down is looked at while advices wait for it.</summary>
    public static readonly TimeSpan LinkDown = TimeSpan.FromMilliseconds(100);

    /// <summary>After a write that the journal refused, first and longest.</summary>
    public static readonly TimeSpan JournalMin = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan JournalMax = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan NotSentMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan NotSentMax = TimeSpan.FromSeconds(5);

    // Beyond this the bound is past every maximum; more would overflow.
    private const int DoublingsMax = 30;

    /// <summary>After a transmission without a settling answer.</summary>
    public static TimeSpan AfterTry(int tries, AdviceOptions options, Random random)
    {
        var bound = Doubled(options.RetryMin, tries, options.RetryMax);
        return options.RetryMin + ((bound - options.RetryMin) * random.NextDouble());
    }

    /// <summary>After nothing could be sent, so many times in a row.</summary>
    public static TimeSpan AfterNotSent(int times) => Doubled(NotSentMin, times - 1, NotSentMax);

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan max)
    {
        var ticks = first.Ticks * Math.Pow(2, Math.Clamp(times, 0, DoublingsMax));
        return ticks < max.Ticks ? TimeSpan.FromTicks((long)ticks) : max;
    }
}
