using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>S4: a store that may have lost records is asked for nothing until somebody has vouched for it.</summary>
public sealed class TrustTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly byte[] Answer = [4, 0, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S4_AfterARestart_EveryGuardedStepIsRefused_UntilItIsTrusted(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        // What is refused here is refused for want of trust, not because the machine is busy.
        await using var instance = await ServiceInstance.StartAsync(
            redis.Address, Token, static options => options.OperationTimeout = TimeSpan.FromSeconds(5), trusts: false);
        Assert.Equal(EnterKind.Unavailable, (await instance.EnterAsync(ServiceInstance.NewTransactionId())).Kind);
        instance.Store.Trust(instance.Store.Generation);
        var claim = await instance.OwnAsync(ServiceInstance.NewTransactionId());
        var id = claim.TransactionId;
        var record = (await instance.Records.FindAsync(id)).Record;
        var before = instance.Store.Generation;

        await redis.KillAsync();
        await redis.RestartAsync(Token);
        await Eventually.TrueAsync(
            async () => await instance.Connection.PingAsync(), "it is connected again", Patience, Token);

        Assert.True(instance.Store.Generation > before);
        Assert.False(instance.Store.IsTrusted);
        // What was trusted was the store before.
        instance.Store.Trust(before);
        Assert.False(instance.Store.IsTrusted);
        Assert.True(instance.Coordinator.NeedsRenewal(claim, TimeSpan.Zero));
        var other = ServiceInstance.NewTransactionId();
        Assert.Equal(ClaimKind.Unavailable, (await instance.Records.ClaimAsync(ServiceInstance.Request(other))).Kind);
        Assert.Equal(ClaimKind.Unavailable, (await instance.Records.TakeExpiredAsync(id, record)).Kind);
        Assert.Equal(ClaimKind.Unavailable, (await instance.Records.TakeOwnAsync(id, record)).Kind);
        Assert.Equal(
            FencedKind.Unavailable,
            (await instance.Records.UpdateAsync(claim, "beta", ServiceInstance.Rrn, default)).Kind);
        Assert.Equal(
            FencedKind.Unavailable, (await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer))).Kind);
        Assert.Equal(FencedKind.Unavailable, (await instance.Records.CompleteKeptAsync(id, record)).Kind);
        Assert.Equal(FencedKind.Unavailable, (await instance.Records.AmendAsync(id, record, 1, default)).Kind);
        Assert.Equal(FencedKind.Unavailable, await instance.Records.ReleaseAsync(claim));
        Assert.Equal(EntombKind.Unavailable, (await instance.EntombAsync(other)).Kind);
        Assert.Equal(FindKind.Unavailable, (await instance.Records.FindAsync(id)).Kind);
        Assert.Null(await instance.Store.ReadIndexAsync(DateTimeOffset.MaxValue, 0, 10));
        Assert.Equal("0", await redis.SendAsync(["DBSIZE"], Token));

        // What puts back is let through, and only that.
        var restored = await instance.Store.RestoreAsync(id, record.Bytes.ToArray(), Patience, overInFlight: false);
        Assert.Equal(StoreReplyKind.Done, restored.Kind);
        instance.Store.Trust(instance.Store.Generation);
        Assert.Equal(FencedKind.Done, (await instance.CompleteAsync(claim, Answer)).Kind);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S4_NoStepOfANewConnection_SlipsThroughBeforeItIsTrusted(string server)
    {
        const int Restarts = 5;
        const int Callers = 16;
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var instance = await ServiceInstance.StartAsync(
            redis.Address, Token, static options => options.OperationTimeout = TimeSpan.FromMilliseconds(300),
            trusts: false);
        for (var restart = 0; restart < Restarts; restart++)
        {
            instance.Store.Trust(instance.Store.Generation);
            await instance.OwnAsync(ServiceInstance.NewTransactionId());
            var round = new CancellationTokenSource();
            var claimed = 0;
            var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                while (!round.IsCancellationRequested)
                {
                    var request = ServiceInstance.Request(ServiceInstance.NewTransactionId());
                    if ((await instance.Records.ClaimAsync(request)).Kind == ClaimKind.Owner)
                        Interlocked.Increment(ref claimed);
                    await Task.Yield();
                }
            })).ToList();
            await Eventually.TrueAsync(() => Volatile.Read(ref claimed) > 100, "claims flow", Patience, Token);

            await redis.KillAsync();
            await redis.RestartAsync(Token);
            await Eventually.TrueAsync(
                async () => await instance.Connection.PingAsync(), "it is connected again", Patience, Token);

            Assert.Equal("0", await redis.SendAsync(["DBSIZE"], Token));
            await round.CancelAsync();
            await Task.WhenAll(callers);
            Assert.Equal("0", await redis.SendAsync(["DBSIZE"], Token));
            round.Dispose();
        }
    }
}
