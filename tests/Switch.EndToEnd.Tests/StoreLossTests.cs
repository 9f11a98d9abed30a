using System.Net;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>S4: Redis loses its tail, or everything. What a terminal was told stays true.</summary>
public sealed class StoreLossTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Servers => RedisServerFixture.IsInstalled ? ["redis-server"] : [];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Servers))]
    public async Task S4_RedisComesBackEmpty_AnswersTombstonesAndClaimsAreBack(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var test = await StartAsync(redis);
        await using var other = await SecondAsync(test);
        var (approved, declined) = (Payments.Purchase(), Payments.Purchase(1251));
        var (reversedFirst, reversed) = (Payments.Purchase(), Payments.Purchase());
        var answers = new[] { await test.AuthorizeAsync(approved), await test.AuthorizeAsync(declined) };
        await test.AuthorizeAsync(reversed);
        Assert.Equal(ReversalState.Queued, (await ReverseAsync(test, reversed)).State);
        Assert.Equal(ReversalState.Tombstone, (await ReverseAsync(test, reversedFirst)).State);
        test.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1700ms } }");
        var inFlight = Payments.Purchase();
        var pending = test.AuthorizeAsync(inFlight);
        await test.OpenIntentsAsync(1);

        await redis.KillAsync();
        await redis.RestartAsync(Token);
        await ReadyAsync(test);
        await ReadyAsync(other);

        // At the other instance, whose memory knows nothing of them.
        var elsewhere = other.AuthorizeAsync(inFlight);
        foreach (var (request, first) in new[] { approved, declined }.Zip(answers))
        {
            var replayed = await other.AuthorizeAsync(request);
            Assert.True(replayed.Replayed);
            replayed.Replayed = false;
            Assert.Equal(first, replayed);
        }

        Assert.True((await ReverseAsync(other, reversed)).Replayed);
        Assert.True((await ReverseAsync(other, reversedFirst)).Replayed);
        var never = await other.AuthorizeAsync(reversedFirst);
        Assert.Equal((Outcome.Declined, DeclinedBy.Switch), (never.Outcome, never.DeclinedBy));
        var (here, there) = (await pending, await elsewhere);
        Assert.Equal(Outcome.Approved, there.Outcome);
        Assert.Equal(here.RetrievalReferenceNumber, there.RetrievalReferenceNumber);
        Assert.True(there.Replayed);
        Assert.Single(test.Sandbox.Alpha.Ledger.Find(here.RetrievalReferenceNumber));
        Assert.Equal(
            4, test.Sandbox.Alpha.Ledger.Entries().Count(entry => entry.Kind == LedgerKind.Debit));
        Assert.Equal(0, test.Sandbox.Alpha.Ledger.DuplicateSends);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Servers))]
    public async Task S4_RedisLosesItsLastWrites_TheyAreBack_AndTheOlderStand(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var test = await StartAsync(redis);
        var (old, changed, late) = (Payments.Purchase(), Payments.Purchase(), Payments.Purchase());
        var oldAnswer = await test.AuthorizeAsync(old);
        await test.AuthorizeAsync(changed);
        Assert.Equal("OK", await redis.SendAsync(["SAVE"], Token));
        // Lost: an answer, and that a payment was taken back.
        var lateAnswer = await test.AuthorizeAsync(late);
        Assert.Equal((ReversalState.Queued, false), StateOf(await ReverseAsync(test, changed)));

        await redis.KillAsync();
        await redis.RestartAsync(Token);
        await ReadyAsync(test);
        Assert.Equal("1", await redis.SendAsync(["EXISTS", $"cs:{{{oldAnswer.TransactionId}}}"], Token));

        Assert.Equal(oldAnswer.ApprovalCode, (await test.AuthorizeAsync(old)).ApprovalCode);
        var replayed = await test.AuthorizeAsync(late);
        Assert.Equal((true, lateAnswer.ApprovalCode), (replayed.Replayed, replayed.ApprovalCode));
        Assert.Equal(ReversalState.Queued, (await ReverseAsync(test, changed)).State);
        await Eventually.TrueAsync(
            () => test.Journal.PendingAdvices == 0, "the reversal is settled", Patience, Token);
        Assert.Equal(3, test.Sandbox.Alpha.Ledger.Entries().Count(entry => entry.Kind == LedgerKind.Debit));
        // That it was taken back is lost with the mark, so it is sent once more: the acquirer knows it by its numbers.
        var reversals = test.Sandbox.Alpha.Ledger.Entries().Where(entry => entry.Kind == LedgerKind.Reversal).ToList();
        Assert.Single(reversals.Select(entry => (entry.Rrn, entry.Stan, entry.OriginalData)).Distinct());
        Assert.Equal(2, test.Sandbox.Alpha.Ledger.UnreversedApprovals().Count);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Servers))]
    public async Task S4_AFlush_IsNoticedByItsCanary_ThoughNoConnectionWasLost(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var test = await StartAsync(redis);
        var request = Payments.Purchase();
        var answer = await test.AuthorizeAsync(request);
        var key = $"cs:{{{answer.TransactionId}}}";
        Assert.Equal("1", await redis.SendAsync(["EXISTS", key], Token));

        await redis.SendAsync(["FLUSHALL"], Token);

        await Eventually.TrueAsync(
            async () => await redis.SendAsync(["EXISTS", key], Token) == "1", "it is put back", Patience, Token);
        await ReadyAsync(test);
        var replayed = await test.AuthorizeAsync(request);
        Assert.Equal((true, answer.ApprovalCode), (replayed.Replayed, replayed.ApprovalCode));
        // For no longer than it had left to live.
        var leftMs = long.Parse(await redis.SendAsync(["PTTL", key], Token));
        Assert.InRange(leftMs, 1, (long)TimeSpan.FromHours(72).TotalMilliseconds);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Servers))]
    public async Task S9_ReversalWhileRedisIsDown_IsAccepted_AndCarriedOutWhenItReturns(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var test = await StartAsync(redis);
        var (known, unknown) = (Payments.Purchase(), Payments.Purchase());
        var answer = await test.AuthorizeAsync(known);
        await redis.KillAsync();
        await Eventually.TrueAsync(
            async () => await ReadinessAsync(test) != HttpStatusCode.OK, "unready", Patience, Token);

        Assert.Equal((ReversalState.Accepted, false), StateOf(await ReverseAsync(test, known)));
        Assert.Equal((ReversalState.Accepted, false), StateOf(await ReverseAsync(test, unknown)));
        Assert.Equal((ReversalState.Accepted, false), StateOf(await ReverseAsync(test, known)));
        Assert.Equal(2, test.Journal.ReadDeferredReversals(0, 10).Count);
        Assert.Empty(test.Journal.ReadAdvices());

        await redis.RestartAsync(Token);
        await Eventually.TrueAsync(
            () => test.Journal.ReadDeferredReversals(0, 10).Count == 0, "carried out", Patience, Token);
        var told = await test.EventsAsync(answer.TransactionId, "reversal_queued", "reversal_acknowledged");
        Assert.Equal(
            [ReversalReason.Cancelled, ReversalReason.Cancelled],
            told.Where(e => e.Type != TransactionEventType.Authorized).Select(e => e.ReversalReason));
        Assert.Empty(test.Sandbox.Alpha.Ledger.UnreversedApprovals());
        var never = await test.AuthorizeAsync(unknown);
        Assert.Equal((Outcome.Declined, DeclinedBy.Switch, false), (never.Outcome, never.DeclinedBy, never.Replayed));
        Assert.Equal((ReversalState.Queued, true), StateOf(await ReverseAsync(test, known)));
    }

    [Fact]
    public async Task S9_TheAnswerToATombstone_IsReplayed_AndToldOnce()
    {
        await using var test = await SwitchUnderTest.StartAsync();
        await using var other = await SecondAsync(test);
        var request = Payments.Purchase();
        Assert.Equal(ReversalState.Tombstone, (await ReverseAsync(test, request)).State);

        var first = await test.AuthorizeAsync(request);
        AuthorizeResponse[] repeats = [await test.AuthorizeAsync(request), await other.AuthorizeAsync(request)];

        Assert.Equal((Outcome.Declined, DeclinedBy.Switch, false), (first.Outcome, first.DeclinedBy, first.Replayed));
        foreach (var repeat in repeats)
        {
            Assert.True(repeat.Replayed);
            repeat.Replayed = false;
            Assert.Equal(first, repeat);
        }

        var changed = request.Clone();
        changed.Amount.AmountMinor++;
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (await test.RefusedAsync(changed)).Reason);
        Assert.Equal((ReversalState.Tombstone, true), StateOf(await ReverseAsync(test, request)));
        Assert.Single(await test.EventsAsync(first.TransactionId, "authorized"));
        Assert.Empty(test.Sandbox.Alpha.Ledger.Entries());
    }

    private static Task<SwitchUnderTest> StartAsync(RedisServerFixture redis) => SwitchUnderTest.StartAsync(
        new SandboxSettings
        {
            PreferFixedPorts = false,
            Redis = redis.Address,
            Logging = static _ => { },
            Configuration = SwitchUnderTest.Configured(
                ("Switch:Redis:PeerWait", "00:00:01"),
                ("Switch:Redis:HeartbeatInterval", "00:00:00.100"),
                ("Switch:Recovery:SweepInterval", "00:00:00.200")),
        },
        new LogCapture());

    private static Task<SwitchUnderTest> SecondAsync(SwitchUnderTest test) =>
        test.StartSecondAsync(
            ("Switch:Redis:PeerWait", "00:00:20"), ("Switch:Redis:HeartbeatInterval", "00:00:00.100"));

    private static async Task<ReverseResponse> ReverseAsync(SwitchUnderTest test, AuthorizeRequest request) =>
        await test.Client.ReverseAsync(Payments.ReverseOf(request), cancellationToken: Token);

    private static (ReversalState State, bool Replayed) StateOf(ReverseResponse response) =>
        (response.State, response.Replayed);

    private static Task ReadyAsync(SwitchUnderTest test) => Eventually.TrueAsync(
        async () => await ReadinessAsync(test) == HttpStatusCode.OK, "ready", Patience, Token);

    private static async Task<HttpStatusCode> ReadinessAsync(SwitchUnderTest test)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"{test.Sandbox.Management}/readyz"), Token);
        return response.StatusCode;
    }
}
