using Grpc.Core;
using Microsoft.Data.Sqlite;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>S8: the process is killed between two steps. Its restart ends what it left, or who meets it.</summary>
public sealed class CrashTests
{
    private static readonly Scenario Silent = Scenario.Parse("rules: [{ when: { amount: 1290 }, then: silent }]");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Servers => RedisServerFixture.IsInstalled ? ["redis-server"] : [];

    [Fact]
    public async Task S8_KilledBetweenSendAndReply_TheRestartReversesOnce_AndTheRetryGets68()
    {
        using var store = new EmbeddedStore();
        await using var service = await ServiceProcess.CreateAsync(store.Address);
        await service.StartAsync();
        service.Alpha.Scenario = Silent;
        var request = Payments.Purchase();
        var lost = service.Begin(request);
        await service.AtAlphaAsync(1);
        await service.KillAsync();
        await Assert.ThrowsAsync<RpcException>(() => lost);
        Assert.Equal(1, CountOf(service.JournalPath, "intent"));
        service.Alpha.Scenario = Scenario.ApproveAll;

        await service.StartAsync();
        // Ready means that nothing from before is open any more.
        var retry = await service.Begin(request);

        Assert.Equal(
            (Outcome.Declined, "68", true), (retry.Outcome, retry.ResponseCode, retry.Replayed));
        var events = await service.EventsAsync(
            retry.TransactionId, "authorized", "reversal_queued", "reversal_acknowledged");
        Assert.Equal(
            [
                TransactionEventType.Authorized, TransactionEventType.ReversalQueued,
                TransactionEventType.ReversalAcknowledged,
            ],
            events.Select(e => e.Type));
        Assert.Equal(ReversalCause.Recovery, events[1].ReversalCause);
        Assert.Empty(service.Alpha.Ledger.UnreversedApprovals());
        var entries = service.Alpha.Ledger.Find(retry.RetrievalReferenceNumber);
        Assert.Equal([LedgerKind.Debit, LedgerKind.Reversal], entries.Select(entry => entry.Kind));
        Assert.Empty(service.Beta.Ledger.Entries());

        // Once: another restart finds nothing to do.
        await service.KillAsync();
        Assert.Equal(0, CountOf(service.JournalPath, "intent"));
        await service.StartAsync();
        Assert.Equal(2, service.Alpha.Ledger.Find(retry.RetrievalReferenceNumber).Count);
    }

    [Fact]
    public async Task S8_KilledTogetherWithItsDisk_TheRetryElsewhereTakesOver_AndReverses()
    {
        using var store = new EmbeddedStore();
        await using var service = await ServiceProcess.CreateAsync(
            store.Address,
            ("Switch:Redis:Lease", "00:00:06"),
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:05"),
            ("Switch:Acquirers:beta:ReplyTimeout", "00:00:05"));
        await service.StartAsync();
        service.Alpha.Scenario = Silent;
        var request = Payments.Purchase();
        var lost = service.Begin(request);
        await service.AtAlphaAsync(1);
        await service.KillAsync();
        await Assert.ThrowsAsync<RpcException>(() => lost);
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(service.JournalPath)!, "journal.db*"))
            File.Delete(file);
        service.Alpha.Scenario = Scenario.ApproveAll;

        // Another instance in all but its keys: it has a new journal, and knows of nothing.
        await service.StartAsync();
        var retry = await service.Begin(request);

        Assert.Equal((Outcome.Declined, "68"), (retry.Outcome, retry.ResponseCode));
        var events = await service.EventsAsync(retry.TransactionId, "authorized", "reversal_acknowledged");
        var queued = events.Single(e => e.Type == TransactionEventType.ReversalQueued);
        Assert.Equal(ReversalCause.Recovery, queued.ReversalCause);
        Assert.Empty(service.Alpha.Ledger.UnreversedApprovals());
        Assert.True((await service.Begin(request)).Replayed);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Servers))]
    public async Task S8_KilledBetweenOutcomeAndCompletion_TheRestartCompletesAndPublishes(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var service = await ServiceProcess.CreateAsync(redis.Address);
        await service.StartAsync();
        service.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1s } }");
        var request = Payments.Purchase();
        var lost = service.Begin(request);
        await service.AtAlphaAsync(1);
        await redis.KillAsync();
        await Eventually.TrueAsync(
            () => CountOf(service.JournalPath, "outcome") == 1, "the outcome is journalled",
            cancellationToken: Token);

        // Nobody knows whether it stands, so nobody is told: no terminal, and no consumer.
        Assert.False(lost.IsCompleted);
        Assert.Equal(1, CountOf(service.JournalPath, "outbox"));
        await service.KillAsync();
        await Assert.ThrowsAsync<RpcException>(() => lost);
        Assert.Equal(1, CountOf(service.JournalPath, "outbox"));
        Assert.Equal(0, CountOf(service.JournalPath, "intent"));

        await redis.RestartAsync(Token);
        await service.StartAsync();
        var retry = await service.Begin(request);

        Assert.Equal((Outcome.Approved, true), (retry.Outcome, retry.Replayed));
        var e = Assert.Single(await service.EventsAsync(retry.TransactionId, "authorized"));
        Assert.Equal(retry.ApprovalCode, e.ApprovalCode);
        Assert.Single(service.Alpha.Ledger.UnreversedApprovals(retry.RetrievalReferenceNumber));
        Assert.Single(service.Alpha.Ledger.Entries());
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Servers))]
    public async Task S4_APeerThatIsAlive_IsWaitedFor_UntilItHasPutItsRecordsBack(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var peer = await ServiceProcess.CreateAsync(redis.Address);
        await peer.StartAsync();
        var request = Payments.Purchase();
        var answer = await peer.Begin(request);
        await using var service = await ServiceProcess.CreateAsync(
            redis.Address, ("Switch:Redis:PeerWait", "00:01:00"), ("Switch:Redis:HeartbeatInterval", "00:00:00.100"));
        await service.StartAsync();
        Assert.Equal(System.Net.HttpStatusCode.OK, await service.ReadinessAsync());
        await PeersAsync(redis, 2);
        Assert.Equal(Outcome.Approved, (await service.Begin(Payments.Purchase())).Outcome);

        // It holds an answer that a terminal has seen, and cannot say so now.
        await peer.SignalAsync("STOP");
        await redis.KillAsync();
        await redis.RestartAsync(Token);
        await PeersAsync(redis, 1);
        var refused = await Assert.ThrowsAsync<RpcException>(() => service.Begin(Payments.Purchase()));
        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.NotEqual(System.Net.HttpStatusCode.OK, await service.ReadinessAsync());
        Assert.Single(service.Alpha.Ledger.Entries());
        await peer.SignalAsync("CONT");
        await ReadyAsync(service);

        Assert.Equal("1", await redis.SendAsync(["EXISTS", $"cs:{{{answer.TransactionId}}}"], Token));

        // Who has left in good order still has the only copy of what it answered.
        await peer.StopAsync();
        await redis.KillAsync();
        await redis.RestartAsync(Token);
        await PeersAsync(redis, 1);
        await Assert.ThrowsAsync<RpcException>(() => service.Begin(Payments.Purchase()));
        await peer.StartAsync();
        await ReadyAsync(service);
        Assert.Equal("1", await redis.SendAsync(["EXISTS", $"cs:{{{answer.TransactionId}}}"], Token));
        Assert.Equal(Outcome.Approved, (await service.Begin(Payments.Purchase())).Outcome);
    }

    private static Task PeersAsync(RedisServerFixture redis, int count) => Eventually.TrueAsync(
        async () => await redis.SendAsync(["SCARD", "cs:{peers}"], Token) == $"{count}",
        $"{count} instances alive", TimeSpan.FromSeconds(20), Token);

    private static Task ReadyAsync(ServiceProcess service) => Eventually.TrueAsync(
        async () => await service.ReadinessAsync() == System.Net.HttpStatusCode.OK, "ready",
        TimeSpan.FromSeconds(30), Token);

    private static long CountOf(string journal, string table)
    {
        using var connection = new SqliteConnection($"Data Source={journal};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }
}
