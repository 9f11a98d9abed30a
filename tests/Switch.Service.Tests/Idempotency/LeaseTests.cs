using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>
/// S8: whose owner is gone. The lease runs on the store's clock alone: nothing here waits for a clock of its own.
/// </summary>
public sealed class LeaseTests(RespServers servers)
{
    private static readonly byte[] Answer = [4, 0, 2];
    private static readonly byte[] InDoubt = [6, 8];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S8_TakeExpired_WhileTheLeaseRuns_ChangesNothing(string server)
    {
        await using var owner = await StartAsync(server, TimeSpan.FromMinutes(10));
        await using var other = await StartAsync(server, TimeSpan.FromSeconds(1));
        var id = ServiceInstance.NewTransactionId();
        var claim = await owner.OwnAsync(id);
        var record = (await other.Records.FindAsync(id)).Record;

        // Its own idea of a lease, and its own clock, count for nothing.
        var taken = await other.Records.TakeExpiredAsync(id, record);

        Assert.Equal(ClaimKind.InFlight, taken.Kind);
        Assert.Equal(claim.Fence, taken.Record.Fence);
        Assert.Equal(FencedKind.Done, (await owner.CompleteAsync(claim, Answer)).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S8_TakeExpired_AfterTheLease_IsTakenExactlyOnce_WithTheAttempt_AndFencesTheOldOwner(string server)
    {
        await using var owner = await StartAsync(server);
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var claims = new List<Claim>();
        for (var i = 0; i < 40; i++) claims.Add(await owner.OwnAsync(ServiceInstance.NewTransactionId()));
        await owner.LeaseOverAsync(claims[^1].TransactionId, Token);

        foreach (var lost in claims)
        {
            var id = lost.TransactionId;
            var record = (await first.Records.FindAsync(id)).Record;
            var takers = new Task<ClaimResult>[8];
            for (var i = 0; i < takers.Length; i++)
                takers[i] = (i % 2 == 0 ? first : second).Records.TakeExpiredAsync(id, record).AsTask();
            var results = await Task.WhenAll(takers);

            var taken = Assert.Single(results, static result => result.Kind == ClaimKind.Owner).Claim!;
            Assert.All(
                results.Where(result => result.Claim is null),
                result => Assert.Equal((ClaimKind.InFlight, taken.Fence), (result.Kind, result.Record.Fence)));
            Assert.Equal(ServiceInstance.Attempt, taken.Attempt.ToArray());
            Assert.Equal((lost.Acquirer, lost.Rrn, lost.Fingerprint), (taken.Acquirer, taken.Rrn, taken.Fingerprint));
            Assert.Equal(lost.ClaimedAtMs, taken.ClaimedAtMs);

            var updated = await owner.Records.UpdateAsync(lost, "beta", ServiceInstance.Rrn, default);
            Assert.Equal((FencedKind.LostClaim, taken.Fence), (updated.Kind, updated.Current.Fence));
            var completed = await owner.Records.CompleteAsync(lost, new FinalAnswer(Answer));
            Assert.Equal((FencedKind.LostClaim, taken.Fence), (completed.Kind, completed.Current.Fence));
            Assert.Equal(FencedKind.LostClaim, await owner.Records.ReleaseAsync(lost));
            Assert.Equal(
                ServiceInstance.Attempt, (await owner.Records.FindAsync(id)).Record.ReversalData.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S8_ATakeOver_HasALeaseOfItsOwn(string server)
    {
        await using var owner = await StartAsync(server);
        await using var first = await StartAsync(server, TimeSpan.FromMinutes(10));
        await using var second = await StartAsync(server);
        var claim = await owner.OwnAsync(ServiceInstance.NewTransactionId());
        var id = claim.TransactionId;
        await owner.LeaseOverAsync(id, Token);
        var taken = await first.Records.TakeExpiredAsync(id, (await first.Records.FindAsync(id)).Record);
        Assert.Equal(ClaimKind.Owner, taken.Kind);

        var again = await second.Records.TakeExpiredAsync(id, (await second.Records.FindAsync(id)).Record);

        Assert.Equal((ClaimKind.InFlight, taken.Claim!.Fence), (again.Kind, again.Record.Fence));
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S5_Update_RenewsTheLease(string server)
    {
        await using var owner = await StartAsync(server);
        await using var other = await StartAsync(server);
        var claim = await owner.OwnAsync(ServiceInstance.NewTransactionId());
        var id = claim.TransactionId;
        await owner.LeaseOverAsync(id, Token);
        // The owner's clock began a little later than the store's.
        await Eventually.TrueAsync(
            () => owner.Coordinator.NeedsRenewal(claim, TimeSpan.Zero), "over here too", cancellationToken: Token);

        // Late, but nobody has taken it over.
        var updated = await owner.Records.UpdateAsync(claim, "beta", ServiceInstance.Rrn, Answer);

        Assert.Equal(FencedKind.Done, updated.Kind);
        Assert.False(owner.Coordinator.NeedsRenewal(claim, TimeSpan.Zero));
        var left = await owner.Connection.Database!.KeyTimeToLiveAsync(RedisIdempotencyStore.KeyOf(id));
        Assert.True(left > (await other.Records.FindAsync(id)).Record.LeaseFloor);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S8_Enter_WhoMeetsTheRecord_TakesItOverAfterItsLease_AndTheOthersReplay(string server)
    {
        await using var owner = await StartAsync(server);
        await using var first = await StartAsync(server);
        await using var second = await StartAsync(server);
        var lost = await owner.OwnAsync(ServiceInstance.NewTransactionId());
        var id = lost.TransactionId;
        var retries = new Task<EnterResult>[16];
        for (var i = 0; i < retries.Length; i++)
            retries[i] = (i % 2 == 0 ? first : second).EnterAsync(id).AsTask();

        var taker = await await Task.WhenAny(retries);
        Assert.Equal(EnterKind.TakenOver, taker.Kind);
        Assert.Equal(ServiceInstance.Attempt, taker.Claim!.Attempt.ToArray());
        var instance = Array.FindIndex(retries, retry => retry.IsCompletedSuccessfully) % 2 == 0 ? first : second;
        Assert.Equal(FencedKind.Done, (await instance.CompleteAsync(taker.Claim, InDoubt)).Kind);

        var answers = await Task.WhenAll(retries);
        Assert.Single(answers, static answer => answer.Kind == EnterKind.TakenOver);
        Assert.All(
            answers.Where(static answer => answer.Claim is null),
            static answer =>
            {
                Assert.Equal(EnterKind.Replay, answer.Kind);
                Assert.Equal(InDoubt, answer.Answer.ToArray());
            });

        // The old owner comes back with an approval: the answer of the record stands.
        var late = await owner.CompleteAsync(lost, Answer);
        Assert.Equal(FencedKind.LostClaim, late.Kind);
        Assert.Equal(InDoubt, late.Current.Answer.ToArray());
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S3_Enter_WithAnotherPayload_IsKeyReused_AlsoAfterTheLease(string server)
    {
        await using var owner = await StartAsync(server);
        await using var other = await StartAsync(server);
        var lost = await owner.OwnAsync(ServiceInstance.NewTransactionId());
        await owner.LeaseOverAsync(lost.TransactionId, Token);

        Assert.Equal(EnterKind.KeyReused, (await other.EnterAsync(lost.TransactionId, print: 2)).Kind);

        Assert.Equal(lost.Fence, (await other.Records.FindAsync(lost.TransactionId)).Record.Fence);
        Assert.Equal(EnterKind.TakenOver, (await other.EnterAsync(lost.TransactionId)).Kind);
        Assert.Equal(EnterKind.KeyReused, (await other.EnterAsync(lost.TransactionId, print: 2)).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S8_TakeExpired_OfAFinalRecord_OrATombstone_GivesWhatStands(string server)
    {
        await using var owner = await StartAsync(server);
        var claim = await owner.OwnAsync(ServiceInstance.NewTransactionId());
        var inFlight = (await owner.Records.FindAsync(claim.TransactionId)).Record;
        await owner.LeaseOverAsync(claim.TransactionId, Token);
        await owner.CompleteAsync(claim, Answer);

        var taken = await owner.Records.TakeExpiredAsync(claim.TransactionId, inFlight);

        Assert.Equal(ClaimKind.Final, taken.Kind);
        Assert.Equal(Answer, taken.Record.Answer.ToArray());
        var gone = await owner.Records.TakeExpiredAsync(ServiceInstance.NewTransactionId(), inFlight);
        Assert.Equal(ClaimKind.Released, gone.Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S8_TryTake_OfASeatThatIsTaken_IsRefused(string server)
    {
        await using var owner = await StartAsync(server);
        var claim = await owner.OwnAsync(ServiceInstance.NewTransactionId());
        var record = (await owner.Records.FindAsync(claim.TransactionId)).Record;

        // Its own process is at work on it, whatever the store's clock says.
        var (taken, _) = await owner.Coordinator.TryTakeAsync(claim.TransactionId, record, holderIsGone: true);
        Assert.Null(taken);

        owner.Coordinator.Abandon(claim);
        (taken, _) = await owner.Coordinator.TryTakeAsync(claim.TransactionId, record, holderIsGone: true);
        Assert.Equal(ServiceInstance.Attempt, taken!.Attempt.ToArray());
        Assert.True(owner.Coordinator.IsSeated(claim.TransactionId));
        owner.Coordinator.End(taken, Answer);
    }

    private async Task<ServiceInstance> StartAsync(string server, TimeSpan? lease = null) =>
        await ServiceInstance.StartAsync(
            await servers.AddressAsync(server, Token), Token,
            options => options.Lease = lease ?? TimeSpan.FromSeconds(1));
}
