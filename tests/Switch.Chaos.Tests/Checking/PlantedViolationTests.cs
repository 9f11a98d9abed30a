using Switch.Chaos.Checking;
using Switch.Contracts.V1;

namespace Switch.Chaos.Tests.Checking;

/// <summary>Each kind of broken promise, planted in records that are right otherwise, is found.</summary>
public sealed class PlantedViolationTests
{
    [Fact]
    public void Checker_ApprovedAtBothAcquirers_G1()
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit("beta"));
        Found(records, "two_approvals_stand");
    }

    [Fact]
    public void Checker_ApprovedTwiceAtOne_G1()
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit(sequence: 2) with { Rrn = "BA9876543210" });
        Found(records, "two_approvals_stand", "two_rrns");
    }

    [Theory]
    [InlineData("000001")] // the very message
    [InlineData("000002")] // made afresh for the same payment
    public void Checker_SentTwiceToOne_G1(string stan)
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit(sequence: 2) with { DuplicateOf = 1, ApprovedMinor = 0, Stan = stan });
        // Redis lost its data, and the journal still knew: that is no reason.
        records.StoreLosses.Add(new StoreLoss(TimeSpan.FromSeconds(1.2), null));
        Found(records, "sent_twice");
    }

    [Theory]
    [InlineData("68")]
    [InlineData("51")]
    public void Checker_DeclinedButStands_G1AndG4(string code)
    {
        var records = new Records();
        records.Calls.Add(Records.Answered(Records.Decline(code), 1));
        records.Ledger.Add(Records.Debit());
        records.Events.Add(Records.EventOf(Records.Decline(code)));
        string[] rules = ["declined_but_stands", "in_doubt_not_reversed"];
        Found(records, code == "68" ? [.. rules, "in_doubt_not_taken_back"] : rules);
    }

    [Theory]
    [InlineData(ReversalState.Queued)]
    [InlineData(ReversalState.NothingToReverse)]
    [InlineData(ReversalState.Tombstone)]
    public void Checker_ReversalAcceptedButStands_G1(ReversalState state)
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Reversed(state, 2));
        Found(records, "reversed_but_stands");
    }

    [Fact]
    public void Checker_ReversedWithoutAnswerButStands_G1AndG4()
    {
        var records = new Records();
        records.Calls.Add(Records.Refused("CANCELLED", 0));
        records.Calls.Add(Records.Reversed(ReversalState.Tombstone, 1));
        records.Ledger.Add(Records.Debit());
        Found(records, "reversed_but_stands", "in_doubt_not_reversed");
    }

    [Fact]
    public void Checker_ApprovedButReversedBehindTheTerminal_G1()
    {
        var records = Records.Approved();
        records.Ledger[0] = Records.Debit() with { ReversedBy = 2 };
        records.Ledger.Add(Records.Reversal(2));
        Found(
            records, "approved_but_missing", "no_reversal_queued_event", "no_reversal_acknowledged_event");
    }

    [Fact]
    public void Checker_ApprovedButNeverSent_G1()
    {
        var records = Records.Approved();
        records.Ledger.Clear();
        Found(records, "approved_but_missing");
    }

    [Fact]
    public void Checker_AnotherAmountInTheBooks_G1()
    {
        var records = Records.Approved();
        records.Ledger[0] = Records.Debit() with { ApprovedMinor = 500 };
        Found(records, "approved_differently");
    }

    [Fact]
    public void Checker_MoneyOfNobody_G1()
    {
        var records = Records.Approved();
        records.Ledger.Add(Records.Debit(sequence: 2) with { AmountMinor = 77 });
        Found(records, "stray_money");
    }

    [Fact]
    public void Checker_AnotherAnswerToARetry_G2()
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Answered(Records.Approval() with { ApprovalCode = "654321", Replayed = true }, 3));
        Found(records, "different_answers");
    }

    [Fact]
    public void Checker_FreshAnswerToARetry_G2()
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Answered(Records.Approval(), 3));
        Found(records, "not_marked_replayed");
    }

    [Fact]
    public void Checker_NotSentAfterAFinalAnswer_G2()
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Answered(Records.Decline("91"), 3));
        records.Events.Add(Records.EventOf(Records.Decline("91")));
        Found(records, "unanswered_again");
    }

    [Fact]
    public void Checker_SamePayloadRefusedAsReused_G2()
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Refused("ALREADY_EXISTS", 3));
        Found(records, "refused_as_reused");
    }

    [Fact]
    public void Checker_NoEvent_G3()
    {
        var records = Records.Approved();
        records.Events.Clear();
        Found(records, "no_event");
    }

    [Fact]
    public void Checker_TwoEventIds_G3()
    {
        var records = Records.Approved();
        records.Events.Add(records.Events[0] with { EventId = "t2.authorized" });
        Found(records, "two_events");
    }

    [Fact]
    public void Checker_EventSaysOtherwise_G3()
    {
        var records = Records.Approved();
        records.Events[0] = records.Events[0] with { ApprovedMinor = 1 };
        Found(records, "event_differs");
    }

    [Fact]
    public void Checker_DeliveriesDiffer_G3()
    {
        var records = Records.Approved();
        records.Events.Add(records.Events[0] with { ApprovalCode = "654321" });
        Found(records, "deliveries_differ");
    }

    [Fact]
    public void Checker_NotSentWithoutItsEvent_G3()
    {
        var records = Records.Approved();
        records.Calls.Insert(0, Records.Answered(Records.Decline("91"), 0));
        Found(records, "no_not_sent_event");
    }

    [Fact]
    public void Checker_EventOfNobody_G3()
    {
        var records = Records.Approved();
        var key = Records.Key with { Key = "key-9" };
        records.Events.Add(records.Events[0] with { EventId = "t9.authorized", Key = key });
        Found(records, "stray_event");
    }

    [Fact]
    public void Checker_NeverAnswered_G4()
    {
        var records = new Records();
        records.Calls.Add(Records.Refused("ABORTED", 1));
        Found(records, "no_final_answer");
    }

    [Fact]
    public void Checker_NeverAnsweredAndApproved_G4()
    {
        var records = new Records();
        records.Calls.Add(Records.Refused("ABORTED", 1));
        records.Ledger.Add(Records.Debit());
        Found(records, "no_final_answer", "in_doubt_not_reversed");
    }

    [Fact]
    public void Checker_ReversalNeverTaken_G4()
    {
        var records = Records.Approved();
        records.Calls.Add(Records.Refused("ABORTED", 2) with { Kind = CallKind.Reverse });
        Found(records, "reversal_not_taken");
    }

    [Fact]
    public void Checker_NotQuietInTime_G4()
    {
        var records = Records.Approved();
        records.Quiet = new QuietReport(["a: 3 open intents"], 0);
        Found(records, "not_quiet");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(null, 1)]
    [InlineData(0, 99)]
    public void Checker_InstanceEndedBadly_G8(int? exitCode, int took)
    {
        var records = Records.Approved();
        var second = TimeSpan.FromSeconds(1);
        records.OrderlyEnds.Add(new OrderlyEnd("a", second, took * second, 10 * second, exitCode));
        Found(records, "bad_end");
    }

    [Fact]
    public void Checker_InstanceCrashed_G8()
    {
        var records = Records.Approved();
        records.Crashes.Add(new Crash("a", TimeSpan.FromSeconds(1), 134));
        Found(records, "crashed");
    }

    /// <summary>That, and nothing else, is found and held against the switch.</summary>
    internal static void Found(Records records, params string[] rules)
    {
        var verdict = records.Check();
        Assert.Equal(rules.Order(), verdict.Violations.Select(violation => violation.Rule).Order());
        Assert.Empty(verdict.OutsideConditions);
        Assert.Empty(verdict.UnpublishedOnLostDisk);
    }
}
