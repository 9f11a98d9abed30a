using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

/// <summary>What reversals do to records (S9): tombstones before their requests, changes of final ones.</summary>
public sealed class ReversalRecordTests(RespServers servers)
{
    private static readonly byte[] Answer = [0, 1, 2, 13, 10, 0xFF, 0];
    private static readonly byte[] Sealed = [9, 0, 8];
    private static readonly byte[] Next = [2, 7, 1];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S9_Entomb_BeforeTheRequest_IsIdempotentAndStopsIt(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();

        Assert.Equal(EntombKind.Entombed, (await instance.EntombAsync(id)).Kind);
        Assert.Equal(EntombKind.AlreadyTombstoned, (await instance.EntombAsync(id)).Kind);
        Assert.Equal(ClaimKind.Tombstoned, (await ClaimAsync(instance, id)).Kind);
        await AssertLivesAsync(instance, id);
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S9_Entomb_OfAKnownRequest_GivesItsRecord(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;

        var inFlight = await instance.EntombAsync(id);
        Assert.Equal(EntombKind.Exists, inFlight.Kind);
        Assert.Equal(RecordState.InFlight, inFlight.Record.State);

        await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer, Sealed));
        var final = await instance.EntombAsync(id);
        Assert.Equal(EntombKind.Exists, final.Kind);
        Assert.Equal(Sealed, final.Record.ReversalData.ToArray());
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S9_Amend_KeepsTheRecordAndItsLife_AndGivesItToWhoAmends(string server)
    {
        await using var instance = await StartAsync(server);
        await using var other = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;
        await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer, Sealed));
        await instance.Connection.Database!.KeyExpireAsync(
            RedisIdempotencyStore.KeyOf(id), TimeSpan.FromHours(71.5));
        var standing = (await other.Records.FindAsync(id)).Record;

        var amended = await other.Records.AmendAsync(
            id, standing, IdempotencyRecord.ReversalRequestedFlag | IdempotencyRecord.ReversalOwedFlag, Next);

        Assert.Equal(FencedKind.Done, amended.Kind);
        var record = (await instance.Records.FindAsync(id)).Record;
        Assert.True(record.ReversalRequested);
        Assert.True(record.ReversalOwed);
        Assert.Equal(other.Records.Instance, record.Owner);
        Assert.Equal(claim.Fence, record.Fence);
        Assert.Equal(Answer, record.Answer.ToArray());
        Assert.Equal(Next, record.ReversalData.ToArray());
        var left = await instance.Connection.Database.KeyTimeToLiveAsync(RedisIdempotencyStore.KeyOf(id));
        Assert.InRange(left!.Value, TimeSpan.FromHours(71), TimeSpan.FromHours(71.5));
    }

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task S9_Amend_OfARecordThatChangedSince_OrIsGone_ChangesNothing(string server)
    {
        await using var instance = await StartAsync(server);
        var id = ServiceInstance.NewTransactionId();
        var claim = (await ClaimAsync(instance, id)).Claim!;
        await instance.Records.CompleteAsync(claim, new FinalAnswer(Answer, Sealed));
        var read = (await instance.Records.FindAsync(id)).Record;
        Assert.Equal(FencedKind.Done, await instance.MarkReversedAsync(id));

        var stale = await instance.Records.AmendAsync(id, read, IdempotencyRecord.ReversalOwedFlag, default);

        Assert.Equal(FencedKind.LostClaim, stale.Kind);
        Assert.True(stale.Current.ReversalRequested);
        Assert.Equal(Sealed, (await instance.Records.FindAsync(id)).Record.ReversalData.ToArray());
        await instance.Connection.Database!.KeyDeleteAsync(RedisIdempotencyStore.KeyOf(id));
        var gone = await instance.Records.AmendAsync(id, read, 0, default);
        Assert.Equal(FencedKind.Gone, gone.Kind);
        Assert.Equal(FindKind.Absent, (await instance.Records.FindAsync(id)).Kind);
    }

    private static ValueTask<ClaimResult> ClaimAsync(ServiceInstance instance, string id) =>
        instance.Records.ClaimAsync(ServiceInstance.Request(id));

    private static async Task AssertLivesAsync(ServiceInstance instance, string id)
    {
        var left = await instance.Connection.Database!.KeyTimeToLiveAsync(RedisIdempotencyStore.KeyOf(id));
        Assert.NotNull(left);
        Assert.InRange(left.Value, TimeSpan.FromHours(71), TimeSpan.FromHours(72));
    }

    private async Task<ServiceInstance> StartAsync(string server) =>
        await ServiceInstance.StartAsync(await servers.AddressAsync(server, Token), Token);
}
