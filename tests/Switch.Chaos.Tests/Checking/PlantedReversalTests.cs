using Switch.Chaos.Checking;
using Switch.Contracts.V1;

namespace Switch.Chaos.Tests.Checking;

/// <summary>The same for what was taken back, or should have been.</summary>
public sealed class PlantedReversalTests
{
    [Fact]
    public void Checker_InDoubtAndNobodyWasEverTold_G4()
    {
        var records = Records.DeclinedLate();
        records.Ledger.Clear();
        records.Events.RemoveRange(1, 2);
        PlantedViolationTests.Found(records, "in_doubt_not_taken_back");
    }

    [Fact]
    public void Checker_InDoubtAndNeverSent_G4()
    {
        var records = Records.DeclinedLate();
        records.Ledger.Clear();
        records.Ledger.Add(Records.Reversal(1, original: null) with { ResponseCode = "25" });
        // Of another instance, to another acquirer, before, and long after: none of these can have lost it.
        records.WireBreaks.Add(Records.WireBreak("b", "alpha", 1.2, 1.2));
        records.WireBreaks.Add(Records.WireBreak("a", "beta", 1.2, 1.2));
        records.WireBreaks.Add(Records.WireBreak("a", "alpha", -2, -1.5));
        records.WireBreaks.Add(Records.WireBreak("a", "alpha", 5, 9));
        PlantedViolationTests.Found(records, "in_doubt_never_sent");
    }

    [Fact]
    public void Checker_UnclearAnswerThatNobodyGave_G4()
    {
        var records = Records.DeclinedLate();
        records.Ledger.Clear();
        records.Ledger.Add(Records.Reversal(1, original: null) with { ResponseCode = "25" });
        records.Events[1] = records.Events[1] with { Cause = ReversalCause.UnclearAnswer };
        records.WireBreaks.Add(Records.WireBreak("a", "alpha", 1.2, 1.2));
        PlantedViolationTests.Found(records, "in_doubt_never_sent");
    }

    [Theory]
    [InlineData(TransactionEventType.ReversalQueued, "no_reversal_queued_event")]
    [InlineData(TransactionEventType.ReversalAcknowledged, "no_reversal_acknowledged_event")]
    public void Checker_ReversalWithoutItsEvent_G3(TransactionEventType type, string rule)
    {
        var records = Records.DeclinedLate();
        records.Events.RemoveAll(e => e.Type == type);
        PlantedViolationTests.Found(records, rule);
    }

    [Fact]
    public void Checker_ReversalWithTheEventsOfAnotherAcquirer_G3()
    {
        var records = Records.DeclinedLate();
        for (var i = 1; i < records.Events.Count; i++) records.Events[i] = records.Events[i] with { Acquirer = "beta" };
        PlantedViolationTests.Found(
            records, "no_reversal_queued_event", "no_reversal_acknowledged_event", "in_doubt_never_sent");
    }

    [Fact]
    public void Checker_TwoAttemptsTakenBackAndOneTold_G3()
    {
        var records = Records.DeclinedLate();
        records.Ledger.Add(Records.Reversal(3, original: null) with
        {
            ResponseCode = "25",
            OriginalData = Records.OriginalData.Replace("000001", "000002", StringComparison.Ordinal),
        });
        PlantedViolationTests.Found(records, "no_reversal_queued_event", "no_reversal_acknowledged_event");
    }

    [Fact]
    public void Checker_ReversalOfNobody_G3()
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Reversal(2, original: null) with { Rrn = "BA9876543210", AmountMinor = 77 });
        PlantedViolationTests.Found(records, "stray_reversal");
    }

    [Fact]
    public void Checker_ParkedWithoutItsEvent_G4()
    {
        var records = Records.DeclinedLate();
        records.Events.Add(Records.ReversalEvent(TransactionEventType.ReversalParked));
        // Parked again after a person had resumed it: still one.
        records.Events.Add(records.Events[^1] with { EventId = "t1.reversal_parked.1795521600001" });
        records.Quiet = new QuietReport([], 2);
        PlantedViolationTests.Found(records, "parked_untold");
    }
}
