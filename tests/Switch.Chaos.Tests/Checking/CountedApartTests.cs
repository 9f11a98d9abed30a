using Switch.Chaos.Checking;
using Switch.Contracts.V1;

namespace Switch.Chaos.Tests.Checking;

/// <summary>What lies outside the conditions of a promise is counted apart: neither hidden nor held against the switch.</summary>
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

    [Fact]
    public void EventThatSaysOtherwise_DiskLost_IsNoExcuse()
    {
        var records = Records.Approved();
        records.Events[0] = records.Events[0] with { ResponseCode = "05" };
        records.DiskLosses.Add(new DiskLoss("a", 2 * Second));
        Assert.Equal("event_differs", Assert.Single(records.Check().Violations).Rule);
    }

    [Theory]
    [InlineData(true, null, true)]
    [InlineData(false, null, false)] // the journal still knew
    [InlineData(true, 3, true)] // the record was in the tail that Redis lost
    [InlineData(true, 1, false)] // it was older than the tail
    public void BothCopiesLost_DiskAndRecord_IsApart(bool diskLost, int? tail, bool isApart)
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit("beta"));
        if (diskLost) records.DiskLosses.Add(new DiskLoss("a", 20 * Second));
        records.StoreLosses.Add(new StoreLoss(4 * Second, tail is { } seconds ? seconds * Second : null));
        var verdict = records.Check();
        Assert.Equal(isApart, verdict.OutsideConditions.Count == 1);
        Assert.Equal(isApart, verdict.Violations.Count == 0);
    }

    [Fact]
    public void Parked_ItsEventSaysSo_IsApart()
    {
        var records = new Records();
        records.Calls.Add(Records.Answered(Records.Decline("68"), 1));
        records.Ledger.Add(Records.Debit());
        records.Events.Add(Records.EventOf(Records.Decline("68")));
        records.Events.Add(records.Events[0] with { EventId = "t1.parked", Type = TransactionEventType.ReversalParked });
        var verdict = records.Check();
        Assert.Empty(verdict.Violations);
        Assert.Equal(2, verdict.Parked.Count);
    }
}
