using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Tests.Idempotency;
using Switch.Service.Tests.Journal;
using Switch.Testing;

namespace Switch.Service.Tests.Recovery;

/// <summary>S4: what an instance puts back after the store may have lost records, and what it leaves alone.</summary>
public sealed class PutBackTests(ITestOutputHelper output) : StoreGuardRig
{
    private const int PayloadBytes = 650;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private static readonly InstanceId Owner = InstanceId.Create(1);

    [Fact]
    public async Task S4_WhileItPutsBack_ItSaysThatItLives_AndOnlyThenThatItIsDone()
    {
        const int Count = 3_000;
        await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(KeepAsync));
        Guard();

        await Eventually.TrueAsync(
            async () => (await Store.PeersAsync())!.GetValueOrDefault(Own) == "", "it is at it",
            cancellationToken: Token);
        Assert.False(Store.IsTrusted);
        await TrustedAsync();
        Assert.NotEqual("", (await Store.PeersAsync())![Own]);
        Assert.Equal(FindKind.Found, (await Records.FindAsync(Steps.Id(Count - 1))).Kind);
        Assert.Equal(FindKind.Found, (await Records.FindAsync(Steps.Id(0))).Kind);
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

        var claim = (await Records.FindAsync(Steps.Id(1))).Record;
        Assert.Equal((RecordState.InFlight, 3UL), (claim.State, claim.Fence.Sequence));
        Assert.Equal(RecordState.Tombstone, (await Records.FindAsync(Steps.Id(2))).Record.State);
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

        var parked = Assert.Single(Harness.Journal.ReadAdvices());
        Assert.Equal((AdviceStates.Parked, "the records contradict"), (parked.State, parked.Reason));
        Assert.Equal(2UL, (await Records.FindAsync(Steps.Id(1))).Record.Fence.Sequence);
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
            JournalFault.None, await Harness.Journal.WriteAsync(new JournalStep { Outcome = outcome }));
    }
}
