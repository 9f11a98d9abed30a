namespace Switch.Testing;

/// <summary>Waits for what has to come true, by the real clock, instead of sleeping and hoping.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Returns once <paramref name="condition"/> holds.</summary>
    /// <param name="condition">Looked at every 10 ms.</param>
    /// <param name="what">What is awaited, as the failure will say it.</param>
    /// <param name="timeout">How long to wait; 10 s when not given.</param>
    /// <param name="cancellationToken">The test's.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static Task TrueAsync(
        Func<bool> condition,
        string what,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default) =>
        TrueAsync(() => ValueTask.FromResult(condition()), what, timeout, cancellationToken);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string, TimeSpan?, CancellationToken)"/>
    public static async Task TrueAsync(
        Func<ValueTask<bool>> condition,
        string what,
        TimeSpan? timeout = null,
        CancellationToken cancellationToken = default)
    {
        var limit = timeout ?? DefaultTimeout;
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
                throw new TimeoutException($"Not within {limit.TotalSeconds:0.#} s: {what}.");

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
    }
}
