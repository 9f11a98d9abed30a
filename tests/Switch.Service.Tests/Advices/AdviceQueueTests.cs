using Switch.Routing;
using Switch.Service.Acquirers;
using Switch.Service.Journal;
using Switch.Service.Tests.Journal;

namespace Switch.Service.Tests.Advices;

/// <summary>What the queue makes durable, and when (S6, S8).</summary>
public sealed class AdviceQueueTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S6_TheJournalKnowsOfTheFirstTransmission_BeforeItsFirstByte()
    {
        await using var rig = new AdviceRig();
        var triesAtSend = new List<int>();
        rig.Acquirer.Answer = (number, _) =>
        {
            triesAtSend.Add(rig.Row(1)!.Tries);
            return ValueTask.FromResult(
                number < 3 ? ReversalResult.SentUnknown("timed_out") : ReversalResult.Replied("00"));
        };
        await rig.OweAsync(1);
        rig.Start();

        await rig.UntilAsync(() => rig.Row(1) is null, "settled");

        Assert.Equal([1, 1, 2], triesAtSend);
        Assert.Equal([false, true, true], rig.Acquirer.Sent.Select(sent => sent.IsRepeat));
    }

    [Fact]
    public async Task S6_FirstTransmissionThatIsNotJournalled_IsNotSent()
    {
        await using var rig = new AdviceRig();
        var refused = 0;
        await rig.OweAsync(1);
        rig.Start(step => step.UpdateAdvice is not null && Interlocked.Increment(ref refused) > 0
            ? JournalFault.Failing
            : JournalFault.None);

        await rig.UntilAsync(() => Volatile.Read(ref refused) > 5, "refused again and again");

        Assert.Empty(rig.Acquirer.Sent);
        rig.Refusing.Refuse = static _ => JournalFault.None;
        await rig.UntilAsync(() => rig.Row(1) is null, "settled");
        Assert.False(Assert.Single(rig.Acquirer.Sent).IsRepeat);
    }

    [Fact]
    public async Task S8_CrashWhileAFirstTransmissionIsOut_TheNextIsARepeat()
    {
        await using var rig = new AdviceRig();
        var answered = new TaskCompletionSource<ReversalResult>();
        rig.Acquirer.Answer = (number, _) =>
            number == 1 ? new(answered.Task) : ValueTask.FromResult(ReversalResult.Replied("00"));
        await rig.OweAsync(1);
        rig.Start();
        await rig.UntilAsync(() => rig.Acquirer.Sent.Count == 1, "sent");
        await rig.StopAsync();
        await rig.Journal.ReopenAsync();

        rig.Start();
        await rig.UntilAsync(() => rig.Row(1) is null, "settled");

        Assert.Equal([false, true], rig.Acquirer.Sent.Select(sent => sent.IsRepeat));
    }

    [Fact]
    public async Task S6_NothingLeft_CostsNoTry_AndTheNextIsStillTheFirst()
    {
        await using var rig = new AdviceRig(options: new AdviceOptions { TriesMax = 1 });
        rig.Acquirer.Answer = (number, _) => ValueTask.FromResult(
            number < 30 ? ReversalResult.NotSent("queue_full") : ReversalResult.Replied("00"));
        await rig.OweAsync(1);
        rig.Start();

        await rig.UntilAsync(() => rig.Row(1) is null, "settled");

        Assert.All(rig.Acquirer.Sent, sent => Assert.False(sent.IsRepeat));
        Assert.Equal(30, rig.Acquirer.Sent.Count);
    }

    [Fact]
    public async Task S6_LinkDown_NothingIsTried_ThenAllOfIt()
    {
        await using var rig = new AdviceRig();
        rig.Acquirer.Status = CandidateStatus.LinkDown;
        for (var i = 1; i <= 50; i++) await rig.OweAsync(i);
        rig.Start();
        await rig.UntilAsync(() => rig.Queue.Book.Count.Pending == 50, "read");
        for (var i = 0; i < 1000; i++) rig.Journal.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(rig.Acquirer.Sent);

        rig.Acquirer.Status = CandidateStatus.Available;
        await rig.UntilAsync(() => rig.Journal.Journal.PendingAdvices == 0, "all settled");

        Assert.Equal(50, rig.Acquirer.Sent.Count);
        await rig.UntilAsync(() => rig.Settled.Count == 50, "told of each, though the first told failed");
    }

    [Fact]
    public async Task OutboxFull_WhatTheAcquirerSettled_IsWrittenLater_AndNotSentAgain()
    {
        await using var rig = new AdviceRig(options => options.OutboxRowsMax = 4);
        for (var i = 10; i < 14; i++)
            Assert.Equal(JournalFault.None, await rig.Journal.Journal.WriteAsync(Steps.Announce(i)));
        await rig.OweAsync(1);
        rig.Start();
        await rig.UntilAsync(() => rig.Acquirer.Sent.Count == 1, "sent");
        for (var i = 0; i < 100; i++) rig.Journal.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.NotNull(rig.Row(1));

        var events = await rig.Journal.Journal.ReadOutboxAsync(0, 10, Cancel);
        await rig.Journal.Journal.RemovePublishedAsync(events);
        await rig.UntilAsync(() => rig.Row(1) is null, "closed");

        Assert.Single(rig.Acquirer.Sent);
        var written = Assert.Single(await rig.Journal.Journal.ReadOutboxAsync(0, 10, Cancel));
        Assert.Equal("reversal_acknowledged", written.Type);
    }

    [Fact]
    public async Task S6_OneStuckAdvice_DelaysNoOther()
    {
        await using var rig = new AdviceRig(options: new AdviceOptions { Window = 2 });
        var never = new TaskCompletionSource<ReversalResult>();
        rig.Acquirer.Answer = (_, reversal) => reversal.Original.Draft.TransactionId == Steps.Id(1)
            ? new(never.Task)
            : ValueTask.FromResult(ReversalResult.Replied("00"));
        for (var i = 1; i <= 40; i++) await rig.OweAsync(i);
        rig.Start();

        await rig.UntilAsync(() => rig.Journal.Journal.PendingAdvices == 1, "all but the stuck one");

        Assert.NotNull(rig.Row(1));
    }

    [Fact]
    public async Task ParkedAdvice_ThatAnotherTookThePlaceOf_IsNoMore_AndTheOtherIsSent()
    {
        await using var rig = new AdviceRig();
        rig.Acquirer.Answer = static (number, _) =>
            ValueTask.FromResult(ReversalResult.Replied(number == 1 ? "05" : "00"));
        await rig.OweAsync(1);
        rig.Start();
        await rig.UntilAsync(() => rig.Row(1)!.State == AdviceStates.Parked, "parked");

        var parked = rig.Row(1)!;
        var late = AdviceRig.Advice(1) with { AdviceId = $"{Steps.Id(1)}.late_reversal.{parked.Attempt}" };
        var step = new JournalStep { Advice = late, ReplaceAdvice = parked.AdviceId };
        Assert.Equal(JournalFault.None, await rig.Journal.Journal.WriteAsync(step));

        await rig.UntilAsync(() => rig.Journal.Journal.PendingAdvices == 0, "the late one is settled");
        Assert.Equal(2, rig.Acquirer.Sent.Count);
    }

    [Fact]
    public async Task AcquirerThatIsNotConfigured_IsParked()
    {
        await using var rig = new AdviceRig();
        await rig.OweAsync(1, "gone");
        rig.Start();

        await rig.UntilAsync(() => rig.Row(1)!.State == AdviceStates.Parked, "parked");

        Assert.Equal(("acquirer_unknown", 0), (rig.Row(1)!.Reason, rig.Row(1)!.Tries));
    }

    [Fact]
    public async Task RecordThatCannotBeRead_IsParked_AndSoIsNotDropped()
    {
        await using var rig = new AdviceRig();
        var broken = Steps.Advice(1) with { Detail = new byte[] { 0xFF, 0xFF }, NextAttemptAtMs = 0 };
        Assert.Equal(JournalFault.None, await rig.Journal.Journal.WriteAsync(new JournalStep { Advice = broken }));
        rig.Start();

        await rig.UntilAsync(() => rig.Row(1)!.State == AdviceStates.Parked, "parked");

        Assert.Equal("record_not_readable", rig.Row(1)!.Reason);
        Assert.Empty(rig.Acquirer.Sent);
    }

    [Fact]
    public async Task WallClockSetBack_DelaysNothingLongerThanTheLongestPause()
    {
        await using var rig = new AdviceRig();
        var row = AdviceRig.Advice(1) with { NextAttemptAtMs = long.MaxValue / 2 };
        Assert.Equal(JournalFault.None, await rig.Journal.Journal.WriteAsync(new JournalStep { Advice = row }));
        rig.Start();
        var started = rig.Journal.Time.GetTimestamp();

        await rig.UntilAsync(() => rig.Row(1) is null, "settled", TimeSpan.FromSeconds(5));

        Assert.InRange(
            rig.Journal.Time.GetElapsedTime(started), TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(5),
            TimeSpan.FromMinutes(30));
    }
}
