using Switch.Contracts.V1;
using Switch.Service.Journal;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>Store and forward of reversals, as the acquirer sees it (S6).</summary>
public sealed class AdviceTests : AdviceScene
{
    [Theory]
    [InlineData(Payments.Visa, "alpha")]
    [InlineData(Payments.Amex, "beta")]
    public async Task S6_AttemptInDoubt_IsReversedAtTheAcquirer_InBothDialects(string pan, string acquirer)
    {
        await StartAsync();
        Alpha.Scenario = Beta.Scenario = Scenario.Parse("rules: [{ when: { amount: 968 }, then: silent }]");

        var answer = await Switch.AuthorizeAsync(Purchase(968, pan));

        Assert.Equal(("68", acquirer), (answer.ResponseCode, answer.Acquirer));
        await SettledAsync(answer);
        var (original, reversal) = Reversed(acquirer == "alpha" ? Alpha : Beta, answer);
        Assert.Equal(
            ("0420", original.Sequence, original.ProcessingCode, original.AmountMinor, original.Currency,
                original.MaskedPan),
            (reversal.Mti, reversal.Original, reversal.ProcessingCode, reversal.AmountMinor, reversal.Currency,
                reversal.MaskedPan));
        Assert.Equal(
            $"0100{original.Stan}{original.TransmissionTime}00000123456{new string('0', 11)}", reversal.OriginalData);
    }

    [Fact]
    public async Task S6_PartialApproval_IsReversedWithWhatWasApproved()
    {
        await StartAsync();

        var answer = await Switch.AuthorizeAsync(Purchase(5010));

        await SettledAsync(answer);
        var (original, reversal) = Reversed(Alpha, answer);
        Assert.Equal((2505L, 2505L), (original.ApprovedMinor, reversal.AmountMinor));
    }

    [Fact]
    public async Task S6_NoAnswer_IsRepeatedAs0421_WithIdenticalFields()
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse("rules: [{ when: { kind: reversal, times: 2 }, then: silent }]");

        var answer = await ReverseApprovalAsync();

        await SettledAsync(answer);
        var sent = Reversals(answer);
        Assert.Equal(["0420", "0421", "0421"], sent.Select(entry => entry.Mti));
        Assert.Single(
            sent.Select(entry => (entry.Stan, entry.Rrn, entry.OriginalData, entry.TransmissionTime)).Distinct());
    }

    [Fact]
    public async Task S6_LinkThatTakes0400_RepeatsAs0401()
    {
        await StartAsync(("Switch:Acquirers:alpha:ReversalMessage", "Mti0400"));
        Alpha.Scenario = Scenario.Parse("rules: [{ when: { kind: reversal, times: 1 }, then: silent }]");

        var answer = await ReverseApprovalAsync();

        await SettledAsync(answer);
        Assert.Equal(["0400", "0401"], Reversals(answer).Select(entry => entry.Mti));
        Assert.Empty(Alpha.Ledger.UnreversedApprovals(answer.RetrievalReferenceNumber));
    }

    [Theory]
    [InlineData("25")]
    [InlineData("94")]
    public async Task S6_UnknownOriginalAndRepeated_CountAsSettled(string code)
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse($$"""rules: [{ when: { kind: reversal }, then: { code: "{{code}}" } }]""");

        var answer = await ReverseApprovalAsync();

        var events = await SettledAsync(answer);
        Assert.Equal(code, events[^1].AcquirerResponseCode);
        Assert.Single(Reversals(answer));
    }

    [Theory]
    [InlineData("""{ code: "91" }""")]
    [InlineData("""{ code: "96" }""")]
    [InlineData("{ drop_field: 39 }")]
    [InlineData("{ disconnect: instead }")]
    [InlineData("{ malformed: garbage }")]
    public async Task S6_RetryCodesAndUnusableAnswers_AreRepeatedUntilSettled(string action)
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse($"rules: [{{ when: {{ kind: reversal, times: 1 }}, then: {action} }}]");

        var answer = await ReverseApprovalAsync();

        await SettledAsync(answer);
        Assert.Equal(["0420", "0421"], Reversals(answer).Select(entry => entry.Mti));
        Assert.Empty(Alpha.Ledger.UnreversedApprovals(answer.RetrievalReferenceNumber));
    }

    [Fact]
    public async Task S6_AnyOtherCode_IsParkedAtOnce_Visibly()
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse("""rules: [{ when: { kind: reversal }, then: { code: "05" } }]""");

        var answer = await ReverseApprovalAsync();

        var row = await ParkedAsync(answer);
        Assert.Equal(("code 05", 1), (row.Reason, row.Tries));
        var events = await Switch.EventsAsync(answer.TransactionId, "authorized", "reversal_queued", "reversal_parked");
        Assert.Equal(
            (TransactionEventType.ReversalParked, "05", "code 05", ReversalCause.Terminal),
            (events[^1].Type, events[^1].AcquirerResponseCode, events[^1].ReversalNote, events[^1].ReversalCause));
        var metrics = await MetricsPage.ReadAsync(Switch.Sandbox.Management, Cancel);
        // Other switches of this test process publish under the same names.
        Assert.Contains(metrics, line => line.Is("cardswitch_advices", [("state", "parked")]) && line.Value > 0);
        Assert.Contains(metrics, line => line.Name == "cardswitch_in_doubt_age_seconds" && line.Value > 0);
        Assert.Contains(
            metrics,
            line => line.Is("cardswitch_advice_transmissions_total", [("acquirer", "alpha"), ("result", "parked")]));
        Assert.Contains(Switch.Log.Lines, line => line.EventId == 1403);
    }

    [Fact]
    public async Task S6_WithoutAnAnswerForSoManyTries_IsParked()
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse("""rules: [{ when: { kind: reversal }, then: { code: "96" } }]""");

        var answer = await ReverseApprovalAsync();

        var row = await ParkedAsync(answer);
        Assert.Equal(("3 tries, the last: code 96", TriesMax), (row.Reason, row.Tries));
        Assert.Equal(["0420", "0421", "0421"], Reversals(answer).Select(entry => entry.Mti));
    }

    [Fact]
    public async Task S6_LinkThatTakesNoReversals_ParksThem()
    {
        await StartAsync(("Switch:Acquirers:alpha:ReversalMessage", "None"));

        var answer = await ReverseApprovalAsync();

        var row = await ParkedAsync(answer);
        Assert.Equal(("link_takes_none", 0), (row.Reason, row.Tries));
        Assert.Empty(Reversals(answer));
    }

    [Fact]
    public async Task S6_LinkDown_CostsNoTry_AndTheFirstToLeaveIsA0420()
    {
        await StartAsync(("Switch:Acquirers:alpha:Advices:TriesMax", "1"));
        var request = Purchase(1290);
        var answer = await Switch.AuthorizeAsync(request);
        Alpha.Refuse();
        await Switch.LinkAsync("alpha", up: false);

        await ReverseAsync(request);
        // A sale that goes on elsewhere meanwhile, and a second advice behind the first.
        Assert.Equal("beta", (await Switch.AuthorizeAsync(Purchase(1291))).Acquirer);
        var row = Assert.Single(Switch.Journal.ReadAdvices());
        Assert.Equal((AdviceStates.Pending, 0), (row.State, row.Tries));

        Alpha.Accept();
        await SettledAsync(answer);
        Assert.Equal(["0420"], Reversals(answer).Select(entry => entry.Mti));
    }

    [Fact]
    public async Task S6_OneStuckAdvice_DelaysNoOther_AndNoSaleOfItsTerminal()
    {
        await StartAsync(("Switch:Acquirers:alpha:ReplyTimeout", "00:00:20"));
        Alpha.Scenario = Scenario.Parse("rules: [{ when: { kind: reversal, amount: 1500 }, then: silent }]");
        var stuck = await ReverseApprovalAsync(1500);
        await Eventually.TrueAsync(
            () => Reversals(stuck).Count == 1, "the stuck one is in flight", cancellationToken: Cancel);

        var other = await ReverseApprovalAsync(1600);
        await SettledAsync(other);

        Assert.Equal(Outcome.Approved, (await Switch.AuthorizeAsync(Purchase(1700))).Outcome);
        Assert.Equal(stuck.TransactionId, Assert.Single(Switch.Journal.ReadAdvices()).TransactionId);
        // Lets the stop find nothing in flight.
        Alpha.Refuse();
    }

    [Fact]
    public async Task S6_Restart_ContinuesWith0421()
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse("rules: [{ when: { kind: reversal }, then: silent }]");
        var answer = await ReverseApprovalAsync();
        await Eventually.TrueAsync(() => Reversals(answer).Count == 1, "the first is sent", cancellationToken: Cancel);
        await Switch.Sandbox.StopSwitchAsync();
        var before = Reversals(answer).Count;

        Alpha.Scenario = Scenario.Parse("rules: []");
        await Switch.Sandbox.StartSwitchAsync(Cancel);

        await SettledAsync(answer);
        var sent = Reversals(answer);
        Assert.True(sent.Count > before);
        Assert.Equal("0420", sent[0].Mti);
        Assert.All(sent.Skip(1), entry => Assert.Equal("0421", entry.Mti));
        Assert.Single(
            sent.Select(entry => (entry.Stan, entry.Rrn, entry.OriginalData, entry.TransmissionTime)).Distinct());
    }

    private static (LedgerEntry Original, LedgerEntry Reversal) Reversed(
        AcquirerHost host, AuthorizeResponse answer)
    {
        var entries = host.Ledger.Find(answer.RetrievalReferenceNumber);
        var reversal = Assert.Single(entries, entry => entry.Kind == LedgerKind.Reversal);
        var original = Assert.Single(entries, entry => entry.Kind != LedgerKind.Reversal);
        Assert.Equal(reversal.Sequence, original.ReversedBy);
        return (original, reversal);
    }
}
