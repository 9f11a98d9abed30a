using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>
/// What each flow costs, counted on the wire: a completion is one EVALSHA, one round trip.
/// </summary>
public sealed class RoundTripTests(RespServers servers)
{
    private const int Requests = 50;
    private static readonly byte[] Answer = [1];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S2_RoundTrips_TwoForANewRequest_OneForAReplay(string server)
    {
        await using var redis = new RespTap(await servers.AddressAsync(server, Token));
        await using var first = await ServiceInstance.StartAsync(redis.Address, Token);
        await using var second = await ServiceInstance.StartAsync(redis.Address, Token);
        await AuthorizeAsync(first, ServiceInstance.NewTransactionId());
        var ids = new string[Requests];
        for (var i = 0; i < Requests; i++) ids[i] = ServiceInstance.NewTransactionId();

        var before = redis.Counts;
        foreach (var id in ids) await AuthorizeAsync(first, id);
        var afterNew = redis.Counts;
        foreach (var id in ids) Assert.Equal(EnterKind.Replay, (await second.EnterAsync(id)).Kind);
        foreach (var id in ids) Assert.Equal(EnterKind.Replay, (await first.EnterAsync(id)).Kind);
        var afterReplays = redis.Counts;

        Assert.Equal("evalsha 50, set 50", RespTap.Difference(before, afterNew));
        Assert.Equal("set 100", RespTap.Difference(afterNew, afterReplays));
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_RoundTrips_JoinersInTheProcess_AskRedisNothing(string server)
    {
        await using var redis = new RespTap(await servers.AddressAsync(server, Token));
        await using var instance = await ServiceInstance.StartAsync(redis.Address, Token);
        await AuthorizeAsync(instance, ServiceInstance.NewTransactionId());
        var id = ServiceInstance.NewTransactionId();

        var before = redis.Counts;
        var claim = await instance.OwnAsync(id);
        var joiners = new Task<EnterResult>[100];
        for (var i = 0; i < joiners.Length; i++) joiners[i] = instance.EnterAsync(id).AsTask();
        Assert.Equal(EnterKind.KeyReused, (await instance.EnterAsync(id, print: 2)).Kind);
        await instance.CompleteAsync(claim, Answer);
        await Task.WhenAll(joiners);

        Assert.Equal(
            "evalsha 1, set 1", RespTap.Difference(before, redis.Counts));
    }

    private static async Task AuthorizeAsync(ServiceInstance instance, string id)
    {
        var claim = await instance.OwnAsync(id);
        Assert.Equal(FencedKind.Done, (await instance.CompleteAsync(claim, Answer)).Kind);
    }
}
