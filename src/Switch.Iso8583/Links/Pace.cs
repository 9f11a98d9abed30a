namespace Switch.Iso8583;

/// <summary>Lets one through in each pause, whichever thread is first; for what is too dear to do every time.</summary>
internal sealed class Pace
{
    private readonly TimeSpan _pause;
    private long _nextTicks;

    public Pace(TimeSpan pause) => _pause = pause;

    /// <param name="now">Since any fixed moment.</param>
    public bool TryTake(TimeSpan now)
    {
        var next = Volatile.Read(ref _nextTicks);
        return now.Ticks >= next && Interlocked.CompareExchange(ref _nextTicks, (now + _pause).Ticks, next) == next;
    }
}
