using Switch.Sandbox;
using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>Redis that is down, or holds its connections and says nothing, with the time-out a service has.</summary>
public sealed class RedisOutageTests
{
    private const int Callers = 300;
    private static readonly TimeSpan WellUnderASecond = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(20);
    private static readonly byte[] Answer = [4, 0, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Redis_DownAtTheStart_IsUnavailableUntilItComes(string server)
    {
        Assert.NotEmpty(server);
        var port = LoopbackPort.Free();
        await using var instance = await StartAsync($"127.0.0.1:{port}");
        Assert.False(instance.Connection.IsHealthy);
        Assert.False(await instance.Connection.PingAsync());
        await AssertAllUnavailableAsync(instance);

        await using var redis = await RedisServerFixture.StartAsync(port, Token);

        await RecoveredAsync(instance);
        Assert.True(instance.Connection.IsHealthy);
        Assert.True(await instance.Connection.PingAsync());
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Redis_Killed_IsUnavailableUntilItReturns(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address);
        await instance.OwnAsync(ServiceInstance.NewTransactionId());

        await redis.KillAsync();
        await AssertAllUnavailableAsync(instance);
        await AssertAllUnavailableAsync(instance);

        await redis.RestartAsync(Token);
        await RecoveredAsync(instance);
        await SettledAsync(instance, 1);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Redis_Stopped_IsUnavailableInTime_AndLateClaimsAreReleased(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address);
        await instance.OwnAsync(ServiceInstance.NewTransactionId());

        await redis.StopAsync();
        var ids = await AssertAllUnavailableAsync(instance);
        Assert.False(await instance.Connection.PingAsync());
        await redis.ContinueAsync();

        // The claims lay in the socket while Redis stood still, and have reached it now.
        await RecoveredAsync(instance);
        await SettledAsync(instance, 1);
        foreach (var id in ids) Assert.Equal(FindKind.Absent, (await instance.Store.FindAsync(id)).Kind);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Redis_StoppedForSeconds_NeverHoldsACallerLonger(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address);
        await instance.OwnAsync(ServiceInstance.NewTransactionId());

        // Until the client gives the connection up; from then on it fails at making new ones.
        await redis.StopAsync();
        var ids = new List<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                ids.AddRange(await AssertAllUnavailableAsync(instance));
                return !instance.Connection.IsHealthy;
            },
            "the client gives up",
            Recovery,
            Token);
        ids.AddRange(await AssertAllUnavailableAsync(instance));
        await redis.ContinueAsync();

        await RecoveredAsync(instance);
        await SettledAsync(instance, 1);
        foreach (var id in ids)
        {
            var entered = await instance.EnterAsync(id, TimeSpan.Zero);
            Assert.Equal(EnterKind.Owner, entered.Kind);
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Redis_Stopped_ARetryOfALateClaimRunsAfresh(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        // No room for releases: only the take-over is left to clear the orphans.
        await using var instance = await StartAsync(redis.Address, static options => options.PendingReleasesMax = 1);
        await instance.OwnAsync(ServiceInstance.NewTransactionId());
        await redis.StopAsync();
        var ids = await AssertAllUnavailableAsync(instance);
        await redis.ContinueAsync();
        await RecoveredAsync(instance);

        foreach (var id in ids)
        {
            var entered = await instance.EnterAsync(id, TimeSpan.Zero);
            Assert.Equal(EnterKind.Owner, entered.Kind);
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S2_Complete_WhileRedisIsStopped_ReplaysFromMemoryAndIsWrittenLater(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address);
        await using var other = await StartAsync(redis.Address);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);
        var joined = instance.EnterAsync(id).AsTask();

        await redis.StopAsync();
        var started = TimeProvider.System.GetTimestamp();
        var completed = await instance.Coordinator.CompleteAsync(claim, Answer, new byte[] { 7 });
        Assert.Equal(FencedKind.Unavailable, completed.Kind);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, WellUnderASecond);
        Assert.Equal(Answer, (await joined).Answer.ToArray());
        Assert.Equal(Answer, (await instance.EnterAsync(id)).Answer.ToArray());
        Assert.Equal(EnterKind.KeyReused, (await instance.EnterAsync(id, print: 2)).Kind);
        Assert.Equal(1, instance.Coordinator.PendingRepairs);
        await redis.ContinueAsync();

        await SettledAsync(instance, 0);
        Assert.Equal([7], (await instance.Store.FindAsync(id)).Record.ReversalData.ToArray());
        await RecoveredAsync(other);
        Assert.Equal(Answer, (await other.EnterAsync(id)).Answer.ToArray());
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S4_Complete_WhileRedisDiesAndComesBackEmpty_IsWrittenLater(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);
        await redis.KillAsync();

        var completed = await instance.Coordinator.CompleteAsync(claim, Answer, default);
        Assert.Equal(FencedKind.Unavailable, completed.Kind);
        await redis.RestartAsync(Token);

        await SettledAsync(instance, 0);
        Assert.Equal(Answer, (await instance.Store.FindAsync(id)).Record.Answer.ToArray());
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S1_Complete_DroppedForWantOfRoom_IsNeverTakenForUnsent(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address, static options => options.PendingCompletionsMax = 1);
        var (kept, dropped) = (ServiceInstance.NewTransactionId(), ServiceInstance.NewTransactionId());
        var (first, second) = (await instance.OwnAsync(kept), await instance.OwnAsync(dropped));
        await redis.StopAsync();
        await instance.Coordinator.CompleteAsync(first, Answer, default);
        await instance.Coordinator.CompleteAsync(second, Answer, default);
        Assert.Equal(1, instance.Coordinator.PendingRepairs);
        await redis.ContinueAsync();
        await SettledAsync(instance, 0);

        // Going on lets the timed-out completion through as well; this is the record had it been lost on the way.
        var record = RecordEncoder.InFlight(second, instance.Store.Instance);
        await instance.Connection.Database!.StringSetAsync(RedisIdempotencyStore.KeyOf(dropped), record);

        var retry = await instance.EnterAsync(dropped, TimeSpan.FromMilliseconds(100));
        Assert.Equal(EnterKind.InProgress, retry.Kind);
        Assert.Equal(EnterKind.Replay, (await instance.EnterAsync(kept)).Kind);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task Operations_PastTheirBound_AreUnavailableAtOnce(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address, static options =>
        {
            options.OperationsInFlightMax = 4;
            options.OperationTimeout = TimeSpan.FromSeconds(5);
        });
        await instance.OwnAsync(ServiceInstance.NewTransactionId());
        await redis.StopAsync();
        var waiting = new Task<EnterResult>[4];
        for (var i = 0; i < waiting.Length; i++)
            waiting[i] = instance.EnterAsync(ServiceInstance.NewTransactionId()).AsTask();

        var refused = instance.EnterAsync(ServiceInstance.NewTransactionId());

        Assert.True(refused.IsCompleted);
        Assert.Equal(EnterKind.Unavailable, (await refused).Kind);
        await redis.ContinueAsync();
        Assert.All(await Task.WhenAll(waiting), static entered => Assert.Equal(EnterKind.Owner, entered.Kind));
    }

    private static async Task<List<string>> AssertAllUnavailableAsync(ServiceInstance instance)
    {
        var ids = new List<string>(Callers);
        var callers = new List<Task<TimeSpan>>(Callers);
        for (var i = 0; i < Callers; i++)
        {
            ids.Add(ServiceInstance.NewTransactionId());
            callers.Add(UnavailableAsync(instance, ids[i]));
        }

        var slowest = (await Task.WhenAll(callers)).Max();
        TestContext.Current.TestOutputHelper?.WriteLine($"slowest of {Callers}: {slowest.TotalMilliseconds:0} ms");
        Assert.InRange(slowest, TimeSpan.Zero, WellUnderASecond);
        return ids;
    }

    private static async Task<TimeSpan> UnavailableAsync(ServiceInstance instance, string id)
    {
        var started = TimeProvider.System.GetTimestamp();
        var entered = await instance.EnterAsync(id);
        Assert.Equal(EnterKind.Unavailable, entered.Kind);
        return TimeProvider.System.GetElapsedTime(started);
    }

    private static Task RecoveredAsync(ServiceInstance instance) => Eventually.TrueAsync(
        async () =>
        {
            var entered = await instance.EnterAsync(ServiceInstance.NewTransactionId());
            if (entered.Kind != EnterKind.Owner) return false;
            await instance.Coordinator.ReleaseAsync(entered.Claim!);
            return true;
        },
        "claims work again",
        Recovery,
        Token);

    private static Task SettledAsync(ServiceInstance instance, int inFlight) => Eventually.TrueAsync(
        () => instance.Coordinator.PendingRepairs == 0 && instance.Coordinator.InFlightCount == inFlight,
        "late writes are settled",
        Recovery,
        Token);

    private static Task<ServiceInstance> StartAsync(string address, Action<RedisOptions>? configure = null) =>
        ServiceInstance.StartAsync(address, Token, options =>
        {
            options.OperationTimeout = new RedisOptions().OperationTimeout;
            configure?.Invoke(options);
        });
}
