using System.Globalization;
using System.Net;
using StackExchange.Redis;
using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

public sealed class RedisBurstsTests
{
    private const int Commands = 50;
    private static readonly byte[] Record = [1];
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Commands_GivenBeforeThePoolsTurn_WaitForIt_AndReachTheServerInOneRead(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await ServiceInstance.StartAsync(redis.Address, Token);
        var database = instance.Connection.Database!;
        await database.PingAsync();
        var before = await ReadsAsync(redis);

        // Given from within a command: until it returns the pool's turn can't take the burst.
        var found = new List<Task<RedisValue>>();
        await instance.Connection.Bursts.SendAsync(
            database, NewIds(),
            (own, ids) =>
            {
                foreach (var id in ids)
                {
                    _ = instance.Connection.Bursts.SendAsync(
                        database, (RedisKey)id, static (burst, key) => burst.StringGetAsync(key), out var reply);
                    found.Add(reply);
                }

                // One connection answers in order: had they been written, they would be answered before this.
                database.Ping();
                Assert.All(found, static reply => Assert.False(reply.IsCompleted));
                return Task.FromResult(true);
            },
            out _);
        await Task.WhenAll(found);

        // PING, the burst, and the question after it; the client's own heartbeat may come between.
        Assert.InRange(await ReadsAsync(redis) - before, 3, 6);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Dispose_WithABurstGathering_EndsEveryCommandOfIt_AndTakesNoMore(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await ServiceInstance.StartAsync(redis.Address, Token);
        var connection = instance.Connection;
        var database = connection.Database!;
        using var isClosing = new ManualResetEventSlim();
        var given = new TaskCompletionSource<Task<bool>>(TaskCreationOptions.RunContinuationsAsynchronously);

        // While a command is being given no burst can leave, so disposing meets this one.
        var giving = Task.Run(
            () => connection.Bursts.SendAsync(
                database, "key",
                (burst, key) =>
                {
                    given.SetResult(burst.StringSetAsync(key, 1));
                    Assert.True(isClosing.Wait(Noticed, Token));
                    return Task.FromResult(true);
                },
                out _),
            Token);
        var reply = await given.Task;
        var disposing = Task.Run(async () => await connection.DisposeAsync(), Token);
        await Eventually.TrueAsync(() => connection.Database is null, "it is being closed", Noticed, Token);
        isClosing.Set();
        await giving;
        await disposing;

        var ended = await Task.WhenAny(reply).WaitAsync(Noticed, Token);
        Assert.True(ended.IsCompletedSuccessfully || ended.Exception!.InnerException is RedisException);
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => connection.Bursts.SendAsync(
                database, "key", static (burst, key) => burst.StringGetAsync(key), out _));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Command_ThatTheClientRefusesAsTheFirstOfABurst_KeepsNoOtherWaiting(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await ServiceInstance.StartAsync(redis.Address, Token);
        var bursts = instance.Connection.Bursts;
        var database = instance.Connection.Database!;

        await Assert.ThrowsAsync<RedisCommandException>(
            () => bursts.SendAsync<string, bool>(
                database, "key", static (_, key) => throw new RedisCommandException(key), out _));

        await bursts.SendAsync(database, "key", static (burst, key) => burst.StringGetAsync(key), out var reply)
            .WaitAsync(Noticed, Token);
        Assert.True((await reply).IsNull);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Claim_InABurstThatAnotherStoreWouldGet_IsNotSent(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await ServiceInstance.StartAsync(redis.Address, Token);
        var claiming = default(ValueTask<StoreReply>);

        var sending = instance.Connection.Bursts.SendAsync(
            instance.Connection.Database!, ServiceInstance.NewTransactionId(),
            (_, id) =>
            {
                claiming = instance.Store.SetIfAbsentAsync(id, Record);
                // As a new connection does, before it is connected.
                instance.Connection.Distrust();
                return Task.FromResult(true);
            },
            out _);

        await Assert.ThrowsAsync<RedisConnectionException>(() => sending);
        Assert.Equal(StoreReply.Refused, await claiming);
        Assert.Equal("0", await redis.SendAsync(["DBSIZE"], Token));
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Cluster_WithAShardThatIsDown_ServesTheOthersInTheSameBurst(string server)
    {
        Assert.NotEmpty(server);
        await using var cluster = await RedisClusterFixture.StartAsync(Token);
        await using var instance = await ServiceInstance.StartAsync(cluster.Configuration, Token);
        var database = instance.Connection.Database!;
        bool IsOfTheDead(string id) =>
            database.IdentifyEndpoint(RedisIdempotencyStore.KeyOf(id)) is IPEndPoint place
            && place.Port == cluster.Servers[0].Port;
        var ids = NewIds();
        var dead = ids.FindAll(IsOfTheDead);
        Assert.InRange(dead.Count, 1, Commands - 1);
        await cluster.Servers[0].KillAsync();

        // Each try to connect to the lost shard makes the store distrusted for a moment, so one burst is not enough.
        await Eventually.TrueAsync(
            async () =>
            {
                var replies = await ClaimInOneBurstAsync(instance, ids);
                Assert.All(
                    ids.Zip(replies).Where(pair => dead.Contains(pair.First)),
                    static pair => Assert.Equal(ClaimKind.Unavailable, pair.Second));
                return ids.Zip(replies).All(
                    pair => dead.Contains(pair.First) || pair.Second is ClaimKind.Owner or ClaimKind.InFlight);
            },
            "the other shards take their claims", Noticed, Token);
    }

    private static List<string> NewIds()
    {
        var ids = new List<string>();
        for (var i = 0; i < Commands; i++) ids.Add(ServiceInstance.NewTransactionId());
        return ids;
    }

    private static async Task<ClaimKind[]> ClaimInOneBurstAsync(ServiceInstance instance, List<string> ids)
    {
        var claims = new List<Task<ClaimResult>>();
        // What becomes of the outer command says nothing: it only holds the burst open.
        _ = instance.Connection.Bursts.SendAsync(
            instance.Connection.Database!, ids,
            (own, ids) =>
            {
                foreach (var id in ids)
                    claims.Add(instance.Records.ClaimAsync(ServiceInstance.Request(id)).AsTask());
                return Task.FromResult(true);
            },
            out _);
        return [.. (await Task.WhenAll(claims)).Select(static claim => claim.Kind)];
    }

    private static async Task<long> ReadsAsync(RedisServerFixture redis)
    {
        const string Field = "total_reads_processed:";
        var info = await redis.SendAsync(["INFO", "stats"], Token);
        var line = info.Split('\n').Single(line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Field.Length), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
    }
}
