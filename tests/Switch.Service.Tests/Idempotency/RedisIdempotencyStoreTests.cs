using StackExchange.Redis;
using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

public sealed class RedisIdempotencyStoreTests(RespServers servers)
{
    private static readonly byte[] Answer = [0, 1, 2, 13, 10, 0xFF, 0];
    private static readonly byte[] Sealed = [9, 0, 8];
    private static readonly byte[] Next = [2, 7, 1];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Claim_OfAFreeKey_OwnsItForItsTimeToLive(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();

        var claimed = await ClaimAsync(instance, id);

        Assert.Equal(ClaimKind.Owner, claimed.Kind);
        var found = await instance.Records.FindAsync(id);
        Assert.Equal(FindKind.Found, found.Kind);
        Assert.Equal(RecordState.InFlight, found.Record.State);
        Assert.Equal(claimed.Claim!.Fence, found.Record.Fence);
        Assert.Equal(instance.Records.Instance, found.Record.Owner);
        Assert.Equal(ServiceInstance.Acquirer, found.Record.Acquirer);
        Assert.Equal(ServiceInstance.Rrn, found.Record.Rrn);
        await AssertLivesAsync(instance, id);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Claim_WhileAnotherInstanceOwns_SeesItInFlight(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var owned = await ClaimAsync(first, id);

        var claimed = await ClaimAsync(second, id);

        Assert.Equal(ClaimKind.InFlight, claimed.Kind);
        Assert.Equal(owned.Claim!.Fence, claimed.Record.Fence);
        Assert.Equal(first.Records.Instance, claimed.Record.Owner);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S2_Claim_AfterCompletion_GetsTheStoredAnswer(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(first, id)).Claim!;

        Assert.Equal(FencedKind.Done, (await first.Records.CompleteAsync(claim, new FinalAnswer(Answer, Sealed))).Kind);

        var replay = await ClaimAsync(second, id);
        Assert.Equal(ClaimKind.Final, replay.Kind);
        Assert.Equal(Answer, replay.Record.Answer.ToArray());
        Assert.Equal(Sealed, replay.Record.ReversalData.ToArray());
        await AssertLivesAsync(first, id);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S2_Release_LetsARetryRunAfresh(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;

        Assert.Equal(FencedKind.Done, await instance.Records.ReleaseAsync(claim));
        Assert.Equal(FindKind.Absent, (await instance.Records.FindAsync(id)).Kind);
        Assert.Equal(FencedKind.Done, await instance.Records.ReleaseAsync(claim));

        Assert.Equal(ClaimKind.Owner, (await ClaimAsync(instance, id)).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S3_Claim_WithAnotherPayload_IsRefusedInFlightAndFinal(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;

        Assert.Equal(ClaimKind.KeyReused, (await ClaimAsync(instance, id, print: 2)).Kind);
        await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer));
        Assert.Equal(ClaimKind.KeyReused, (await ClaimAsync(instance, id, print: 2)).Kind);

        var replay = await ClaimAsync(instance, id);
        Assert.Equal(Answer, replay.Record.Answer.ToArray());
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Complete_ByALostClaim_ChangesNothing(string server)
    {
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var lost = (await ClaimAsync(first, id)).Claim!;
        var standing = (await first.Records.FindAsync(id)).Record;
        var taken = await second.Records.TakeOwnAsync(id, standing);
        Assert.Equal(ClaimKind.Owner, taken.Kind);
        var stands = await first.Connection.Database!.StringGetAsync(RedisIdempotencyStore.KeyOf(id));
        await first.Connection.Database!.KeyExpireAsync(RedisIdempotencyStore.KeyOf(id), TimeSpan.FromHours(10));

        var completed = await first.Records.CompleteAsync(lost, new FinalAnswer(Answer));
        var updated = await first.Records.UpdateAsync(lost, "gamma", ServiceInstance.Rrn, Next);
        var released = await first.Records.ReleaseAsync(lost);

        Assert.Equal(FencedKind.LostClaim, completed.Kind);
        Assert.Equal(taken.Claim!.Fence, completed.Current.Fence);
        Assert.Equal(FencedKind.LostClaim, updated.Kind);
        Assert.Equal(ServiceInstance.Acquirer, lost.Acquirer);
        Assert.Equal(FencedKind.LostClaim, released);
        Assert.Equal(stands, await first.Connection.Database!.StringGetAsync(RedisIdempotencyStore.KeyOf(id)));
        await AssertLivesAsync(first, id, 10);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Complete_LivesForWhatIsLeftOfItsClaim(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;
        await instance.Connection.Database!.KeyExpireAsync(RedisIdempotencyStore.KeyOf(id), TimeSpan.FromHours(10));

        Assert.Equal(FencedKind.Done, (await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer))).Kind);

        Assert.Equal(RecordState.Final, (await instance.Records.FindAsync(id)).Record.State);
        await AssertLivesAsync(instance, id, 10);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Complete_AfterTheLease_LivesAnew(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;
        await instance.Connection.Database!.KeyExpireAsync(RedisIdempotencyStore.KeyOf(id), TimeSpan.FromHours(10));
        claim.LeaseEnds = 0;

        Assert.Equal(FencedKind.Done, (await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer))).Kind);

        await AssertLivesAsync(instance, id);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S9_Complete_OverATombstone_LivesAnew(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        await instance.Records.EntombAsync(id, instance.Records.EncodeTombstone());
        await instance.Connection.Database!.KeyExpireAsync(RedisIdempotencyStore.KeyOf(id), TimeSpan.FromHours(10));
        var tombstone = (await instance.Records.FindAsync(id)).Record;
        var claim = instance.Records.ClaimTombstone(ServiceInstance.Request(id, 1), tombstone);

        Assert.Equal(FencedKind.Done, (await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer))).Kind);

        await AssertLivesAsync(instance, id);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S4_Complete_AfterRedisLostTheRecord_WritesTheAnswer(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;
        await instance.Connection.Database!.KeyDeleteAsync(RedisIdempotencyStore.KeyOf(id));

        Assert.Equal(FencedKind.Done, (await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer))).Kind);

        Assert.Equal(Answer, (await instance.Records.FindAsync(id)).Record.Answer.ToArray());
        await AssertLivesAsync(instance, id);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Complete_Repeated_IsDoneAndKeepsTheReversalMark(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;
        await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer, Sealed));
        Assert.Equal(FencedKind.Done, await instance.MarkReversedAsync(id));

        var repeated = await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer, Sealed));

        Assert.Equal(FencedKind.Done, repeated.Kind);
        Assert.True((await instance.Records.FindAsync(id)).Record.ReversalRequested);
        Assert.Equal(FencedKind.LostClaim, await instance.Records.ReleaseAsync(claim));
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S5_Update_BeforeTheNextAttempt_NamesItsAcquirer(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;

        Assert.Equal(FencedKind.Done, (await instance.Records.UpdateAsync(claim, "beta", "632811000043", Next)).Kind);

        var record = (await instance.Records.FindAsync(id)).Record;
        Assert.Equal(RecordState.InFlight, record.State);
        Assert.Equal("beta", record.Acquirer);
        Assert.Equal("632811000043", record.Rrn);
        Assert.Equal("beta", claim.Acquirer);
        Assert.Equal(Next, record.ReversalData.ToArray());
        Assert.Equal(Next, claim.Attempt.ToArray());
        Assert.Equal(claim.Fence, record.Fence);
        await AssertLivesAsync(instance, id);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Record_OfAnUnknownVersion_IsUnavailableAndLeftAlone(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        byte[] future = [IdempotencyRecord.Version + 1, 1, 2, 3];
        RedisKey key = RedisIdempotencyStore.KeyOf(id);
        await instance.Connection.Database!.StringSetAsync(key, future);

        var claimed = await ClaimAsync(instance, id);

        Assert.Equal(ClaimKind.Unavailable, claimed.Kind);
        Assert.Null(claimed.Claim);
        Assert.Equal(FindKind.Unavailable, (await instance.Records.FindAsync(id)).Kind);
        Assert.Equal(EntombKind.Unavailable, (await instance.EntombAsync(id)).Kind);
        Assert.Equal(future, (byte[]?)await instance.Connection.Database.StringGetAsync(key));
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Scripts_FlushedFromTheServer_AreLoadedAgain(string server)
    {
        await using var instance = await StartAsync(server);
        var claim = (await ClaimAsync(instance, ServiceInstance.NewTransactionId())).Claim!;
        Assert.Equal(FencedKind.Done, (await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer))).Kind);
        await instance.Connection.Database!.ExecuteAsync("SCRIPT", "FLUSH");

        claim = (await ClaimAsync(instance, ServiceInstance.NewTransactionId())).Claim!;

        Assert.Equal(FencedKind.Done, (await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer))).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Script_RacingOnOneKey_IsAtomic(string server)
    {
        await using var instance = await StartAsync(server);
        await using var other = await StartAsync(server);
        for (var round = 0; round < 200; round++)
        {
            var id = ServiceInstance.NewTransactionId();
            var claim = (await ClaimAsync(instance, id)).Claim!;
            var standing = (await instance.Records.FindAsync(id)).Record;

            // Every one of these finds the same fence; only one may swap its own in.
            var takers = new Task<ClaimResult>[16];
            for (var taker = 0; taker < takers.Length; taker++)
            {
                var records = (taker % 2 == 0 ? instance : other).Records;
                takers[taker] = records.TakeOwnAsync(id, standing).AsTask();
            }

            var results = await Task.WhenAll(takers);
            Assert.Single(results, static result => result.Kind == ClaimKind.Owner);
            var completed = await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer));
            Assert.Equal(FencedKind.LostClaim, completed.Kind);
        }
    }

    private static ValueTask<ClaimResult> ClaimAsync(ServiceInstance instance, string id, byte print = 1) =>
        instance.Records.ClaimAsync(ServiceInstance.Request(id, print));

    private static async Task AssertLivesAsync(ServiceInstance instance, string id, int hours = 72)
    {
        var left = await instance.Connection.Database!.KeyTimeToLiveAsync(RedisIdempotencyStore.KeyOf(id));
        Assert.NotNull(left);
        Assert.InRange(left.Value, TimeSpan.FromHours(hours - 1), TimeSpan.FromHours(hours));
    }

    private async Task<ServiceInstance> StartAsync(string server) =>
        await ServiceInstance.StartAsync(await servers.AddressAsync(server, Token), Token);
}
