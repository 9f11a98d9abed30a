namespace Switch.Programs;

/// <summary>Time since the start of the run, and what that is on the wall.</summary>
internal sealed class RunClock
{
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly DateTimeOffset _wall = TimeProvider.System.GetUtcNow();

    public TimeSpan Now => TimeProvider.System.GetElapsedTime(_started);

    public TimeSpan At(DateTimeOffset wall) => wall - _wall;

    public static Task Delay(TimeSpan time, CancellationToken token = default) =>
        time > TimeSpan.Zero ? Task.Delay(time, TimeProvider.System, token) : Task.CompletedTask;

    /// <summary>Waits, and says false when it was interrupted.</summary>
    public static async Task<bool> TryDelay(TimeSpan time, CancellationToken token)
    {
        await Delay(time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !token.IsCancellationRequested;
    }
}
