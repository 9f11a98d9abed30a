using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>What a person sees of parked reversals, and what becomes of their decision.</summary>
public sealed class ParkedAdviceTests : AdviceScene
{
    [Fact]
    public async Task ParkedAdvice_IsListed_AndResumed_AsARepeat()
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse("""rules: [{ when: { kind: reversal, times: 1 }, then: { code: "05" } }]""");
        var answer = await ReverseApprovalAsync();
        await ParkedAsync(answer);

        var listed = Assert.Single((await ListAsync()).Advices);
        Assert.Equal(
            (answer.TransactionId, "alpha", answer.RetrievalReferenceNumber, 1290L),
            (listed.TransactionId, listed.Acquirer, listed.RetrievalReferenceNumber,
                listed.RequestedAmount.AmountMinor));
        Assert.Equal(("code 05", 1, ReversalCause.Terminal), (listed.Reason, listed.Tries, listed.Cause));
        await ResolveAsync(listed.AdviceId, ParkedAdviceAction.Resume, "alpha says that it is mended");

        var events = await Switch.EventsAsync(answer.TransactionId, "reversal_acknowledged");
        // As the contract says: after a resume the acknowledgement comes last, with the lower number.
        Assert.Equal([2, 3, 5, 4], events.Select(e => e.Sequence));
        Assert.Equal(["0420", "0421"], Reversals(answer).Select(entry => entry.Mti));
        Assert.Empty((await ListAsync()).Advices);
        Assert.Equal((StatusCode.NotFound, "ADVICE_UNKNOWN"), await RefusedAsync(listed.AdviceId));
    }

    [Fact]
    public async Task ParkedAdvice_IsClosed_WithAnEventThatSaysByWhomAndWhy()
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse("""rules: [{ when: { kind: reversal }, then: { code: "05" } }]""");
        var answer = await ReverseApprovalAsync();
        var row = await ParkedAsync(answer);

        await ResolveAsync(row.AdviceId, ParkedAdviceAction.Close, "refunded by hand, ticket 4711");

        var events = await Switch.EventsAsync(answer.TransactionId, "reversal_parked", "reversal_closed");
        Assert.Equal(
            (TransactionEventType.ReversalClosed, "refunded by hand, ticket 4711", "ines"),
            (events[^1].Type, events[^1].ReversalNote, events[^1].ClosedBy));
        Assert.Empty(Switch.Journal.ReadAdvices());
        Assert.Equal(0, (await ListAsync()).Total);
        Assert.Contains(
            Switch.Log.Lines, line => line.EventId == 1407 && line.Text.Contains("ines", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ParkedAdvices_ArePaged_AndSurviveARestart()
    {
        await StartAsync();
        Alpha.Scenario = Scenario.Parse("""rules: [{ when: { kind: reversal }, then: { code: "05" } }]""");
        var answers = new List<AuthorizeResponse>();
        for (var i = 0; i < 3; i++) answers.Add(await ReverseApprovalAsync());
        foreach (var answer in answers) await ParkedAsync(answer);
        await Switch.Sandbox.StopSwitchAsync();
        await Switch.Sandbox.StartSwitchAsync(Cancel);
        await Eventually.TrueAsync(async () => (await ListAsync()).Total == 3, "read again", cancellationToken: Cancel);

        var first = await ListAsync(size: 2);
        var second = await ListAsync(size: 2, first.NextPageToken);

        Assert.Equal((2, 1, ""), (first.Advices.Count, second.Advices.Count, second.NextPageToken));
        Assert.Equal(
            answers.Select(a => a.TransactionId),
            first.Advices.Concat(second.Advices).Select(a => a.TransactionId));
        Assert.All(answers, answer => Assert.Single(Reversals(answer)));
    }

    [Fact]
    public async Task ResolveParkedAdvice_BadRequest_NamesEveryField_AndTakesNoCardNumber()
    {
        await StartAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => ResolveAsync("", ParkedAdviceAction.Unspecified, ""));
        var fields = error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>().FieldViolations.Select(v => v.Field);
        Assert.Equal(["action", "advice_id", "reason"], fields.Order());

        error = await Assert.ThrowsAsync<RpcException>(
            () => ResolveAsync("any", ParkedAdviceAction.Close, "card 4111 1111 1111 1111 was refunded"));
        Assert.Equal("reason: must not hold a card number", error.Status.Detail);

        Assert.Equal((StatusCode.NotFound, "ADVICE_UNKNOWN"), await RefusedAsync("any"));
    }

    [Fact]
    public async Task ResolveParkedAdvice_ThatIsBeingSent_IsRefused()
    {
        await StartAsync(("Switch:Acquirers:alpha:ReplyTimeout", "00:00:20"));
        Alpha.Scenario = Scenario.Parse("rules: [{ when: { kind: reversal }, then: silent }]");
        var answer = await ReverseApprovalAsync();
        await Eventually.TrueAsync(() => Reversals(answer).Count == 1, "in flight", cancellationToken: Cancel);

        var refused = await RefusedAsync(Assert.Single(Switch.Journal.ReadAdvices()).AdviceId);

        Assert.Equal((StatusCode.FailedPrecondition, "ADVICE_NOT_PARKED"), refused);
        Alpha.Refuse();
    }

    private async Task<ListParkedAdvicesResponse> ListAsync(int size = 0, string token = "") =>
        await Switch.Operations.ListParkedAdvicesAsync(
            new ListParkedAdvicesRequest { PageSize = size, PageToken = token }, cancellationToken: Cancel);

    private async Task<ResolveParkedAdviceResponse> ResolveAsync(
        string adviceId, ParkedAdviceAction action, string reason) =>
        await Switch.Operations.ResolveParkedAdviceAsync(
            new ResolveParkedAdviceRequest { AdviceId = adviceId, Action = action, Reason = reason, Operator = "ines" },
            cancellationToken: Cancel);

    private async Task<(StatusCode Code, string Reason)> RefusedAsync(string adviceId)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            () => ResolveAsync(adviceId, ParkedAdviceAction.Close, "a test"));
        return (error.StatusCode, error.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>().Reason);
    }
}
