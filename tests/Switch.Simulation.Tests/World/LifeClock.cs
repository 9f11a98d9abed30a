namespace Switch.Simulation.Tests.World;

/// <summary>The clocks of one process: the monotonic one is the world's, the wall clock may jump.</summary>
internal sealed class LifeClock(Life life, Scheduler scheduler) : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 8, 0, 0, TimeSpan.Zero);

    /// <summary>How far the wall clock is off.</summary>
    public TimeSpan Error { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => scheduler.Now;

    public override DateTimeOffset GetUtcNow() => Start + scheduler.Elapsed + Error;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(LifeClock clock, TimerCallback callback, object? state) : ITimer
    {
        private int _setting;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var setting = ++_setting;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan) clock.Arm(dueTime, () => Fire(setting));
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            _setting++;
            return default;
        }

        private void Fire(int setting)
        {
            if (setting != _setting) return;
            if (_period > TimeSpan.Zero) clock.Arm(_period, () => Fire(setting));
            callback(state);
        }
    }

    private void Arm(TimeSpan due, Action fire) => scheduler.After(due, () => life.Do(fire));
}
