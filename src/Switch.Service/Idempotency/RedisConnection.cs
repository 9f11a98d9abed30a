using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Switch.Service.Idempotency;

/// <summary>
/// The one multiplexed connection to Redis (single node, Sentinel or Cluster), set up to fail fast: nothing queues
/// while it is down, and an operation that gets no answer ends within <see cref="RedisOptions.OperationTimeout"/> and a
/// third.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisConnection> _logger;
    private readonly CancellationTokenSource _closing = new();
    private ConnectionMultiplexer? _multiplexer;
    private IDatabase? _database;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private Task _connecting = Task.CompletedTask;
    private long _generation = 1;
    private long _trusted;
    private int _disposed;

    public RedisConnection(IOptions<RedisOptions> options, TimeProvider time, ILogger<RedisConnection> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
        Bursts = new RedisBursts(() => Generation);
    }

    /// <summary>The database of the records; null until a first connection could be set up.</summary>
    public IDatabase? Database => Volatile.Read(ref _database);

    /// <summary>How the commands of requests go to <see cref="Database"/>; rare ones go directly.</summary>
    public RedisBursts Bursts { get; }

    /// <summary>
    /// Counts up before each new connection is made and when another server becomes primary: whoever answers then may
    /// have lost records. Because it counts before the socket is connected, no command of the new connection can pass
    /// as one of the old.
    /// </summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>Whether the records of the current generation were found, or made, complete.</summary>
    public bool IsTrusted => Volatile.Read(ref _trusted) == Volatile.Read(ref _generation);

    /// <summary>The records of that generation are complete.</summary>
    public void Trust(long generation) => Volatile.Write(ref _trusted, generation);

    /// <summary>The records may be incomplete from now on.</summary>
    public void Distrust()
    {
        Interlocked.Increment(ref _generation);
        lock (_changed)
            if (_changed.CurrentCount == 0) _changed.Release();
    }

    /// <summary>Ends when the generation has counted up since it ended last, or after that long.</summary>
    public Task WaitForChangeAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _changed.WaitAsync(atMost, cancellationToken);

    /// <summary>
    /// Whether a server is connected. It costs nothing and says nothing of a server that hangs: <see cref="PingAsync"/>
    /// does.
    /// </summary>
    public bool IsHealthy => Volatile.Read(ref _multiplexer) is { IsConnected: true };

    /// <summary>
    /// Connects; returns when connected or when the first try failed. Later tries go on in the background, so that the
    /// service starts, unready, while Redis is down. Call it once.
    /// </summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        if (await TryConnectAsync()) return;
        cancellationToken.ThrowIfCancellationRequested();
        _connecting = KeepConnectingAsync();
    }

    /// <summary>Whether Redis answers a PING within the operation time-out; never throws.</summary>
    public async ValueTask<bool> PingAsync()
    {
        if (Database is not { } database) return false;
        try
        {
            await database.PingAsync();
            return true;
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _closing.CancelAsync();
        await _connecting;
        Volatile.Write(ref _database, null);
        // Before the client: a command that it was never given would have no end.
        Bursts.Close();
        // Disposing waits for nothing: whoever drains has done so before.
        if (_multiplexer is { } multiplexer) await multiplexer.DisposeAsync();
        _closing.Dispose();
    }

    /// <summary>What the connection string says, with what this service insists on.</summary>
    internal static ConfigurationOptions Configure(RedisOptions options, Action? onConnecting = null)
    {
        var configuration = ConfigurationOptions.Parse(options.Configuration);
        var timeoutMs = (int)options.OperationTimeout.TotalMilliseconds;
        configuration.AsyncTimeout = timeoutMs;
        configuration.SyncTimeout = timeoutMs;
        // Time-outs are noticed on the heartbeat only, so it has to beat a few times within one.
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(Math.Max(20, timeoutMs / 4));
        configuration.ConnectTimeout = (int)options.ConnectTimeout.TotalMilliseconds;
        configuration.ConnectRetry = 1;
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        // Exceptions would name keys.
        configuration.IncludeDetailInExceptions = false;
        configuration.ClientName ??= "card-switch";
        if (onConnecting is not null) configuration.Tunnel ??= new ConnectNotice(onConnecting);
        // The client counts INFO, which names the server's incarnation, among the administrator's commands.
        configuration.AllowAdmin = true;
        // No tie-breaker key and no configuration channel of the client's own: Sentinel and Cluster say who is primary.
        configuration.TieBreaker = string.Empty;
        configuration.ConfigurationChannel = string.Empty;
        return configuration;
    }

    private async Task<bool> TryConnectAsync()
    {
        try
        {
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(Configure(_options, Distrust));
            multiplexer.ConfigurationChanged += (_, _) => Distrust();
            multiplexer.ConnectionFailed += OnFailed;
            multiplexer.ConnectionRestored += OnRestored;
            Volatile.Write(ref _multiplexer, multiplexer);
            Volatile.Write(ref _database, multiplexer.GetDatabase());
            return true;
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            // A single node or a cluster that is down is no failure here, Sentinels that are all down are one.
            IdempotencyLog.RedisNotReachable(_logger, exception.GetType().Name, (long)RetryDelay.TotalMilliseconds);
            return false;
        }
    }

    private async Task KeepConnectingAsync()
    {
        do
        {
            await Task.Delay(RetryDelay, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!_closing.IsCancellationRequested && !await TryConnectAsync());
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs failure) =>
        IdempotencyLog.RedisFailed(_logger, NameOf(failure.EndPoint), failure.FailureType.ToString());

    private void OnRestored(object? sender, ConnectionFailedEventArgs restored) =>
        IdempotencyLog.RedisRestored(_logger, NameOf(restored.EndPoint));

    private static string NameOf(EndPoint? endpoint) => endpoint?.ToString() ?? "unknown";

    /// <summary>Told by the client before it connects a socket; changes nothing about the connection.</summary>
    private sealed class ConnectNotice(Action onConnecting) : Tunnel
    {
        public override ValueTask BeforeSocketConnectAsync(
            EndPoint endPoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
        {
            if (connectionType == ConnectionType.Interactive) onConnecting();
            return default;
        }
    }
}
