using Switch.Sandbox;
using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>The same records on a Redis Cluster and behind Sentinel.</summary>
public sealed class RedisTopologyTests
{
    private static readonly byte[] Answer = [4, 0, 2];
    private static readonly TimeSpan Failover = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Cluster_EveryStep_RunsOnEveryShard(string server)
    {
        Assert.NotEmpty(server);
        await using var cluster = await RedisClusterFixture.StartAsync(Token);
        await using var first = await ServiceInstance.StartAsync(cluster.Configuration, Token);
        await using var second = await ServiceInstance.StartAsync(cluster.Configuration, Token);

        for (var request = 0; request < 60; request++) await RunEveryStepAsync(first, second);

        foreach (var node in cluster.Servers)
        {
            var keys = int.Parse(await node.SendAsync(["DBSIZE"], Token));
            Assert.InRange(keys, 1, 120);
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Sentinel_EveryStep_RunsOnThePrimary_AndAfterAFailover(string server)
    {
        Assert.NotEmpty(server);
        await using var sentinel = await RedisSentinelFixture.StartAsync(LoopbackPort.Free(), Token);
        await using var first = await ServiceInstance.StartAsync(sentinel.Configuration, Token);
        await using var second = await ServiceInstance.StartAsync(sentinel.Configuration, Token);
        await RunEveryStepAsync(first, second);
        var id = ServiceInstance.NewTransactionId();
        var claim = await first.OwnAsync(id);
        await first.CompleteAsync(claim, Answer);
        await Eventually.TrueAsync(
            async () => await sentinel.Replica.SendAsync(["DBSIZE"], Token)
                == await sentinel.Primary.SendAsync(["DBSIZE"], Token),
            "the replica has it all",
            Failover,
            Token);

        await sentinel.Primary.KillAsync();

        await Eventually.TrueAsync(
            async () => (await second.EnterAsync(id)).Kind == EnterKind.Replay,
            "the replica answers as primary",
            Failover,
            Token);
        await Eventually.TrueAsync(
            async () => await first.Connection.PingAsync()
                && (await first.EnterAsync(ServiceInstance.NewTransactionId())).Kind == EnterKind.Owner,
            "claims work again",
            Failover,
            Token);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Sentinel_DownAtTheStart_IsUnavailableUntilItComes(string server)
    {
        Assert.NotEmpty(server);
        var port = LoopbackPort.Free();
        var configuration = $"127.0.0.1:{port},serviceName={RedisSentinelFixture.ServiceName}";
        await using var instance = await ServiceInstance.StartAsync(configuration, Token);
        Assert.False(instance.Connection.IsHealthy);
        Assert.Equal(EnterKind.Unavailable, (await instance.EnterAsync(ServiceInstance.NewTransactionId())).Kind);

        await using var sentinel = await RedisSentinelFixture.StartAsync(port, Token);

        await Eventually.TrueAsync(
            async () => (await instance.EnterAsync(ServiceInstance.NewTransactionId())).Kind == EnterKind.Owner,
            "claims work",
            Failover,
            Token);
    }

    private static async Task RunEveryStepAsync(ServiceInstance first, ServiceInstance second)
    {
        var id = ServiceInstance.NewTransactionId();
        var claim = await first.OwnAsync(id);
        await first.Coordinator.ReleaseAsync(claim);
        claim = await first.OwnAsync(id);
        var updated = await first.Coordinator.UpdateAsync(claim, "beta", ServiceInstance.Rrn, ServiceInstance.Attempt);
        Assert.Equal(FencedKind.Done, updated.Kind);
        Assert.Equal(FencedKind.Done, (await first.CompleteAsync(claim, Answer)).Kind);
        Assert.Equal(Answer, (await second.EnterAsync(id)).Answer.ToArray());
        Assert.Equal(FencedKind.Done, await second.MarkReversedAsync(id));
        Assert.True((await first.Records.FindAsync(id)).Record.ReversalRequested);
        Assert.Equal(EntombKind.Entombed, (await second.EntombAsync(ServiceInstance.NewTransactionId())).Kind);
    }
}
