using Switch.Chaos.Checking;
using Switch.Programs;

namespace Switch.Chaos.Faults;

/// <summary>
/// Stops a broker that is given and starts it again. When that fails the run does, and tries once more as it ends.
/// </summary>
internal sealed class BrokerRestart(Broker broker, FaultLog log, RunClock clock)
{
    /// <summary>Until then an event may be on its disk alone for longer than the checker allows for.</summary>
    public TimeSpan DisksSafeAt { get; private set; }

    /// <summary>Ends when the broker answers again.</summary>
    /// <param name="fault">How long it is to be away.</param>
    /// <param name="over">The run ends: it is started again at once.</param>
    /// <exception cref="HarnessException">A command failed, or the broker does not answer.</exception>
    public async Task RunAsync(PlannedFault fault, CancellationToken over)
    {
        DisksSafeAt = TimeSpan.MaxValue;
        log.Tell($"broker: stopped for {fault.Lasting.TotalSeconds:0.0} s");
        await broker.StopAsync();
        await RunClock.TryDelay(fault.Lasting, over);
        await broker.HealAsync();
        DisksSafeAt = clock.Now + Conditions.PublishWindow;
        log.Tell("broker: answers again");
    }
}
