using Switch.Service.Authorization;

namespace Switch.Service.Hosting;

/// <summary>
/// The order of going down (G8): unready, wait for load balancers to notice, refuse new work, let what is in flight
/// end. Everything else stops after this returns: the listener, the outbox, the links.
/// </summary>
internal sealed class DrainOnShutdown : IHostedLifecycleService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private readonly ServiceState _state;
    private readonly InFlightGate _gate;
    private readonly ShutdownOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DrainOnShutdown> _logger;

    public DrainOnShutdown(
        ServiceState state, InFlightGate gate, SwitchOptions options, TimeProvider time, ILogger<DrainOnShutdown> logger)
    {
        _state = state;
        _gate = gate;
        _options = options.Shutdown;
        _time = time;
        _logger = logger;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _state.SetUnready();
        Log.Draining(_logger, _options.DrainDelay);
        await Task.Delay(_options.DrainDelay, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _state.SetDraining();

        var started = _time.GetTimestamp();
        while (_gate.InFlight > 0 && _time.GetElapsedTime(started) < _options.Grace
            && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(PollInterval, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Log.Drained(_logger, _gate.InFlight);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
