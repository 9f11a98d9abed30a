using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Simulator;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// The concentrator's stream: out of order, faults in place, bounded, and over only when all is answered.
/// </summary>
public sealed class StreamTests : IAsyncLifetime
{
    private const int StreamInFlightMax = 8;
    private SwitchUnderTest _switch = null!;

    public async ValueTask InitializeAsync() =>
        _switch = await SwitchUnderTest.StartAsync(("Switch:Limits:StreamInFlightMax", "8"));

    public ValueTask DisposeAsync() => _switch.DisposeAsync();

    [Fact]
    public async Task Stream_SlowThenFast_AnswersComeInTheOrderTheyBecomeFinal()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse(
            "rules: [{ when: { amount: 100 }, then: { latency: { fixed: 500ms } } }]");
        var slow = Payments.Purchase(100);
        var fast = Payments.Purchase(200);

        var answers = await ExchangeAsync(slow, fast);

        Assert.Equal([fast.IdempotencyKey, slow.IdempotencyKey], answers.Select(a => a.IdempotencyKey));
        Assert.All(answers, answer => Assert.Equal(Outcome.Approved, answer.Response.Outcome));
    }

    [Fact]
    public async Task Stream_FaultyRequests_AreAnsweredInPlace_AndNeverEndIt()
    {
        var faulty = Payments.Purchase(-5);
        faulty.Stan = 0;
        var stranger = Payments.Purchase();
        stranger.TerminalId = "NOBODY";
        var good = Payments.Purchase();

        var answers = await ExchangeAsync(new AuthorizeRequest(), faulty, stranger, good);

        var byKey = answers.ToDictionary(a => a.IdempotencyKey);
        Assert.Equal(4, byKey.Count);
        Assert.Equal((int)StatusCode.InvalidArgument, byKey[""].Error.Code);
        Assert.Equal(
            ["amount.amount_minor", "stan"],
            byKey[faulty.IdempotencyKey].Error.GetDetail<BadRequest>().FieldViolations.Select(v => v.Field).Order());
        Assert.Equal("TERMINAL_UNKNOWN", byKey[stranger.IdempotencyKey].Error.GetDetail<ErrorInfo>().Reason);
        Assert.Equal(Outcome.Approved, byKey[good.IdempotencyKey].Response.Outcome);
    }

    [Fact]
    public async Task Stream_ErrorInPlace_IsTheOneThatUnaryFailsWith()
    {
        var faulty = Payments.Purchase(0);
        var unary = (await _switch.RefusedAsync(faulty)).Error.GetRpcStatus()!;
        var stream = Assert.Single(await ExchangeAsync(faulty)).Error;
        Assert.Equal(unary, stream);
    }

    [Fact]
    public async Task Stream_PastItsWindow_RefusesInPlaceWithRetryInfo()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1s } }");
        var requests = Enumerable.Range(0, StreamInFlightMax * 2).Select(_ => Payments.Purchase()).ToArray();

        var answers = await ExchangeAsync(requests);

        var refused = answers.Where(a => a.Error is not null).ToList();
        Assert.Equal(requests.Length, answers.Count);
        Assert.Equal(StreamInFlightMax, refused.Count);
        Assert.All(refused, a => Assert.Equal("STREAM_WINDOW_FULL", a.Error.GetDetail<ErrorInfo>().Reason));
        Assert.All(refused, a => Assert.NotNull(a.Error.GetDetail<RetryInfo>()));
    }

    [Fact]
    public async Task Stream_SlowReader_GetsEveryAnswerExactlyOnce()
    {
        var token = TestContext.Current.CancellationToken;
        using var call = _switch.Client.AuthorizeStream(cancellationToken: token);
        var requests = Enumerable.Range(0, 3000).Select(_ => Payments.Purchase(0)).ToList();
        // Nobody reads until all is sent, or until flow control stops the sender.
        var sending = Task.Run(
            async () =>
            {
                foreach (var request in requests)
                    await call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = request }, token);
                await call.RequestStream.CompleteAsync();
            },
            token);
        await Task.WhenAny(sending, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, token));

        var keys = new List<string>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync(token)) keys.Add(answer.IdempotencyKey);
        await sending;

        Assert.Equal(requests.Select(r => r.IdempotencyKey).Order(), keys.Order());
    }

    [Fact]
    public async Task S1_DuplicatesOnOneStream_GetTheOneAnswer()
    {
        var request = Payments.Purchase();
        var answers = await ExchangeAsync(request, request, request);
        Assert.Single(answers, answer => !answer.Response.Replayed);
        Assert.Single(answers.Select(answer => answer.Response.ApprovalCode).Distinct());
    }

    [Fact]
    public async Task S5_StreamBreaks_WhatWasBegunRunsToItsOutcome()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 300ms } }");
        var request = Payments.Purchase();
        using (var call = _switch.Client.AuthorizeStream(cancellationToken: TestContext.Current.CancellationToken))
        {
            await call.RequestStream.WriteAsync(
                new AuthorizeStreamRequest { Request = request }, TestContext.Current.CancellationToken);
            await _switch.OpenIntentsAsync(1);
        }

        var retry = await _switch.AuthorizeAsync(request);
        Assert.Equal((Outcome.Approved, true), (retry.Outcome, retry.Replayed));
    }

    [Fact]
    public async Task Stream_AMessageOverTheBound_EndsIt_OnceWhatCameBeforeIsAnswered()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 300ms } }");
        var token = TestContext.Current.CancellationToken;
        var (before, large) = (Payments.Purchase(), Payments.Purchase());
        large.PaymentMethod.Card.EmvData = ByteString.CopyFrom(new byte[100_000]);
        using var call = _switch.Client.AuthorizeStream(cancellationToken: token);
        await call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = before }, token);
        await call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = large }, token);

        var answers = new List<AuthorizeStreamResponse>();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var answer in call.ResponseStream.ReadAllAsync(token)) answers.Add(answer);
        });

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal(before.IdempotencyKey, Assert.Single(answers).IdempotencyKey);
        Assert.Equal(Outcome.Approved, answers[0].Response.Outcome);
    }

    [Fact]
    public async Task Stream_KeyThatFillsAMessage_IsRefusedInPlace_AndTheOthersAreAnswered()
    {
        var (before, faulty, after) = (Payments.Purchase(), Payments.Purchase(), Payments.Purchase());
        var rest = new AuthorizeStreamRequest { Request = faulty }.CalculateSize() - faulty.IdempotencyKey.Length;
        // Under the bound of 64 KiB by less than what a refusal adds to the key.
        faulty.IdempotencyKey = new string('k', (64 * 1024) - rest - 16);

        var answers = await ExchangeAsync(before, faulty, after);

        var refused = Assert.Single(answers, answer => answer.Error is not null);
        Assert.Equal(faulty.IdempotencyKey, refused.IdempotencyKey);
        Assert.Equal("INVALID_REQUEST", refused.Error.GetDetail<ErrorInfo>().Reason);
        string[] paid = [before.IdempotencyKey, after.IdempotencyKey];
        Assert.Equal(
            paid.Order(StringComparer.Ordinal),
            answers.Where(a => a.Response?.Outcome == Outcome.Approved).Select(a => a.IdempotencyKey)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task S2_ARepeatThatComesTooLateToSend_StillGetsTheAnswerThatThereIs()
    {
        // On a stream nothing can be sent: its calls have a second, and five are kept back.
        await using var late = await SwitchUnderTest.StartAsync(
            ("Switch:Deadlines:Default", "00:00:01"), ("Switch:Deadlines:AnswerReserve", "00:00:05"));
        var (answered, running, fresh) = (Payments.Purchase(), Payments.Purchase(), Payments.Purchase());
        var changed = answered.Clone();
        changed.Amount.AmountMinor++;
        var first = await late.AuthorizeAsync(answered);
        late.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1500ms } }");
        var pending = late.AuthorizeAsync(running);
        await late.OpenIntentsAsync(1);

        var answers = new List<AuthorizeStreamResponse>();
        foreach (var request in new[] { running, answered, fresh, changed })
            answers.AddRange(await ExchangeAsync(late, request));

        Assert.Equal((true, first.ApprovalCode), (answers[1].Response.Replayed, answers[1].Response.ApprovalCode));
        string[] reasons = ["REQUEST_IN_PROGRESS", "DEADLINE_EXCEEDED", "IDEMPOTENCY_KEY_REUSED"];
        var errors = answers.Where(answer => answer.Error is not null);
        Assert.Equal(reasons, errors.Select(answer => answer.Error.GetDetail<ErrorInfo>().Reason));
        Assert.Equal(Outcome.Approved, (await pending).Outcome);
        Assert.Equal(2, late.Sandbox.Alpha.Ledger.UnreversedApprovals().Count);
    }

    private Task<List<AuthorizeStreamResponse>> ExchangeAsync(params AuthorizeRequest[] requests) =>
        ExchangeAsync(_switch, requests);

    private static async Task<List<AuthorizeStreamResponse>> ExchangeAsync(
        SwitchUnderTest test, params AuthorizeRequest[] requests)
    {
        var token = TestContext.Current.CancellationToken;
        using var call = test.Client.AuthorizeStream(cancellationToken: token);
        foreach (var request in requests)
            await call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = request }, token);
        await call.RequestStream.CompleteAsync();

        var answers = new List<AuthorizeStreamResponse>();
        await foreach (var answer in call.ResponseStream.ReadAllAsync(token)) answers.Add(answer);
        return answers;
    }
}
