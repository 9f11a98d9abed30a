using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

/// <summary>
/// A completion writes before it knows whether it may, and puts back what stood: nobody else may ever see it between.
/// </summary>
public sealed class CompletionRaceTests(RespServers servers)
{
    private const int Rounds = 50;
    private const int AtOnce = 8;
    private static readonly byte[] Lost = [1, 1, 1];
    private static readonly byte[] Won = [2, 2];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Complete_ByALostClaim_IsNeverSeen(string server)
    {
        var address = await servers.AddressAsync(server, Token);
        await using var loser = await ServiceInstance.StartAsync(address, Token);
        await using var winner = await ServiceInstance.StartAsync(address, Token);
        var id = ServiceInstance.NewTransactionId();
        var lost = (await loser.Records.ClaimAsync(ServiceInstance.Request(id, 1))).Claim!;
        var standing = (await loser.Records.FindAsync(id)).Record;
        var won = (await winner.Records.TakeOwnAsync(id, standing)).Claim!;

        for (var round = 0; round < Rounds; round++)
        {
            var completions = Enumerable.Range(0, AtOnce)
                .Select(_ => loser.Records.CompleteAsync(lost, new FinalAnswer(Lost)).AsTask()).ToArray();
            var reads = Enumerable.Range(0, AtOnce)
                .Select(_ => winner.Records.FindAsync(id).AsTask()).ToArray();
            Assert.All(await Task.WhenAll(reads), found => Assert.Equal(won.Fence, found.Record.Fence));
            Assert.All(await Task.WhenAll(completions), static done => Assert.Equal(FencedKind.LostClaim, done.Kind));
        }

        var late = loser.Records.CompleteAsync(lost, new FinalAnswer(Lost)).AsTask();
        Assert.Equal(FencedKind.Done, (await winner.Records.CompleteAsync(won, new FinalAnswer(Won))).Kind);
        Assert.Equal(FencedKind.LostClaim, (await late).Kind);
        Assert.Equal(Won, (await winner.Records.FindAsync(id)).Record.Answer.ToArray());
    }
}
