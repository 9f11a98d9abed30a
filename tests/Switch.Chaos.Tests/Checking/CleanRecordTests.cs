using Switch.Contracts.V1;

namespace Switch.Chaos.Tests.Checking;

/// <summary>What is right passes: a checker that cries wolf is of no use.</summary>
public sealed class CleanRecordTests
{
    [Fact]
    public void Checker_ApprovedOnce_FindsNothing() => Clean(Records.Approved());

    [Fact]
    public void Checker_DeclinedAndReversed_FindsNothing() => Clean(Records.DeclinedLate());

    [Fact]
    public void Checker_RetriesAndReplays_FindsNothing()
    {
        var records = Records.Approved();
        records.Calls.Insert(0, Records.Refused("UNAVAILABLE", 0));
        records.Calls.Add(Records.Answered(Records.Approval() with { Replayed = true }, 3, "b"));
        Clean(records);
    }

    [Fact]
    public void Checker_TwoCallsAtOnce_NeitherNeedBeMarkedReplayed()
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Answered(Records.Approval(), 1.1, "b"));
        Clean(records);
    }

    [Fact]
    public void Checker_NotSentThenApproved_FindsNothing()
    {
        var records = Records.Approved();
        records.Calls.Insert(0, Records.Answered(Records.Decline("91"), 0));
        records.Events.Add(Records.EventOf(Records.Decline("91")));
        Clean(records);
    }

    [Fact]
    public void Checker_EventDeliveredTwice_FindsNothing()
    {
        var records = Records.Approved();
        records.Events.Add(records.Events[0]);
        Clean(records);
    }

    [Fact]
    public void Checker_ApprovedThenReversed_FindsNothing()
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Reversed(ReversalState.Queued, 2));
        records.Ledger[0] = Records.Debit() with { ReversedBy = 2 };
        records.Ledger.Add(Records.Reversal(2));
        records.Events.Add(Records.ReversalEvent(TransactionEventType.ReversalQueued));
        records.Events.Add(Records.ReversalEvent(TransactionEventType.ReversalAcknowledged));
        Clean(records);
    }

    [Fact]
    public void Checker_ReversalSentAgainAndRefusedInBetween_NeedsItsEventsOnce()
    {
        var records = Records.DeclinedLate();
        records.Ledger.Add(Records.Reversal(3) with { IsTurnedAway = true, Original = null, ResponseCode = "96" });
        records.Ledger.Add(Records.Reversal(4) with { DuplicateOf = 2 });
        Clean(records);
    }

    [Fact]
    public void Checker_TwoAttemptsTakenBack_EachHasItsEvents()
    {
        var records = Records.DeclinedLate();
        records.Ledger.Add(Records.Reversal(3, original: null) with
        {
            ResponseCode = "25",
            OriginalData = Records.OriginalData.Replace("000001", "000002", StringComparison.Ordinal),
        });
        foreach (var type in (TransactionEventType[])
            [TransactionEventType.ReversalQueued, TransactionEventType.ReversalAcknowledged])
            records.Events.Add(Records.ReversalEvent(type) with { EventId = $"t1.late_{type}.0badcafe" });
        Clean(records);
    }

    [Fact]
    public void Checker_OnlyItsReversalHasArrived_BelongsToItsPayment()
    {
        var records = Records.DeclinedLate();
        records.IsLostByAcquirers = true;
        records.Ledger.Clear();
        records.Ledger.Add(Records.Reversal(1, original: null) with { ResponseCode = "25" });
        Clean(records);
    }

    [Theory]
    [InlineData(0.5, 0.5)] // before it was sent, which the sender had not noticed
    [InlineData(1.1, 1.1)] // while it was on its way
    [InlineData(2.5, 2.5)] // before the acquirer can have read it for certain
    [InlineData(1.2, 9)] // long after, when the wire had held it back
    public void Checker_NoAnswerAndItsWireBroke_FindsNothing(double from, double at)
    {
        var records = Records.DeclinedLate();
        records.Ledger.Clear();
        records.Ledger.Add(Records.Reversal(1, original: null) with { ResponseCode = "25" });
        records.WireBreaks.Add(Records.WireBreak("a", "alpha", from, at));
        Clean(records);
    }

    [Fact]
    public void Checker_TakenOverAndNeverSent_FindsNothing()
    {
        var records = Records.DeclinedLate();
        records.Ledger.Clear();
        records.Ledger.Add(Records.Reversal(1, original: null) with { ResponseCode = "25" });
        records.Events[1] = records.Events[1] with { Cause = ReversalCause.Recovery };
        Clean(records);
    }

    [Fact]
    public void Checker_ReversedFirstAndDeclinedTwice_FindsNothing()
    {
        var records = new Records();
        var declined = Records.Decline("12", DeclinedBy.Switch);
        records.Calls.Add(Records.Reversed(ReversalState.Tombstone, 0));
        records.Calls.Add(Records.Answered(declined, 1));
        records.Calls.Add(Records.Answered(declined, 3));
        records.Events.Add(Records.EventOf(declined));
        Clean(records);
    }

    [Fact]
    public void Checker_ReversedWithoutAnAnswer_NeedsNone()
    {
        var records = new Records();
        records.Calls.Add(Records.Refused("CANCELLED", 0));
        records.Calls.Add(Records.Reversed(ReversalState.Queued, 1));
        records.Ledger.Add(Records.Debit() with { ReversedBy = 2 });
        records.Ledger.Add(Records.Reversal(2));
        records.Events.Add(Records.ReversalEvent(TransactionEventType.ReversalQueued));
        records.Events.Add(Records.ReversalEvent(TransactionEventType.ReversalAcknowledged));
        Clean(records);
    }

    [Fact]
    public void Checker_DeclinedElsewhereFirst_FindsNothing()
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit("beta") with { ResponseCode = "91", ApprovedMinor = 0, ApprovalCode = null });
        Clean(records);
    }

    private static void Clean(Records records)
    {
        var verdict = records.Check();
        Assert.Empty(verdict.Violations);
        Assert.Empty(verdict.OutsideConditions);
        Assert.Empty(verdict.UnpublishedOnLostDisk);
        Assert.Empty(verdict.Parked);
    }
}
