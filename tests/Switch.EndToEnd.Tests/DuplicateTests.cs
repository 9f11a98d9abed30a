using System.Globalization;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>One key, one effect, one answer: S1, S2 and S3 through the public API.</summary>
public sealed class DuplicateTests : IAsyncLifetime
{
    // The longest there may be: what the switch says at a deadline has to arrive before it on a busy machine too.
    private static readonly TimeSpan AnswerReserve = TimeSpan.FromSeconds(5);
    private SwitchUnderTest _switch = null!;

    // Alpha answers late here, but never too late.
    public async ValueTask InitializeAsync() =>
        _switch = await SwitchUnderTest.StartAsync(
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:15"),
            ("Switch:Deadlines:AnswerReserve", AnswerReserve.ToString("c", CultureInfo.InvariantCulture)));

    public ValueTask DisposeAsync() => _switch.DisposeAsync();

    [Fact]
    public async Task S1_DuplicatesInFlight_OnOneInstance_AllGetTheOneAnswer()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 300ms } }");
        var request = Payments.Purchase();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _switch.AuthorizeAsync(request)));

        Assert.Single(answers, answer => !answer.Replayed);
        AssertSame(answers);
        Assert.Single(_switch.Sandbox.Alpha.Ledger.Find(answers[0].RetrievalReferenceNumber));
    }

    [Fact]
    public async Task S1_DuplicatesInFlight_OnTwoInstances_AllGetTheOneAnswer()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 300ms } }");
        await using var other = await _switch.StartSecondAsync();
        var request = Payments.Purchase();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            i => (i % 2 == 0 ? _switch : other).AuthorizeAsync(request)));

        Assert.Single(answers, answer => !answer.Replayed);
        AssertSame(answers);
        Assert.Single(_switch.Sandbox.Alpha.Ledger.Find(answers[0].RetrievalReferenceNumber));
    }

    [Fact]
    public async Task S1_DeadlineOfTheSecondPasses_IsAbortedWithRetryInfo_AndTheFirstIsUntouched()
    {
        _switch.Sandbox.Alpha.HoldAnswers();
        var request = Payments.Purchase();
        var first = _switch.AuthorizeAsync(request);
        await _switch.OpenIntentsAsync(1);

        // The switch gives up half a second after the call has come, and the answer has the reserve to arrive in.
        var error = await Assert.ThrowsAsync<RpcException>(
            () => _switch.AuthorizeAsync(request, AnswerReserve + TimeSpan.FromMilliseconds(500)));

        Assert.Equal(StatusCode.Aborted, error.StatusCode);
        Assert.Equal("REQUEST_IN_PROGRESS", error.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>().Reason);
        Assert.NotNull(error.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>());
        Assert.False(first.IsCompleted);
        _switch.Sandbox.Alpha.ReleaseAnswers();
        Assert.Equal(Outcome.Approved, (await first).Outcome);
        Assert.Single(_switch.Sandbox.Alpha.Ledger.Find((await first).RetrievalReferenceNumber));
    }

    [Theory]
    [InlineData(1290, Outcome.Approved, "00")]
    [InlineData(1251, Outcome.Declined, "51")]
    public async Task S2_RetryAfterTheEnd_GetsTheFirstAnswer_AndNoSecondEvent(long amount, Outcome outcome, string code)
    {
        var request = Payments.Purchase(amount);
        var first = await _switch.AuthorizeAsync(request);
        Assert.Equal((outcome, code, false), (first.Outcome, first.ResponseCode, first.Replayed));

        var retry = request.Clone();
        retry.PaymentMethod.Card.PinBlock = Google.Protobuf.ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8);
        var second = await _switch.AuthorizeAsync(retry);

        Assert.True(second.Replayed);
        AssertSame([first, second]);
        Assert.Single(_switch.Sandbox.Alpha.Ledger.Find(first.RetrievalReferenceNumber));
        // A second one would come behind the first.
        await Eventually.TrueAsync(
            () => _switch.Journal.OutboxDepth == 0, "an empty outbox",
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Single(await _switch.EventsAsync(first.TransactionId, "authorized"));
    }

    [Fact]
    public async Task S2_NothingWasSent_IsNotFinal_AndTheRetryRunsAfresh()
    {
        _switch.Sandbox.Alpha.Refuse();
        _switch.Sandbox.Beta.Refuse();
        await _switch.LinkAsync("alpha", up: false);
        await _switch.LinkAsync("beta", up: false);
        var request = Payments.Purchase();

        var down = await _switch.AuthorizeAsync(request);
        Assert.Equal(("91", DeclinedBy.TechnicalFailure), (down.ResponseCode, down.DeclinedBy));

        _switch.Sandbox.Alpha.Accept();
        await _switch.LinkAsync("alpha", up: true);
        var up = await _switch.AuthorizeAsync(request);
        Assert.Equal((Outcome.Approved, false), (up.Outcome, up.Replayed));

        // Both were said to the terminal, so both are told, and the first does not hide the second.
        var notSent = $"not_sent.{down.AcceptedAt.ToDateTimeOffset().ToUnixTimeMilliseconds()}";
        var events = await _switch.EventsAsync(up.TransactionId, notSent, "authorized");
        Assert.Equal(
            [TransactionEventType.NotSent, TransactionEventType.Authorized], events.Select(e => e.Type).Order());
    }

    [Fact]
    public async Task S3_SameKeyDifferentPayload_IsRejected_AndNothingChanges()
    {
        var request = Payments.Purchase();
        var first = await _switch.AuthorizeAsync(request);
        var other = request.Clone();
        other.Amount.AmountMinor = 99_000;

        var (code, reason, _) = await _switch.RefusedAsync(other);

        Assert.Equal((StatusCode.AlreadyExists, "IDEMPOTENCY_KEY_REUSED"), (code, reason));
        Assert.Single(_switch.Sandbox.Alpha.Ledger.Find(first.RetrievalReferenceNumber));
        AssertSame([first, await _switch.AuthorizeAsync(request)]);
        Assert.Contains(_switch.Log.Lines, line => line.EventId == 1102);
    }

    [Fact]
    public async Task GetTransaction_ByKeyAndById_SaysWhatBecameOfIt()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 500ms } }");
        var request = Payments.Purchase();
        var byKey = new GetTransactionRequest { Key = Payments.KeyOf(request) };
        var token = TestContext.Current.CancellationToken;
        Assert.Equal(
            GetTransactionResponse.Types.State.NotFound,
            (await _switch.Client.GetTransactionAsync(byKey, cancellationToken: token)).State);

        var pending = _switch.AuthorizeAsync(request);
        await _switch.OpenIntentsAsync(1);
        Assert.Equal(
            GetTransactionResponse.Types.State.InProgress,
            (await _switch.Client.GetTransactionAsync(byKey, cancellationToken: token)).State);

        var answer = await pending;
        var byId = new GetTransactionRequest { TransactionId = answer.TransactionId };
        foreach (var lookup in (GetTransactionRequest[])[byKey, byId])
        {
            var found = await _switch.Client.GetTransactionAsync(lookup, cancellationToken: token);
            Assert.Equal(GetTransactionResponse.Types.State.Processed, found.State);
            Assert.Equal(answer, found.Response);
            Assert.Equal(
                (request.MerchantId, request.TerminalId), (found.Response.MerchantId, found.Response.TerminalId));
        }
    }

    private static void AssertSame(IEnumerable<AuthorizeResponse> answers)
    {
        var plain = answers.Select(answer =>
        {
            var copy = answer.Clone();
            copy.Replayed = false;
            return copy;
        });
        Assert.Single(plain.Distinct());
    }
}
