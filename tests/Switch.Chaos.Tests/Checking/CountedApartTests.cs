using Switch.Chaos.Checking;
using Switch.Contracts.V1;

namespace Switch.Chaos.Tests.Checking;

/// <summary>What lies outside a promise is counted apart: neither hidden nor held against the switch.</summary>
public sealed class CountedApartTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("a", 2, true)] // shortly after the answer, and the giver's
    [InlineData("b", 2, false)] // of one that was never asked
    [InlineData("a", 0, false)] // before it was asked
    [InlineData("a", 60, false)] // long after: it had the time to publish
    public void EventOnALostDisk_OnlyTheGiversSoonAfter_IsApart(string instance, int at, bool isApart)
    {
        var records = Records.Approved();
        records.Events.Clear();
        records.DiskLosses.Add(new DiskLoss(instance, at * Second));
        var verdict = records.Check();
        Assert.Equal(isApart, verdict.UnpublishedOnLostDisk.Count == 1);
        Assert.Equal(isApart, verdict.Violations.Count == 0);
    }

    [Theory]
    [InlineData(8, 20, 40, true)] // the store was not trusted, then the instance was down
    [InlineData(8, 50, 40, false)] // it was up and had the time to publish before it went down
    [InlineData(null, 20, 40, false)] // the store was there
    public void EventOnALostDisk_NobodyCouldPublishIt_IsApart(int? store, int down, int lost, bool isApart)
    {
        var records = Records.Approved();
        records.Events.Clear();
        if (store is { } at) records.StoreLosses.Add(new StoreLoss(at * Second, Second));
        records.Outages.Add(new Outage("a", down * Second, (down + 5) * Second));
        records.DiskLosses.Add(new DiskLoss("a", lost * Second));
        Assert.Equal(isApart, records.Check().UnpublishedOnLostDisk.Count == 1);
    }

    [Theory]
    [InlineData("a", 3, true)] // soon after the reversal had arrived there
    [InlineData("a", 0, true)] // while it was on its way
    [InlineData("b", 3, false)] // of one that did not send it
    [InlineData("a", 40, false)] // it had the time to publish
    public void AcknowledgementOnALostDisk_OnlyTheSendersSoonAfter_IsApart(string instance, int at, bool isApart)
    {
        var records = Records.DeclinedLate();
        records.Events.RemoveAll(static e => e.Type == TransactionEventType.ReversalAcknowledged);
        records.DiskLosses.Add(new DiskLoss(instance, at * Second));
        ApartOnDisk(records, isApart);
    }

    [Theory]
    [InlineData(8, true)] // whoever adopted it lost its disk too
    [InlineData(null, true)] // the sender's own
    [InlineData(60, false)] // it was adopted in time, and there was time to publish
    public void AcknowledgementOnALostDisk_Adopted_IsApart(int? adopters, bool isApart)
    {
        var records = Records.DeclinedLate();
        records.Events.RemoveAll(static e => e.Type == TransactionEventType.ReversalAcknowledged);
        if (adopters is { } at)
        {
            records.DiskLosses.Add(new DiskLoss("b", at * Second));
            records.Ledger[1] = records.Ledger[1] with { At = 10 * Second };
        }

        records.DiskLosses.Add(new DiskLoss("a", 2 * Second));
        ApartOnDisk(records, isApart);
    }

    [Theory]
    [InlineData("b", 3, true)] // nothing says who sent it: a sweep of any
    [InlineData("b", 40, false)] // it had the time to publish
    public void ReversalQueuedOnALostDisk_AnyonesSoonAfter_IsApart(string instance, int at, bool isApart)
    {
        var records = Records.DeclinedLate();
        records.Events.RemoveAll(static e => e.Type == TransactionEventType.ReversalQueued);
        records.DiskLosses.Add(new DiskLoss(instance, at * Second));
        ApartOnDisk(records, isApart);
    }

    [Fact]
    public void EventThatSaysOtherwise_DiskLost_IsNoExcuse()
    {
        var records = Records.Approved();
        records.Events[0] = records.Events[0] with { ResponseCode = "05" };
        records.DiskLosses.Add(new DiskLoss("a", 2 * Second));
        Assert.Equal("event_differs", Assert.Single(records.Check().Violations).Rule);
    }

    [Theory]
    [InlineData(20, 25, null, 30, true)]
    [InlineData(null, 25, null, 30, false)] // the journal still knew
    [InlineData(2, 4, 3, 30, true)] // the record was in the tail that Redis lost
    [InlineData(2, 4, 1, 30, false)] // it was older than the tail
    [InlineData(20, 25, null, 22, false)] // asked again when Redis still had it
    [InlineData(20, 17, null, 30, true)] // the disk was gone before it could be written again
    [InlineData(20, 4, null, 30, false)] // there was time to write it again
    public void BothCopiesLost_AskedAfterwards_IsApart(int? disk, int store, int? tail, int asked, bool isApart)
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit("beta"));
        records.Calls.Add(Records.Answered(Records.Approval() with { Replayed = true }, asked, "b"));
        if (disk is { } at) records.DiskLosses.Add(new DiskLoss("a", at * Second));
        records.StoreLosses.Add(new StoreLoss(store * Second, tail is { } seconds ? seconds * Second : null));
        Apart(records, 1, isApart);
    }

    [Theory]
    [InlineData(5, 8, true)]
    [InlineData(5, 18, true)] // what a lost disk owed is adopted only when its instance counts as gone
    [InlineData(5, 21, false)] // there was time to adopt it
    [InlineData(12, 5, false)] // there was time to write it again
    [InlineData(58, 60, false)] // in doubt for a minute: there was time to reverse
    public void BothCopiesLost_AttemptStillOpen_IsApart(int disk, int store, bool isApart)
    {
        var records = new Records();
        records.Calls.Add(Records.Answered(Records.Decline("68"), 1));
        records.Ledger.Add(Records.Debit());
        records.Events.Add(Records.EventOf(Records.Decline("68")));
        records.DiskLosses.Add(new DiskLoss("a", disk * Second));
        records.StoreLosses.Add(new StoreLoss(store * Second, null));
        Apart(records, 3, isApart);
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(null, false)] // the journal still knew
    public void BothCopiesLost_SentTwice_IsApart(int? disk, bool isApart)
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit(sequence: 2) with { DuplicateOf = 1, ApprovedMinor = 0 });
        records.Calls.Add(Records.Answered(Records.Approval() with { Replayed = true }, 30, "b"));
        if (disk is { } at) records.DiskLosses.Add(new DiskLoss("a", at * Second));
        records.StoreLosses.Add(new StoreLoss(25 * Second, null));
        Apart(records, 1, isApart);
    }

    [Theory]
    [InlineData("a", 10, 20, true)]
    [InlineData("a", 10, 12, false)] // it was back while the others waited for it
    [InlineData("b", 10, 20, false)] // another one was down: the one that knew was not
    [InlineData("a", 40, 20, false)] // asked when it was long back
    public void RedisEmptied_WhileTheOneThatKnowsIsDown_IsApart(string down, int asked, int back, bool isApart)
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit("beta"));
        records.Calls.Add(Records.Answered(Records.Approval() with { Replayed = true }, asked, "b"));
        records.StoreLosses.Add(new StoreLoss(9 * Second, null));
        records.Outages.Add(new Outage(down, 8 * Second, back * Second));
        Apart(records, 1, isApart);
    }

    [Theory]
    [InlineData(ReversalState.Accepted, "a", 30, true)]
    [InlineData(ReversalState.Accepted, "b", 30, false)] // another disk
    [InlineData(ReversalState.Accepted, "a", 1, false)] // the disk was lost before
    [InlineData(ReversalState.Queued, "a", 30, false)] // Redis knew of it: another instance has to adopt it
    public void ReversalAcceptedWhileRedisWasAway_ItsDiskLost_IsApart(
        ReversalState state, string disk, int lost, bool isApart)
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Reversed(state, 5) with { Instance = "a" });
        records.DiskLosses.Add(new DiskLoss(disk, lost * Second));
        Apart(records, 1, isApart);
    }

    [Theory]
    [InlineData(ReversalState.Accepted, 40, 43, true)] // looked into when the instances had waited for each other
    [InlineData(ReversalState.Accepted, 40, 60, false)] // there was time to look into it
    [InlineData(ReversalState.Queued, 40, 43, false)] // it was looked into at once
    public void ReversalAcceptedWhileRedisWasAway_BothCopiesLostBeforeItsTurn_IsApart(
        ReversalState state, int accepted, int store, bool isApart)
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Reversed(state, accepted) with { Instance = "b" });
        records.DiskLosses.Add(new DiskLoss("a", 20 * Second));
        records.StoreLosses.Add(new StoreLoss(store * Second, null));
        Apart(records, 1, isApart);
    }

    [Fact]
    public void Parked_ItsEventSaysSo_IsApart()
    {
        var records = new Records();
        records.Calls.Add(Records.Answered(Records.Decline("68"), 1));
        records.Ledger.Add(Records.Debit());
        records.Events.Add(Records.EventOf(Records.Decline("68")));
        var parked = TransactionEventType.ReversalParked;
        records.Events.Add(records.Events[0] with { EventId = "t1.parked", Type = parked });
        var verdict = records.Check();
        Assert.Empty(verdict.Violations);
        Assert.Equal(2, verdict.Parked.Count);
    }

    private static void ApartOnDisk(Records records, bool isApart)
    {
        var verdict = records.Check();
        Assert.Equal(isApart ? 1 : 0, verdict.UnpublishedOnLostDisk.Count);
        Assert.Equal(isApart ? 0 : 1, verdict.Violations.Count);
    }

    private static void Apart(Records records, int count, bool isApart)
    {
        var verdict = records.Check();
        Assert.Equal(isApart ? count : 0, verdict.OutsideConditions.Count);
        Assert.Equal(isApart ? 0 : count, verdict.Violations.Count);
    }
}
