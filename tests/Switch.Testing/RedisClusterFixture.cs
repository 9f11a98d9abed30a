using System.Globalization;
using Switch.Sandbox;

namespace Switch.Testing;

/// <summary>
/// Three redis-server processes that share the 16,384 slots of a Redis Cluster; no replicas, and without one of them
/// the others serve their own slots.
/// </summary>
public sealed class RedisClusterFixture : IAsyncDisposable
{
    private const int Nodes = 3;
    private const int Slots = 16_384;
    private const int BusPortOffset = 10_000;

    private readonly List<RedisServerFixture> _servers = new(Nodes);

    private RedisClusterFixture()
    {
    }

    /// <summary>The nodes, each with a third of the slots.</summary>
    public IReadOnlyList<RedisServerFixture> Servers => _servers;

    /// <summary>A StackExchange.Redis connection string that names every node.</summary>
    public string Configuration => string.Join(',', _servers.Select(static server => server.Address));

    /// <summary>Starts and joins the nodes; the cluster is whole when this returns.</summary>
    public static async Task<RedisClusterFixture> StartAsync(CancellationToken cancellationToken = default)
    {
        var cluster = new RedisClusterFixture();
        try
        {
            for (var node = 0; node < Nodes; node++)
            {
                cluster._servers.Add(await RedisServerFixture.StartAsync(
                    FreePort(), cancellationToken, "--cluster-enabled", "yes", "--cluster-node-timeout", "2000",
                    "--cluster-require-full-coverage", "no"));
            }

            await cluster.JoinAsync(cancellationToken);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        for (var node = 0; node < Nodes; node++)
        {
            var first = Slots * node / Nodes;
            var last = (Slots * (node + 1) / Nodes) - 1;
            await ExpectOkAsync(
                _servers[node], ["CLUSTER", "ADDSLOTSRANGE", Text(first), Text(last)], cancellationToken);
            if (node == 0) continue;
            await ExpectOkAsync(
                _servers[0], ["CLUSTER", "MEET", "127.0.0.1", Text(_servers[node].Port)], cancellationToken);
        }

        foreach (var server in _servers)
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    var info = await server.SendAsync(["CLUSTER", "INFO"], cancellationToken);
                    return info.Contains("cluster_state:ok", StringComparison.Ordinal)
                        && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal)
                        && info.Contains("cluster_slots_assigned:16384", StringComparison.Ordinal);
                },
                "the cluster is whole",
                TimeSpan.FromSeconds(30),
                cancellationToken);
        }
    }

    // A node also takes the port 10,000 above its own.
    private static int FreePort()
    {
        int port;
        do port = LoopbackPort.Free();
        while (port >= 65_536 - BusPortOffset);
        return port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task ExpectOkAsync(
        RedisServerFixture server, string[] command, CancellationToken cancellationToken)
    {
        var answer = await server.SendAsync(command, cancellationToken);
        if (answer != "OK") throw new InvalidOperationException($"{string.Join(' ', command)}: {answer}");
    }
}
