using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Service.Authorization;
using Switch.Service.Events;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;
using Switch.Service.Recovery;
using Switch.Service.Tests.Idempotency;
using Switch.Service.Tests.Journal;
using Switch.Service.Tests.Keys;
using Switch.Testing;

namespace Switch.Service.Tests.Recovery;

/// <summary>S4: who waits for whom after the store may have lost records; a real store and a real journal.</summary>
public sealed class StoreGuardTests(ITestOutputHelper output) : IAsyncDisposable
{
    private const int PayloadBytes = 650;
    private const ulong Peer = 0xBEEF;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PeerWait = TimeSpan.FromMilliseconds(300);
    private static readonly InstanceId Owner = InstanceId.Create(1);

    private readonly EmbeddedStore _redis = new();
    private readonly JournalHarness _harness = new();
    private readonly CancellationTokenSource _stopping = new();
    private ServiceInstance? _instance;
    private Task _guarding = Task.CompletedTask;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RedisIdempotencyStore Store => _instance!.Store;

    private ulong Own => _harness.Journal.Id;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _guarding;
        if (_instance is not null) await _instance.DisposeAsync();
        await _harness.DisposeAsync();
        _redis.Dispose();
        _stopping.Dispose();
    }

    [Fact]
    public async Task S4_APeerThatIsAtIt_IsWaitedForBeyondTheWaitForTheSilent()
    {
        await StartAsync();
        await Store.AnnounceAsync(Peer, "", Life);
        Guard();
        var identity = await OwnIdentityAsync();

        var started = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            () =>
            {
                Assert.False(Store.IsTrusted);
                return TimeProvider.System.GetElapsedTime(started) > 3 * PeerWait;
            },
            "three waits pass", cancellationToken: Token);

        await Store.AnnounceAsync(Peer, identity, Life);
        await TrustedAsync();
    }

    [Fact]
    public async Task S4_APeerThatGivesNoSignOfLife_IsWaitedForOnce()
    {
        await StartAsync();
        await _harness.Journal.SetStoreNoteAsync($"another|{Peer:x16}");
        var started = TimeProvider.System.GetTimestamp();
        Guard();
        await OwnIdentityAsync();
        await TrustedAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= PeerWait);
        Assert.DoesNotContain(Peer, (await Store.PeersAsync())!.Keys);
    }

    [Fact]
    public async Task S4_ANewConnectionToTheSameStore_DoesNotBeginTheWaitAnew()
    {
        var wait = TimeSpan.FromSeconds(3);
        var step = TimeSpan.FromMilliseconds(10);
        var time = new FakeTimeProvider();
        await StartAsync();
        await _harness.Journal.SetStoreNoteAsync($"another|{Peer:x16}");
        Guard(time, wait);
        await OwnIdentityAsync();

        var (waited, isCut) = (TimeSpan.Zero, false);
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(step);
                waited += step;
                if (!isCut && waited >= wait * 0.9) Store.Distrust();
                isCut = waited >= wait * 0.9;
                return Store.IsTrusted;
            },
            "trusted", TimeSpan.FromMinutes(1), Token);

        Assert.InRange(waited, wait * 0.9, wait * 1.8);
    }

    [Fact]
    public async Task S4_WhileItPutsBack_ItSaysThatItLives_AndOnlyThenThatItIsDone()
    {
        const int Records = 3_000;
        await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Records).Select(KeepAsync));
        Guard();

        await Eventually.TrueAsync(
            async () => (await Store.PeersAsync())!.GetValueOrDefault(Own) == "", "it is at it",
            cancellationToken: Token);
        Assert.False(Store.IsTrusted);
        await TrustedAsync();
        Assert.NotEqual("", (await Store.PeersAsync())![Own]);
        Assert.Equal(FindKind.Found, (await _instance!.Records.FindAsync(Steps.Id(Records - 1))).Kind);
        Assert.Equal(FindKind.Found, (await _instance.Records.FindAsync(Steps.Id(0))).Kind);
    }

    /// <summary>Prints how long it takes; set <c>SWITCH_PUT_BACK_RECORDS</c> for another number.</summary>
    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(RespServers.RealOnly), MemberType = typeof(RespServers))]
    public async Task S4_AJournalOfManyPages_IsPutBackWhole(string server)
    {
        const int Batch = 5_000;
        Assert.NotEmpty(server);
        var records = int.Parse(
            Environment.GetEnvironmentVariable("SWITCH_PUT_BACK_RECORDS") ?? "10000", CultureInfo.InvariantCulture);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await StartAsync(redis.Address);
        for (var first = 0; first < records; first += Batch)
            await Task.WhenAll(Enumerable.Range(first, Math.Min(Batch, records - first)).Select(KeepAsync));
        var started = TimeProvider.System.GetTimestamp();
        Guard();
        await Eventually.TrueAsync(() => Store.IsTrusted, "trusted", TimeSpan.FromMinutes(10), Token);
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{records} records in {seconds:0.0} s: {records / seconds:0} a second"));
        Assert.Equal($"{records}", await redis.SendAsync(["EVAL", "return #redis.call('keys','cs:{0*')", "0"], Token));
    }

    [Fact]
    public async Task S4_OfATransaction_OnlyItsNewestRowIsPutBack_HoweverManyLieBetween()
    {
        const int Between = 600;
        await StartAsync();
        await KeepAsync(1, Final(1, fence: 1), isSettled: false);
        await KeepAsync(2, RecordEncoder.Tombstone(new Fence(2, 2), Owner, 0), isSettled: true);
        await Task.WhenAll(Enumerable.Range(10, Between).Select(KeepAsync));
        // In place of the first, by who took the claim over, and not known to stand either.
        await KeepAsync(1, Final(1, fence: 3), isSettled: false);
        // The answer to the tombstone, of which nobody was told.
        await KeepAsync(2, Final(2, fence: 4, flags: IdempotencyRecord.TombstonedFlag), isSettled: false);
        Guard();
        await TrustedAsync();

        var claim = (await _instance!.Records.FindAsync(Steps.Id(1))).Record;
        Assert.Equal((RecordState.InFlight, 3UL), (claim.State, claim.Fence.Sequence));
        Assert.Equal(RecordState.Tombstone, (await _instance.Records.FindAsync(Steps.Id(2))).Record.State);
    }

    [Fact]
    public async Task S4_WhatATerminalWasTold_AndTheStoreContradicts_WaitsForAPerson()
    {
        await StartAsync();
        var attempt = new AttemptRecord
        {
            Draft = new TransactionEvent
            {
                TransactionId = Steps.Id(1),
                RootTransactionId = Steps.Id(1),
                RetrievalReferenceNumber = ServiceInstance.Rrn,
            },
            Acquirer = "alpha",
            Stan = 1,
            TransmissionDateTime = "1124101112",
        };
        var data = new ReversalRecord { Original = attempt }.ToByteArray();
        await KeepAsync(1, Final(1, fence: 1, data), isSettled: true);
        await Store.RestoreAsync(Steps.Id(1), Final(1, fence: 2), Life, overInFlight: false);
        Guard();
        await TrustedAsync();

        var parked = Assert.Single(_harness.Journal.ReadAdvices());
        Assert.Equal((AdviceStates.Parked, "the records contradict"), (parked.State, parked.Reason));
        Assert.Equal(2UL, (await _instance!.Records.FindAsync(Steps.Id(1))).Record.Fence.Sequence);
    }

    private async Task StartAsync(string? address = null) =>
        _instance = await ServiceInstance.StartAsync(address ?? _redis.Address, Token, trusts: false);

    private void Guard(TimeProvider? clock = null, TimeSpan? peerWait = null)
    {
        var options = new SwitchOptions();
        options.Redis.PeerWait = peerWait ?? PeerWait;
        options.Redis.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        var keys = KeyFiles.Ring();
        var time = clock ?? TimeProvider.System;
        var events = new TransactionEvents(new CardTokenizer(keys), time);
        var late = new LateReversals(
            new Outcomes(events, new TransactionIdentity(keys), time), _harness.Journal,
            NullLogger<LateReversals>.Instance);
        var index = new OpenClaimIndex(Store, _instance!.Coordinator, options.Recovery, time);
        var putBack = new PutBack(
            Store, index, late, _harness.Journal, Options.Create(options.Redis), time, NullLogger<PutBack>.Instance);
        var guard = new StoreGuard(
            Store, _harness.Journal, putBack, options, time, NullLogger<StoreGuard>.Instance);
        _guarding = guard.RunAsync(_stopping.Token);
    }

    private Task KeepAsync(int number) => KeepAsync(number, Final(number, fence: 1), isSettled: true);

    private static byte[] Final(int number, ulong fence, byte[]? reversalData = null, byte flags = 0)
    {
        var claim = new Claim(Steps.Id(number), 1, new Fence(fence, 2), 0, "alpha", ServiceInstance.Rrn);
        return RecordEncoder.Final(claim, Owner, new FinalAnswer(new byte[PayloadBytes], reversalData, flags));
    }

    private async Task KeepAsync(int number, byte[] record, bool isSettled)
    {
        var atMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var outcome = new OutcomeRow(Steps.Id(number), atMs, record, isSettled);
        Assert.Equal(
            JournalFault.None, await _harness.Journal.WriteAsync(new JournalStep { Outcome = outcome }));
    }

    private async Task<string> OwnIdentityAsync()
    {
        var identity = "";
        await Eventually.TrueAsync(
            async () => (identity = (await Store.PeersAsync())!.GetValueOrDefault(Own) ?? "") != "",
            "it has put back what it holds", cancellationToken: Token);
        return identity;
    }

    private Task TrustedAsync() => Eventually.TrueAsync(() => Store.IsTrusted, "trusted", cancellationToken: Token);
}
