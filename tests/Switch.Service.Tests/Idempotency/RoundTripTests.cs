using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>
/// What each flow costs, as redis-server itself counts it. It counts the commands inside scripts too: a completion is
/// one EVALSHA, one round trip, with a GET and a SET inside.
/// </summary>
public sealed class RoundTripTests
{
    private const int Requests = 50;
    private static readonly byte[] Answer = [1];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S2_RoundTrips_TwoForANewRequest_OneForAReplay(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var first = await ServiceInstance.StartAsync(redis.Address, Token);
        await using var second = await ServiceInstance.StartAsync(redis.Address, Token);
        await AuthorizeAsync(first, ServiceInstance.NewTransactionId());
        var ids = new string[Requests];
        for (var i = 0; i < Requests; i++) ids[i] = ServiceInstance.NewTransactionId();

        var before = await redis.CommandCountsAsync(Token);
        foreach (var id in ids) await AuthorizeAsync(first, id);
        var afterNew = await redis.CommandCountsAsync(Token);
        foreach (var id in ids) Assert.Equal(EnterKind.Replay, (await second.EnterAsync(id)).Kind);
        foreach (var id in ids) Assert.Equal(EnterKind.Replay, (await first.EnterAsync(id)).Kind);
        var afterReplays = await redis.CommandCountsAsync(Token);

        Assert.Equal("evalsha 50, get 50, set 100", RedisCommandCounts.Difference(before, afterNew));
        Assert.Equal("set 100", RedisCommandCounts.Difference(afterNew, afterReplays));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S1_RoundTrips_JoinersInTheProcess_AskRedisNothing(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await ServiceInstance.StartAsync(redis.Address, Token);
        await AuthorizeAsync(instance, ServiceInstance.NewTransactionId());
        var id = ServiceInstance.NewTransactionId();

        var before = await redis.CommandCountsAsync(Token);
        var claim = await instance.OwnAsync(id);
        var joiners = new Task<EnterResult>[100];
        for (var i = 0; i < joiners.Length; i++) joiners[i] = instance.EnterAsync(id).AsTask();
        Assert.Equal(EnterKind.KeyReused, (await instance.EnterAsync(id, print: 2)).Kind);
        await instance.CompleteAsync(claim, Answer);
        await Task.WhenAll(joiners);

        Assert.Equal(
            "evalsha 1, get 1, set 2", RedisCommandCounts.Difference(before, await redis.CommandCountsAsync(Token)));
    }

    private static async Task AuthorizeAsync(ServiceInstance instance, string id)
    {
        var claim = await instance.OwnAsync(id);
        Assert.Equal(FencedKind.Done, (await instance.CompleteAsync(claim, Answer)).Kind);
    }
}
