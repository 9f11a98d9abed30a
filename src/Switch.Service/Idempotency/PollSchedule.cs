namespace Switch.Service.Idempotency;

/// <summary>
/// The pauses between looks at a record that another instance works on: 20 ms doubling to 500 ms, each shortened by up
/// to a quarter at random so that instances do not fall into step.
/// </summary>
internal struct PollSchedule
{
    public static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(20);
    public static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(500);

    private long _lastTicks;

    public TimeSpan Next(Random random)
    {
        _lastTicks = _lastTicks == 0 ? PauseMin.Ticks : Math.Min(_lastTicks * 2, PauseMax.Ticks);
        return TimeSpan.FromTicks(_lastTicks - random.NextInt64(_lastTicks / 4));
    }
}
