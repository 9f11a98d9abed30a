using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

/// <summary>Repeats of one request inside one instance.</summary>
public sealed class RequestCoordinatorTests(RespServers servers)
{
    private static readonly byte[] Answer = [4, 0, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Enter_WhileInFlightHere_GetsTheIdenticalAnswer(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);
        var joiners = new Task<EnterResult>[20];
        for (var i = 0; i < joiners.Length; i++) joiners[i] = instance.EnterAsync(id).AsTask();
        Assert.DoesNotContain(joiners, static joiner => joiner.IsCompleted);

        await instance.CompleteAsync(claim, Answer);

        Assert.All(await Task.WhenAll(joiners), static joined =>
        {
            Assert.Equal(EnterKind.Replay, joined.Kind);
            Assert.Equal(Answer, joined.Answer.ToArray());
        });
        Assert.Equal(0, instance.Coordinator.InFlightCount);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S1_Enter_PatienceEndsFirst_IsInProgressAndTheAttemptGoesOn(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);

        var joined = await instance.EnterAsync(id, TimeSpan.FromMilliseconds(30));
        Assert.Equal(EnterKind.InProgress, joined.Kind);
        Assert.Equal(EnterKind.InProgress, (await instance.EnterAsync(id, TimeSpan.Zero)).Kind);

        Assert.Equal(FencedKind.Done, (await instance.CompleteAsync(claim, Answer)).Kind);
        Assert.Equal(EnterKind.Replay, (await instance.EnterAsync(id)).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S5_Enter_CallerGone_EndsItsWaitAndNothingElse(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var owner = await instance.EnterAsAsync(id, gone.Token);
        var leaving = instance.EnterAsAsync(id, gone.Token).AsTask();
        var staying = instance.EnterAsync(id).AsTask();

        await gone.CancelAsync();

        Assert.Equal(EnterKind.InProgress, (await leaving).Kind);
        Assert.False(staying.IsCompleted);
        var completed = await instance.CompleteAsync(owner.Claim!, Answer);
        Assert.Equal(FencedKind.Done, completed.Kind);
        Assert.Equal(Answer, (await staying).Answer.ToArray());
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S2_Release_WithManyWaiting_MakesExactlyOneOwnerAtATime(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);
        var waiting = new List<Task<EnterResult>>();
        for (var i = 0; i < 10; i++) waiting.Add(instance.EnterAsync(id).AsTask());

        for (var releases = 0; releases < 5; releases++)
        {
            await instance.Coordinator.ReleaseAsync(claim);
            var next = await Task.WhenAny(waiting);
            waiting.Remove(next);
            var entered = await next;
            Assert.Equal(EnterKind.Owner, entered.Kind);
            Assert.DoesNotContain(waiting, static waiter => waiter.IsCompleted);
            claim = entered.Claim!;
        }

        await instance.CompleteAsync(claim, Answer);
        Assert.All(await Task.WhenAll(waiting), static joined => Assert.Equal(EnterKind.Replay, joined.Kind));
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S3_Enter_WithAnotherPayload_IsKeyReusedInFlightAndAfter(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);

        Assert.Equal(EnterKind.KeyReused, (await instance.EnterAsync(id, print: 2)).Kind);
        await instance.CompleteAsync(claim, Answer);
        Assert.Equal(EnterKind.KeyReused, (await instance.EnterAsync(id, print: 2)).Kind);

        Assert.Equal(Answer, (await instance.EnterAsync(id)).Answer.ToArray());
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S9_WaitForEnd_OfARequestInFlight_GetsItsRecordHereAndElsewhere(string server)
    {
        await using var instance = await StartAsync(server);
        await using var other = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        Assert.Equal(WaitKind.Absent, (await WaitForEndAsync(instance, id)).Kind);
        var claim = await instance.OwnAsync(id);
        var brief = await other.Coordinator.WaitForEndAsync(id, TimeSpan.FromMilliseconds(30), Token);
        Assert.Equal(WaitKind.InProgress, brief.Kind);
        var here = WaitForEndAsync(instance, id).AsTask();
        var elsewhere = WaitForEndAsync(other, id).AsTask();

        await instance.CompleteAsync(claim, Answer, [7]);

        Assert.Equal([7], (await here).Record.ReversalData.ToArray());
        Assert.Equal([7], (await elsewhere).Record.ReversalData.ToArray());
        Assert.Equal(WaitKind.Ended, (await elsewhere).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Abandon_WithNothingSent_LeavesTheRecordInFlight_AndNobodyTakesItOver(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);
        var joined = instance.EnterAsync(id).AsTask();

        instance.Coordinator.Abandon(claim, nothingSent: true);
        instance.Coordinator.Abandon(claim);

        Assert.Equal(EnterKind.InProgress, (await joined).Kind);
        var retry = await instance.EnterAsync(id, TimeSpan.FromMilliseconds(50));
        Assert.Equal(EnterKind.InProgress, retry.Kind);
        Assert.Equal(claim.Fence, (await instance.Records.FindAsync(id)).Record.Fence);
        Assert.Equal(0, instance.Coordinator.InFlightCount);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S8_Abandon_InDoubt_TheNextHereTakesItOver_AnotherInstanceWaits(string server)
    {
        await using var instance = await StartAsync(server);
        await using var other = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);

        instance.Coordinator.Abandon(claim);

        Assert.Equal(EnterKind.InProgress, (await other.EnterAsync(id, TimeSpan.FromMilliseconds(50))).Kind);
        var retry = await instance.EnterAsync(id);
        Assert.Equal(EnterKind.TakenOver, retry.Kind);
        Assert.NotEqual(claim.Fence, (await instance.Records.FindAsync(id)).Record.Fence);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Enter_OnARecordOfThisInstanceThatDidNotTimeOut_LeavesItToItsLease(string server)
    {
        await using var instance = await StartAsync(server);
        await using var other = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        // No seat stands behind it, and yet something may have been sent under it: an abandoned claim looks like this.
        var left = await instance.Records.ClaimAsync(ServiceInstance.Request(id));
        Assert.Equal(ClaimKind.Owner, left.Kind);

        Assert.Equal(EnterKind.InProgress, (await instance.EnterAsync(id, TimeSpan.FromMilliseconds(50))).Kind);
        Assert.Equal(EnterKind.InProgress, (await other.EnterAsync(id, TimeSpan.FromMilliseconds(50))).Kind);

        Assert.Equal(left.Claim!.Fence, (await instance.Records.FindAsync(id)).Record.Fence);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S9_Enter_OnATombstone_MakesOneOwnerOfItsAnswer_AndEveryRepeatGetsThat(string server)
    {
        await using var instance = await StartAsync(server);
        await using var other = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        await instance.EntombAsync(id);
        var first = await instance.EnterAsync(id);
        var elsewhere = await other.EnterAsync(id);
        Assert.Equal((EnterKind.Tombstoned, EnterKind.Tombstoned), (first.Kind, elsewhere.Kind));

        // Both declined without sending; the store lets the answer of one stand for both.
        Assert.Equal(FencedKind.Done, (await instance.CompleteAsync(first.Claim!, [1, 2])).Kind);
        var lost = await other.CompleteAsync(elsewhere.Claim!, [3, 4]);

        Assert.Equal(FencedKind.LostClaim, lost.Kind);
        Assert.Equal([1, 2], lost.Current.Answer.ToArray());
        Assert.Equal([1, 2], (await other.EnterAsync(id)).Answer.ToArray());
        Assert.Equal(EnterKind.Replay, (await instance.EnterAsync(id)).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Complete_OfALostClaim_TellsJoinersWhatStands(string server)
    {
        await using var instance = await StartAsync(server);
        await using var recoverer = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = await instance.OwnAsync(id);
        var joined = instance.EnterAsync(id).AsTask();
        var standing = (await recoverer.Records.FindAsync(id)).Record;
        var taken = await recoverer.Records.TakeOwnAsync(id, standing);
        await recoverer.Records.CompleteAsync(taken.Claim!, new FinalAnswer(new byte[] { 6, 8 }));

        var completed = await instance.CompleteAsync(claim, Answer);

        Assert.Equal(FencedKind.LostClaim, completed.Kind);
        Assert.Equal([6, 8], completed.Current.Answer.ToArray());
        Assert.Equal([6, 8], (await joined).Answer.ToArray());
        Assert.Equal(0, instance.Coordinator.InFlightCount);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Claim_EndedTwice_IsABug(string server)
    {
        await using var instance = await StartAsync(server);
        var claim = await instance.OwnAsync(ServiceInstance.NewTransactionId());
        await instance.CompleteAsync(claim, Answer);

        Assert.Throws<InvalidOperationException>(() => instance.Coordinator.End(claim, Answer));
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await instance.Coordinator.ReleaseAsync(claim));
        instance.Coordinator.Abandon(claim);
        Assert.Equal(EnterKind.Replay, (await instance.EnterAsync(claim.TransactionId)).Kind);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Complete_WithABlobTooLong_Throws_AndTheClaimIsStillThereToAbandon(string server)
    {
        await using var instance = await StartAsync(server);
        var claim = await instance.OwnAsync(ServiceInstance.NewTransactionId());
        var tooLong = new FinalAnswer(new byte[IdempotencyRecord.BlobLengthMax + 1]);

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await instance.Coordinator.CompleteAsync(claim, tooLong));
        Assert.Equal(1, instance.Coordinator.InFlightCount);
        instance.Coordinator.Abandon(claim);

        Assert.Equal(0, instance.Coordinator.InFlightCount);
        var retry = await instance.EnterAsync(claim.TransactionId, TimeSpan.FromMilliseconds(50));
        Assert.Equal(EnterKind.TakenOver, retry.Kind);
    }

    private static ValueTask<WaitResult> WaitForEndAsync(ServiceInstance instance, string id) =>
        instance.Coordinator.WaitForEndAsync(id, ServiceInstance.Patience, Token);

    private async Task<ServiceInstance> StartAsync(string server) =>
        await ServiceInstance.StartAsync(await servers.AddressAsync(server, Token), Token);
}
