namespace Switch.Service.Outbox;

/// <summary>
/// Holds the telling of a backlog to a share of what comes in: without it a Kafka that comes back would take the
/// processor from payments. Nothing is held back near the newest event. Used by the relay alone.
/// </summary>
internal sealed class BacklogPace(TimeProvider time)
{
    /// <summary>Events behind the newest from which on it is a backlog.</summary>
    public const int Behind = 10_000;

    /// <summary>
    /// What is told a second beyond what comes in, or as many as come in if that is more: a million in 100 s at most.
    /// </summary>
    public const int PerSecondMin = 10_000;

    /// <summary>How often what comes in is counted anew.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(20);

    private long _started = time.GetTimestamp();
    private long _newest;
    private double _left;

    /// <summary>Takes the place of one event.</summary>
    /// <param name="newest">The newest sequence of the outbox.</param>
    /// <param name="sequence">That of the event.</param>
    /// <returns>Null when it may be told; otherwise how long to wait before asking again.</returns>
    public TimeSpan? HoldFor(long newest, long sequence)
    {
        if (newest - sequence < Behind) return null;
        var elapsed = time.GetElapsedTime(_started);
        if (elapsed >= Window)
        {
            // A long time ago nothing may have been a backlog: what came in then is not what comes in now.
            var arrived = _newest == 0 ? 0 : (newest - _newest) * (Window / elapsed);
            _left = arrived + Math.Max(arrived, PerSecondMin * Window.TotalSeconds);
            (_started, _newest, elapsed) = (time.GetTimestamp(), newest, TimeSpan.Zero);
        }

        if (_left < 1) return Window - elapsed;
        _left--;
        return null;
    }
}
