using System.Globalization;

namespace Switch.Testing;

/// <summary>A primary, its replica and one sentinel (quorum 1) that fails over to the replica.</summary>
public sealed class RedisSentinelFixture : IAsyncDisposable
{
    /// <summary>The name under which the sentinel knows the primary.</summary>
    public const string ServiceName = "switch";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("switch-sentinel-");
    private RedisServerFixture? _primary;
    private RedisServerFixture? _replica;
    private RedisServerFixture? _sentinel;

    private RedisSentinelFixture()
    {
    }

    /// <summary>The server that starts as primary.</summary>
    public RedisServerFixture Primary => _primary!;

    /// <summary>The server that starts as its replica.</summary>
    public RedisServerFixture Replica => _replica!;

    /// <summary>The sentinel.</summary>
    public RedisServerFixture Sentinel => _sentinel!;

    /// <summary>A StackExchange.Redis connection string that goes through the sentinel.</summary>
    public string Configuration => $"{Sentinel.Address},serviceName={ServiceName}";

    /// <summary>Starts the three; the sentinel knows the replica when this returns.</summary>
    /// <param name="sentinelPort">The sentinel's port.</param>
    /// <param name="cancellationToken">The test's.</param>
    public static async Task<RedisSentinelFixture> StartAsync(
        int sentinelPort, CancellationToken cancellationToken = default)
    {
        var fixture = new RedisSentinelFixture();
        try
        {
            await fixture.LaunchAsync(sentinelPort, cancellationToken);
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_sentinel is not null) await _sentinel.DisposeAsync();
        if (_replica is not null) await _replica.DisposeAsync();
        if (_primary is not null) await _primary.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private async Task LaunchAsync(int port, CancellationToken cancellationToken)
    {
        _primary = await RedisServerFixture.StartAsync(cancellationToken);
        var primaryPort = _primary.Port.ToString(CultureInfo.InvariantCulture);
        _replica = await RedisServerFixture.StartAsync(cancellationToken, "--replicaof", "127.0.0.1", primaryPort);
        await Eventually.TrueAsync(
            async () => (await _replica.SendAsync(["INFO", "replication"], cancellationToken))
                .Contains("master_link_status:up", StringComparison.Ordinal),
            "the replica follows",
            TimeSpan.FromSeconds(30),
            cancellationToken);

        var file = Path.Combine(_directory.FullName, "sentinel.conf");
        await File.WriteAllTextAsync(
            file,
            $"""
            port {port}
            bind 127.0.0.1
            sentinel monitor {ServiceName} 127.0.0.1 {primaryPort} 1
            sentinel down-after-milliseconds {ServiceName} 500
            sentinel failover-timeout {ServiceName} 3000

            """,
            cancellationToken);
        _sentinel = await RedisServerFixture.StartAsync(port, cancellationToken, file, "--sentinel");
        await Eventually.TrueAsync(
            async () => (await _sentinel.SendAsync(["INFO", "sentinel"], cancellationToken))
                .Contains("slaves=1", StringComparison.Ordinal),
            "the sentinel knows the replica",
            TimeSpan.FromSeconds(30),
            cancellationToken);
    }
}
