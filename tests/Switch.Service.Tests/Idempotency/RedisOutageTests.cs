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

        await instance.RecoveredAsync(Token);
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
        await instance.RecoveredAsync(Token);
        await instance.SettledAsync(1, Token);
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
        await instance.RecoveredAsync(Token);
        await instance.SettledAsync(1, Token);
        foreach (var id in ids) Assert.Equal(FindKind.Absent, (await instance.Records.FindAsync(id)).Kind);
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

        await instance.RecoveredAsync(Token);
        await instance.SettledAsync(1, Token);
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
        await using var instance = await StartAsync(redis.Address);
        await instance.OwnAsync(ServiceInstance.NewTransactionId());
        await redis.StopAsync();
        var ids = await AssertAllUnavailableAsync(instance);
        await redis.ContinueAsync();
        await instance.RecoveredAsync(Token);

        // Released already, or taken over because this process remembers that it sent nothing: either way it is free,
        // at the second look when the release comes between.
        foreach (var id in ids)
        {
            var entered = await instance.EnterAsync(id);
            Assert.Equal(EnterKind.Owner, entered.Kind);
        }
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S8_Redis_Stopped_ALateClaimThatIsNotRemembered_IsLeftToItsLease(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        // Room to remember one. Of the others nobody can say any more whether something was sent under them.
        await using var instance = await StartAsync(redis.Address, static options =>
        {
            options.PendingReleasesMax = 1;
            options.Lease = TimeSpan.FromSeconds(6);
        });
        await instance.OwnAsync(ServiceInstance.NewTransactionId());
        await redis.StopAsync();
        var ids = new string[5];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = ServiceInstance.NewTransactionId();
            Assert.Equal(EnterKind.Unavailable, (await instance.EnterAsync(ids[i])).Kind);
        }

        await redis.ContinueAsync();
        await instance.RecoveredAsync(Token);
        await instance.SettledAsync(1, Token);

        Assert.Equal(EnterKind.Owner, (await instance.EnterAsync(ids[0], TimeSpan.Zero)).Kind);
        foreach (var id in ids[1..])
            Assert.Equal(EnterKind.InProgress, (await instance.EnterAsync(id, TimeSpan.Zero)).Kind);
        var retries = ids[1..].Select(id => instance.EnterAsync(id).AsTask());
        foreach (var retry in await Task.WhenAll(retries)) Assert.Equal(EnterKind.TakenOver, retry.Kind);
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

    private static Task<ServiceInstance> StartAsync(string address, Action<RedisOptions>? configure = null) =>
        ServiceInstance.StartAsync(address, Token, options =>
        {
            options.OperationTimeout = new RedisOptions().OperationTimeout;
            configure?.Invoke(options);
        });
}
