using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>Completions while Redis is away: nobody is told before Redis has them, and none is lost.</summary>
public sealed class CompletionOutageTests
{
    private static readonly TimeSpan WellUnderASecond = TimeSpan.FromMilliseconds(900);
    private static readonly byte[] Answer = [4, 0, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S2_Complete_WhileRedisIsStopped_TellsNobodyUntilItIsWritten(string server)
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
        var tried = await instance.Coordinator.CompleteAsync(claim, new FinalAnswer(Answer));
        Assert.Equal(FencedKind.Unavailable, tried.Kind);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, WellUnderASecond);
        var completing = instance.CompleteAsync(claim, Answer, [7]);
        await Eventually.TrueAsync(() => instance.Coordinator.PendingRepairs == 1, "it is repeated", null, Token);

        // Whoever finds the lease over may end it otherwise, so before the store has it nothing may be said.
        Assert.Equal(EnterKind.InProgress, (await instance.EnterAsync(id, TimeSpan.FromMilliseconds(50))).Kind);
        Assert.Equal(EnterKind.KeyReused, (await instance.EnterAsync(id, print: 2)).Kind);
        Assert.False(joined.IsCompleted);
        Assert.False(completing.IsCompleted);
        await redis.ContinueAsync();

        Assert.Equal(FencedKind.Done, (await completing).Kind);
        Assert.Equal(Answer, (await joined).Answer.ToArray());
        await instance.SettledAsync(0, Token);
        await other.RecoveredAsync(Token);
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

        var completing = instance.CompleteAsync(claim, Answer);
        await Eventually.TrueAsync(() => instance.Coordinator.PendingRepairs == 1, "it is repeated", null, Token);
        await redis.RestartAsync(Token);

        Assert.Equal(FencedKind.Done, (await completing).Kind);
        Assert.Equal(Answer, (await instance.Records.FindAsync(id)).Record.Answer.ToArray());
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task G7_Completions_PastTheirBound_RefuseNewMoneyAndDropNothing(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await StartAsync(redis.Address, static options => options.PendingCompletionsMax = 2);
        Claim[] claims =
        [
            await instance.OwnAsync(ServiceInstance.NewTransactionId()),
            await instance.OwnAsync(ServiceInstance.NewTransactionId()),
            await instance.OwnAsync(ServiceInstance.NewTransactionId()),
        ];
        await redis.StopAsync();
        var completing = claims.Select(claim => instance.CompleteAsync(claim, Answer)).ToList();
        // The bound is of what may begin; what has begun is never dropped.
        await Eventually.TrueAsync(() => instance.Coordinator.PendingRepairs == 3, "all repeat", null, Token);

        var refused = instance.EnterAsync(ServiceInstance.NewTransactionId());
        Assert.True(refused.IsCompleted);
        Assert.Equal(EnterKind.Unavailable, (await refused).Kind);
        await redis.ContinueAsync();

        Assert.All(await Task.WhenAll(completing), static done => Assert.Equal(FencedKind.Done, done.Kind));
        await instance.RecoveredAsync(Token);
        foreach (var claim in claims)
            Assert.Equal(EnterKind.Replay, (await instance.EnterAsync(claim.TransactionId)).Kind);
    }

    private static Task<ServiceInstance> StartAsync(string address, Action<RedisOptions>? configure = null) =>
        ServiceInstance.StartAsync(address, Token, options =>
        {
            options.OperationTimeout = new RedisOptions().OperationTimeout;
            configure?.Invoke(options);
        });
}
