using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Recovery;

namespace Switch.Service.Hosting;

/// <summary>
/// The order of coming up: Redis, links, listeners, ready. And of going down (G8): unready, wait for load balancers to
/// notice, refuse new work, let what is in flight and every stream end and the outbox empty; then the listeners close,
/// the outbox stops, and the links sign off last.
/// </summary>
internal sealed class Lifecycle : IHostedLifecycleService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    // For clients to take their last answers. Kestrel waits for a client that does not close its side of a stream until
    // it is told to wait no longer, and a stream that ends after the server began to stop it never forgets.
    private static readonly TimeSpan ConnectionsPatience = TimeSpan.FromSeconds(5);

    // How long the start waits for recovery before it says that the service is up, though not ready.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(5);

    // A client that meets the end of its connection before it has read the end of its stream sees a broken connection
    // and no reason.
    private static readonly TimeSpan StreamEndPatience = TimeSpan.FromSeconds(1);

    private readonly ServiceState _state;
    private readonly RedisConnection _redis;
    private readonly AcquirerLinks _links;
    private readonly InFlightGate _gate;
    private readonly RequestCoordinator _requests;
    private readonly RecoveryWorker _recovery;
    private readonly IJournal _journal;
    private readonly IServer _server;
    private readonly SwitchOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Lifecycle> _logger;
    private Task _becomingReady = Task.CompletedTask;

    public Lifecycle(
        ServiceState state, RedisConnection redis, AcquirerLinks links, InFlightGate gate,
        RequestCoordinator requests, RecoveryWorker recovery,
        IJournal journal, IServer server, SwitchOptions options, TimeProvider time, ILogger<Lifecycle> logger)
    {
        _state = state;
        _redis = redis;
        _links = links;
        _gate = gate;
        _requests = requests;
        _recovery = recovery;
        _journal = journal;
        _server = server;
        _options = options;
        _time = time;
        _logger = logger;
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Redis may be down: the service then starts, unready, and goes on trying.
        await _redis.ConnectAsync(cancellationToken);
        _links.Start();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Ready only when nothing from before the start is open any more. With a store that is away that may take long; the
    // service then is up and unready, and answers its probes.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        _becomingReady = BecomeReadyAsync();
        await _becomingReady.WaitAsync(StartPatience, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_becomingReady.IsCompleted) Log.Unready(_logger, _options.InstanceName, Addresses);
    }

    private async Task BecomeReadyAsync()
    {
        await _recovery.CaughtUp;
        if (_state.TrySetReady()) Log.Ready(_logger, _options.InstanceName, Addresses);
    }

    private string Addresses => string.Join(", ", _server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _state.SetUnready();
        Log.Draining(_logger, _options.Shutdown.DrainDelay);
        await Task.Delay(_options.Shutdown.DrainDelay, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var hasStreams = _state.OpenStreams > 0;
        _state.SetDraining();

        var started = _time.GetTimestamp();
        while (HasWork && _time.GetElapsedTime(started) < _options.Shutdown.Grace
            && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(PollInterval, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Log.Drained(_logger, _gate.InFlight, _journal.OutboxDepth);
        if (hasStreams)
        {
            await Task.Delay(StreamEndPatience, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await CloseDoorsAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => _links.StopAsync();

    // The host would do this next, but with the whole rest of the shutdown time to wait for clients.
    private async Task CloseDoorsAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(ConnectionsPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await _server.StopAsync(either.Token);
    }

    private bool HasWork =>
        _gate.InFlight > 0 || _state.OpenStreams > 0 || _requests.PendingRepairs > 0 || _journal.OutboxDepth > 0;
}
