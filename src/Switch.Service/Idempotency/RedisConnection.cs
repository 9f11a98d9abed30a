using System.Net;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

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
    private Task _connecting = Task.CompletedTask;
    private int _disposed;

    public RedisConnection(IOptions<RedisOptions> options, TimeProvider time, ILogger<RedisConnection> logger)
    {
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>The database of the records; null until a first connection could be set up.</summary>
    public IDatabase? Database => Volatile.Read(ref _database);

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
        // Disposing waits for nothing: whoever drains has done so before.
        if (_multiplexer is { } multiplexer) await multiplexer.DisposeAsync();
        _closing.Dispose();
    }

    /// <summary>What the connection string says, with what this service insists on.</summary>
    internal static ConfigurationOptions Configure(RedisOptions options)
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
        // No tie-breaker key and no configuration channel of the client's own: Sentinel and Cluster say who is primary.
        configuration.TieBreaker = string.Empty;
        configuration.ConfigurationChannel = string.Empty;
        return configuration;
    }

    private async Task<bool> TryConnectAsync()
    {
        try
        {
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(Configure(_options));
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
}
