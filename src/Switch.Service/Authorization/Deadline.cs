namespace Switch.Service.Authorization;

/// <summary>
/// The moment by which a caller wants its answer, on the monotonic clock. It bounds how long the switch waits and
/// whether another attempt may begin; it never cancels an attempt that has been sent (S5).
/// </summary>
internal readonly struct Deadline
{
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _budget;

    private Deadline(TimeProvider time, TimeSpan budget)
    {
        _time = time;
        _started = time.GetTimestamp();
        _budget = budget;
    }

    /// <summary>What is left; negative once it has passed.</summary>
    public TimeSpan Left => _budget - _time.GetElapsedTime(_started);

    /// <summary>What is left when that much is kept back for journalling and sending the answer.</summary>
    public TimeSpan LeftBut(TimeSpan reserve) => Left - reserve;

    /// <summary>A deadline that far from now.</summary>
    public static Deadline In(TimeSpan budget, TimeProvider time) => new(time, budget);

    /// <summary>
    /// The deadline of a gRPC call: the caller's own, the default when it set none, the maximum when it asked for more.
    /// </summary>
    public static Deadline OfCall(DateTime callDeadline, DeadlineOptions limits, TimeProvider time)
    {
        if (callDeadline == DateTime.MaxValue) return In(limits.Default, time);
        var asked = callDeadline.ToUniversalTime() - time.GetUtcNow().UtcDateTime;
        return In(asked < limits.Max ? asked : limits.Max, time);
    }

    /// <summary>
    /// The deadline of a request on a stream: the default, or what is left of the stream's own where that is less.
    /// </summary>
    public static Deadline OnStream(DateTime callDeadline, DeadlineOptions limits, TimeProvider time)
    {
        var ofCall = OfCall(callDeadline, limits, time);
        return ofCall._budget < limits.Default ? ofCall : In(limits.Default, time);
    }
}
