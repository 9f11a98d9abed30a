using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Simulator;

namespace Switch.EndToEnd.Tests;

/// <summary>A terminal takes a payment back: before, while and after it is authorized (S9).</summary>
public sealed class ReversalTests : IAsyncLifetime
{
    private SwitchUnderTest _switch = null!;

    public async ValueTask InitializeAsync() => _switch = await SwitchUnderTest.StartAsync();

    public ValueTask DisposeAsync() => _switch.DisposeAsync();

    [Fact]
    public async Task Reverse_OfAnApproval_ReachesTheAcquirer_AndARepeatChangesNothing()
    {
        var request = Payments.Purchase();
        var answer = await _switch.AuthorizeAsync(request);

        var first = await ReverseAsync(request);
        var second = await ReverseAsync(request);

        Assert.Equal((ReversalState.Queued, false), (first.State, first.Replayed));
        Assert.Equal((ReversalState.Queued, true), (second.State, second.Replayed));
        await AssertReversedAsync(answer);
        Assert.True((await _switch.Client.GetTransactionAsync(
            new GetTransactionRequest { TransactionId = answer.TransactionId },
            cancellationToken: TestContext.Current.CancellationToken)).Reversed);
    }

    [Fact]
    public async Task S9_ReversalBeforeItsAuthorization_TheAuthorizationIsDeclinedWithoutBeingSent()
    {
        var request = Payments.Purchase();

        Assert.Equal(ReversalState.Tombstone, (await ReverseAsync(request)).State);
        Assert.True((await ReverseAsync(request)).Replayed);
        var answer = await _switch.AuthorizeAsync(request);

        Assert.Equal((Outcome.Declined, DeclinedBy.Switch), (answer.Outcome, answer.DeclinedBy));
        Assert.Empty(_switch.Sandbox.Alpha.Ledger.Entries());
        Assert.Single(await _switch.EventsAsync(answer.TransactionId, "authorized"));
    }

    [Fact]
    public async Task S9_ReversalWhileInFlight_WaitsAndThenReverses()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 400ms } }");
        var request = Payments.Purchase();
        var pending = _switch.AuthorizeAsync(request);
        await _switch.OpenIntentsAsync(1);

        var reversal = await ReverseAsync(request);

        Assert.Equal(ReversalState.Queued, reversal.State);
        var answer = await pending;
        Assert.Equal(Outcome.Approved, answer.Outcome);
        await AssertReversedAsync(answer);
    }

    [Fact]
    public async Task Reverse_OfADecline_HasNothingToReverse()
    {
        var request = Payments.Purchase(1251);
        await _switch.AuthorizeAsync(request);
        Assert.Equal(ReversalState.NothingToReverse, (await ReverseAsync(request)).State);
        Assert.Empty(_switch.Journal.ReadAdvices());
    }

    [Fact]
    public async Task Reverse_BadRequest_NamesEveryField()
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await _switch.Client.ReverseAsync(
            new ReverseRequest(), cancellationToken: TestContext.Current.CancellationToken));
        var fields = error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>().FieldViolations.Select(v => v.Field);
        Assert.Equal(["merchant_id", "original_idempotency_key", "reason", "terminal_id"], fields.Order());
    }

    private async Task AssertReversedAsync(AuthorizeResponse answer)
    {
        var events = await _switch.EventsAsync(
            answer.TransactionId, "authorized", "reversal_queued", "reversal_acknowledged");
        Assert.Equal(3, events.Count);
        Assert.All(
            events.Skip(1), e => Assert.Equal(
                (ReversalCause.Terminal, ReversalReason.Cancelled), (e.ReversalCause, e.ReversalReason)));
        Assert.Equal(ReversalReason.Unspecified, events[0].ReversalReason);
        Assert.Empty(_switch.Sandbox.Alpha.Ledger.UnreversedApprovals(answer.RetrievalReferenceNumber));
        Assert.Single(
            _switch.Sandbox.Alpha.Ledger.Find(answer.RetrievalReferenceNumber),
            entry => entry.Kind == LedgerKind.Reversal);
        Assert.Empty(_switch.Journal.ReadAdvices());
    }

    private async Task<ReverseResponse> ReverseAsync(AuthorizeRequest request) =>
        await _switch.Client.ReverseAsync(
            Payments.ReverseOf(request), cancellationToken: TestContext.Current.CancellationToken);
}
