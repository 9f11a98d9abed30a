using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Simulator;

namespace Switch.EndToEnd.Tests;

/// <summary>NotSent, SentUnknown and Replied stay apart (S5), and what a reply may do (S9, S10, S13, S14).</summary>
public sealed class AttemptTests : IAsyncLifetime
{
    private SwitchUnderTest _switch = null!;

    private AcquirerHost Alpha => _switch.Sandbox.Alpha;

    private AcquirerHost Beta => _switch.Sandbox.Beta;

    public async ValueTask InitializeAsync() =>
        _switch = await SwitchUnderTest.StartAsync(("Switch:Acquirers:alpha:ReplyTimeout", "00:00:00.500"));

    public ValueTask DisposeAsync() => _switch.DisposeAsync();

    [Theory]
    [InlineData("{ silent: true }", "timed_out")]
    [InlineData("{ disconnect: instead }", "connection_lost")]
    [InlineData("{ malformed: garbage }", "connection_lost")]
    public async Task S5_SentAndNoAnswer_Answers68_IsReversed_AndAsksNobodyElse(string action, string why)
    {
        Alpha.Scenario = Scenario.Parse($"rules: [{{ when: {{ amount: 968 }}, then: {action} }}]");

        var answer = await _switch.AuthorizeAsync(Payments.Purchase(968));

        Assert.Equal(
            (Outcome.Declined, "68", DeclinedBy.TechnicalFailure, "alpha"),
            (answer.Outcome, answer.ResponseCode, answer.DeclinedBy, answer.Acquirer));
        Assert.Empty(Beta.Ledger.Find(answer.RetrievalReferenceNumber));
        AssertSaid($"NoAnswer ({why})");
        await AssertReversedAsync(answer, ReversalCause.NoAnswer);
        Assert.True((await _switch.AuthorizeAsync(RequestOf(answer, 968))).Replayed);
    }

    [Fact]
    public async Task S5_AcquirerDown_TheNextOneIsAsked_AndNothingIsReversed()
    {
        Alpha.Refuse();
        await _switch.LinkAsync("alpha", up: false);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => _switch.AuthorizeAsync(Payments.Purchase())));

        Assert.All(answers, answer => Assert.Equal((Outcome.Approved, "beta"), (answer.Outcome, answer.Acquirer)));
        Assert.All(answers, answer => Assert.Single(Beta.Ledger.UnreversedApprovals(answer.RetrievalReferenceNumber)));
        Assert.Empty(_switch.Journal.ReadAdvices());
    }

    [Fact]
    public async Task S5_CallerGivesUp_TheAttemptRunsToItsOutcome_AndTheRetryGetsIt()
    {
        Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 300ms } }");
        var request = Payments.Purchase();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var call = _switch.Client.AuthorizeAsync(request, cancellationToken: gone.Token);
        await _switch.OpenIntentsAsync(1);
        await gone.CancelAsync();
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => call.ResponseAsync);

        var retry = await _switch.AuthorizeAsync(request);

        Assert.Equal((Outcome.Approved, true), (retry.Outcome, retry.Replayed));
        Assert.Single(Alpha.Ledger.UnreversedApprovals(retry.RetrievalReferenceNumber));
    }

    [Fact]
    public async Task S5_DeadlineOfTheCallerPasses_TheAttemptRunsToItsOutcome_AndTheRetryGetsIt()
    {
        Beta.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1500ms } }");
        var request = Payments.Purchase();
        request.PaymentMethod.Card = Payments.ChipCard(Payments.Amex);
        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            () => _switch.AuthorizeAsync(request, TimeSpan.FromMilliseconds(800)));
        Assert.Equal(Grpc.Core.StatusCode.DeadlineExceeded, error.StatusCode);

        var retry = await _switch.AuthorizeAsync(request);

        Assert.Equal((Outcome.Approved, true, "beta"), (retry.Outcome, retry.Replayed, retry.Acquirer));
        Assert.Empty(_switch.Journal.ReadAdvices());
        Assert.Equal(CandidateStatus.Available, _switch.StatusOf("beta"));
    }

    [Fact]
    public async Task S5_TooLittleTimeLeft_NothingIsSent()
    {
        // Less than the answer's reserve and an attempt's least time, but enough for the switch to refuse by itself.
        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            () => _switch.AuthorizeAsync(Payments.Purchase(), TimeSpan.FromMilliseconds(300)));

        Assert.Equal(Grpc.Core.StatusCode.DeadlineExceeded, error.StatusCode);
        await _switch.OpenIntentsAsync(0);
        Assert.Empty(Alpha.Ledger.Entries());
    }

    [Fact]
    public async Task S10_PartialApproval_ForATerminalThatCannotTakeIt_IsReversedAndDeclined51()
    {
        var answer = await _switch.AuthorizeAsync(Payments.Purchase(5010));

        Assert.Equal((Outcome.Declined, "51", DeclinedBy.Switch), (answer.Outcome, answer.ResponseCode,
            answer.DeclinedBy));
        await AssertReversedAsync(answer, ReversalCause.PartialNotSupported);
        AssertSaid("PartialNotSupported (answered 10)");
    }

    [Fact]
    public async Task S10_PartialApproval_ForACapableTerminal_IsPassedOn()
    {
        var request = Payments.Purchase(5010);
        request.Capabilities.PartialApproval = true;

        var answer = await _switch.AuthorizeAsync(request);

        Assert.Equal(
            (Outcome.PartiallyApproved, "10", 2505),
            (answer.Outcome, answer.ResponseCode, answer.ApprovedAmount.AmountMinor));
    }

    [Fact]
    public async Task S13_Request_CarriesWhatTheTerminalAsked()
    {
        var answer = await _switch.AuthorizeAsync(Payments.Purchase(1290));

        var entry = Assert.Single(Alpha.Ledger.Find(answer.RetrievalReferenceNumber));
        Assert.Equal(
            ("0100", "000000", 1290, "978", "BK000001", "BAKERY-BERLIN", "411111******1111"),
            (entry.Mti, entry.ProcessingCode, entry.AmountMinor, entry.Currency, entry.Terminal.Trim(),
                entry.Merchant.Trim(), entry.MaskedPan));
        Assert.Equal(entry.ApprovalCode, answer.ApprovalCode);
    }

    [Fact]
    public async Task S14_DefiniteDeclineThatMayBeRetried_GoesToTheNextAcquirer()
    {
        Alpha.Scenario = Scenario.Parse("""rules: [{ when: { amount: 2000 }, then: { code: "91" } }]""");

        var answer = await _switch.AuthorizeAsync(Payments.Purchase(2000));

        Assert.Equal((Outcome.Approved, "beta"), (answer.Outcome, answer.Acquirer));
        Assert.Single(Alpha.Ledger.Find(answer.RetrievalReferenceNumber));
        var e = Assert.Single(await _switch.EventsAsync(answer.TransactionId, "authorized"));
        Assert.Equal(2, e.Attempts);
    }

    [Fact]
    public async Task S14_CodeThatNobodyKnows_IsDeclinedAndReversed()
    {
        Alpha.Scenario = Scenario.Parse("""rules: [{ when: { amount: 2000 }, then: { code: "Q9" } }]""");

        var answer = await _switch.AuthorizeAsync(Payments.Purchase(2000));

        Assert.Equal((Outcome.Declined, "05"), (answer.Outcome, answer.ResponseCode));
        await AssertReversedAsync(answer, ReversalCause.UnclearAnswer);
        AssertSaid("UnclearAnswer (answered Q9)");
    }

    private static AuthorizeRequest RequestOf(AuthorizeResponse answer, long amount) =>
        Payments.Purchase(amount, answer.IdempotencyKey);

    // Before the answer, and once: by then it is on disk.
    private void AssertSaid(string why) => Assert.Contains(
        why, Assert.Single(_switch.Log.Lines, line => line.EventId == 1104).Text, StringComparison.Ordinal);

    private async Task AssertReversedAsync(AuthorizeResponse answer, ReversalCause cause)
    {
        Assert.Equal(0, _switch.Journal.OpenIntents);
        var events = await _switch.EventsAsync(
            answer.TransactionId, "authorized", "reversal_queued", "reversal_acknowledged");
        Assert.Equal(
            [
                TransactionEventType.Authorized, TransactionEventType.ReversalQueued,
                TransactionEventType.ReversalAcknowledged,
            ],
            events.Select(e => e.Type));
        Assert.All(events.Skip(1), e => Assert.Equal((cause, "alpha"), (e.ReversalCause, e.Acquirer)));
        Assert.Empty(Alpha.Ledger.UnreversedApprovals(answer.RetrievalReferenceNumber));
        Assert.Single(
            Alpha.Ledger.Find(answer.RetrievalReferenceNumber), entry => entry is { Mti: "0420", Original: not null });
        Assert.Empty(_switch.Journal.ReadAdvices());
    }
}
