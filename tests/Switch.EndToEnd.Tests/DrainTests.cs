using System.Net;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Going down loses and doubles nothing (G8): unready, refuse, finish, flush, sign off; and up again.
/// </summary>
public sealed class DrainTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task G8_StopUnderLoad_LosesNothing_DoublesNothing_AndRetriesFindTheirAnswers()
    {
        // A machine that stalls must not look like a Redis that is down.
        await using var test = await SwitchUnderTest.StartAsync(("Switch:Redis:OperationTimeout", "00:00:05"));
        test.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 40ms } }");
        var load = new DrainLoad(() => test.Sandbox.Terminals, Token);
        load.Start(terminals: 8);
        await Eventually.TrueAsync(() => load.Answers.Count >= 50, "load", TimeSpan.FromSeconds(60), Token);

        await test.Sandbox.StopSwitchAsync();

        // Nobody pays now. What the acquirer approved, a terminal was told: nothing was cut off on its way back.
        await Eventually.TrueAsync(() => load.Refusals.Keys.Any(IsConnection), "refused connections", null, Token);
        var approved = test.Sandbox.Alpha.Ledger.UnreversedApprovals().Select(entry => entry.Rrn).Order().ToList();
        var told = load.Answers.Values.Where(answer => answer.Outcome == Outcome.Approved).Select(
            answer => answer.RetrievalReferenceNumber);
        Assert.Equal(approved, told.Order());
        Assert.All(load.Refusals.Keys, AssertRetriable);
        Assert.Contains(test.Log.Lines, line => line.EventId == 1003
            && line.Text.Contains("0 requests in flight, 0 events in the outbox", StringComparison.Ordinal));
        Assert.DoesNotContain(test.Log.Lines, line => line.EventId is 1100 or 1101 or 1103 or 1203);

        await test.Sandbox.StartSwitchAsync(Token);
        await test.LinkAsync("alpha", up: true);
        var before = load.Answers.Count;
        await Eventually.TrueAsync(
            () => load.Answers.Count > before + 20, "load after the restart", TimeSpan.FromSeconds(60), Token);
        await load.FinishAsync();

        var ledger = test.Sandbox.Alpha.Ledger;
        Assert.Equal(0, ledger.DuplicateSends);
        Assert.Equal(
            load.Answers.Values.Where(answer => answer.Acquirer == "alpha")
                .Select(answer => answer.RetrievalReferenceNumber).Order(),
            ledger.UnreversedApprovals().Select(entry => entry.Rrn).Order());
        await AssertOneEventEachAsync(test, load.Answers.Values);
    }

    [Fact]
    public async Task G8_Restart_OnTheSameState_ReplaysTheAnswer()
    {
        await using var test = await SwitchUnderTest.StartAsync();
        var request = Payments.Purchase();
        var first = await test.AuthorizeAsync(request);

        await test.Sandbox.StopSwitchAsync();
        await test.Sandbox.StartSwitchAsync(Token);

        var second = await test.AuthorizeAsync(request);
        Assert.True(second.Replayed);
        Assert.Equal((first.TransactionId, first.ApprovalCode), (second.TransactionId, second.ApprovalCode));
        Assert.Single(test.Sandbox.Alpha.Ledger.Find(first.RetrievalReferenceNumber));
    }

    [Fact]
    public async Task G8_Order_UnreadyFirst_ThenRefused_ThenFinished_AndTheStreamIsEndedByTheSwitch()
    {
        await using var test = await SwitchUnderTest.StartAsync(
            ("Switch:Shutdown:DrainDelay", "00:00:02"), ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:20"));
        test.Sandbox.Alpha.Scenario = Scenario.Parse(
            "rules: [{ when: { amount: 4000 }, then: { latency: { fixed: 7s } } }]");
        // Both before the stop: an answer under way, on a call of its own and on a stream.
        var unary = test.AuthorizeAsync(Payments.Purchase(4000));
        using var stream = test.Client.AuthorizeStream(cancellationToken: Token);
        var slow = Payments.Purchase(4000);
        await WriteAsync(stream, slow);
        await test.OpenIntentsAsync(2);

        var stopped = test.Sandbox.StopSwitchAsync();

        await UnreadyAsync(test);
        var between = await test.AuthorizeAsync(Payments.Purchase());
        Assert.Equal(Outcome.Approved, between.Outcome);
        await RefusedAsDrainingAsync(test);
        Assert.False(unary.IsCompleted);

        var late = Payments.Purchase();
        await WriteAsync(stream, late);
        Assert.True(await stream.ResponseStream.MoveNext(Token));
        var refused = stream.ResponseStream.Current;
        Assert.Equal((late.IdempotencyKey, (int)StatusCode.Unavailable), (refused.IdempotencyKey, refused.Error.Code));
        Assert.Equal("DRAINING", refused.Error.GetDetail<ErrorInfo>()!.Reason);
        Assert.True(await stream.ResponseStream.MoveNext(Token));
        var last = stream.ResponseStream.Current;
        Assert.Equal((slow.IdempotencyKey, Outcome.Approved), (last.IdempotencyKey, last.Response.Outcome));
        await AssertEndedByDrainAsync(stream);

        var first = await unary;
        Assert.Equal(Outcome.Approved, first.Outcome);
        await stopped.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
        foreach (var answer in (AuthorizeResponse[])[first, between, last.Response])
            Assert.Single(test.Sandbox.Alpha.Ledger.UnreversedApprovals(answer.RetrievalReferenceNumber));
    }

    [Fact]
    public async Task G8_IdleStream_DoesNotHoldUpTheShutdown()
    {
        await using var test = await SwitchUnderTest.StartAsync(("Switch:Shutdown:Grace", "00:02:00"));
        using var stream = test.Client.AuthorizeStream(cancellationToken: Token);
        await WriteAsync(stream, Payments.Purchase());
        Assert.True(await stream.ResponseStream.MoveNext(Token));
        var ended = AssertEndedByDrainAsync(stream);

        await test.Sandbox.StopSwitchAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);

        await ended;
    }

    [Fact]
    public async Task G8_StreamThatNobodyReads_DoesNotHoldUpTheShutdown()
    {
        await using var test = await SwitchUnderTest.StartAsync(("Switch:Shutdown:Grace", "00:02:00"));
        using var stream = test.Client.AuthorizeStream(cancellationToken: Token);
        await WriteAsync(stream, Payments.Purchase());
        await Eventually.TrueAsync(
            () => test.Sandbox.Alpha.Ledger.Count == 1 && test.Journal.OutboxDepth == 0, "paid", null, Token);

        await test.Sandbox.StopSwitchAsync().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
    }

    [Fact]
    public async Task G8_KafkaDown_StopsWithinTheGrace_AndTheEventIsToldAfterTheRestart()
    {
        var configuration = SwitchUnderTest.Configured(
            ("Switch:Kafka:BootstrapServers", "127.0.0.1:1"), ("Switch:Shutdown:Grace", "00:00:02"));
        var log = new LogCapture();
        var settings = new SandboxSettings
        {
            PreferFixedPorts = false,
            Configuration = configuration,
            Logging = logging => logging.AddProvider(log),
        };
        await using var test = await SwitchUnderTest.StartAsync(settings, log);
        var answer = await test.AuthorizeAsync(Payments.Purchase());

        var started = TimeProvider.System.GetTimestamp();
        await test.Sandbox.StopSwitchAsync();
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.InRange(took, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6));
        Assert.Contains(log.Lines, line => line.EventId == 1003 && line.Text.Contains(
            "1 events in the outbox", StringComparison.Ordinal));

        configuration["Switch:Kafka:BootstrapServers"] = test.Sandbox.Broker;
        await test.Sandbox.StartSwitchAsync(Token);
        Assert.Single(await test.EventsAsync(answer.TransactionId, "authorized"));
    }

    private static bool IsConnection(string refusal) => refusal.Contains("connection", StringComparison.Ordinal);

    // What a terminal is told to repeat, or a door that is closed: refused, or shut while the call was on its way,
    // which the client reports as Internal without details. No such call was in the switch, or its answer would be
    // missing.
    private static void AssertRetriable(string refusal) => Assert.Contains(
        refusal,
        (string[])["Unavailable DRAINING retry", "Unavailable NOT_READY retry", "Unavailable connection no hint",
            "Internal connection no hint"]);

    private static async Task UnreadyAsync(SwitchUnderTest test)
    {
        using var http = new HttpClient();
        var ready = new Uri($"{test.Sandbox.Management}/readyz");
        await Eventually.TrueAsync(
            async () => (await http.GetAsync(ready, Token)).StatusCode == HttpStatusCode.ServiceUnavailable,
                "unready", null, Token);
        Assert.True((await http.GetAsync(new Uri($"{test.Sandbox.Management}/livez"), Token)).IsSuccessStatusCode);
    }

    private static async Task RefusedAsDrainingAsync(SwitchUnderTest test)
    {
        RpcException? error = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await test.AuthorizeAsync(Payments.Purchase());
                    return false;
                }
                catch (RpcException e)
                {
                    error = e;
                    return true;
                }
            },
            "new work is refused", null, Token);
        Assert.Equal(StatusCode.Unavailable, error!.StatusCode);
        Assert.Equal("DRAINING", error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.NotNull(error.GetRpcStatus()!.GetDetail<RetryInfo>());
    }

    private static Task WriteAsync(
        AsyncDuplexStreamingCall<AuthorizeStreamRequest, AuthorizeStreamResponse> stream, AuthorizeRequest request) =>
        stream.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = request }, Token);

    private static async Task AssertEndedByDrainAsync(
        AsyncDuplexStreamingCall<AuthorizeStreamRequest, AuthorizeStreamResponse> stream)
    {
        var end = await Assert.ThrowsAsync<RpcException>(() => stream.ResponseStream.MoveNext(Token));
        Assert.True(end.StatusCode == StatusCode.Unavailable, end.ToString());
        Assert.Equal("DRAINING", end.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
        Assert.NotNull(end.GetRpcStatus()!.GetDetail<RetryInfo>());
    }

    // An answer that came while no link was up yet has an event of another type, one for each time it was said. A 68
    // is a technical failure too, but it is final.
    private static string EventIdOf(AuthorizeResponse answer) =>
        answer is { DeclinedBy: DeclinedBy.TechnicalFailure, ResponseCode: "91" }
            ? $"{answer.TransactionId}.not_sent.{answer.AcceptedAt.ToDateTimeOffset().ToUnixTimeMilliseconds()}"
            : $"{answer.TransactionId}.authorized";

    private static Task AssertOneEventEachAsync(SwitchUnderTest test, IEnumerable<AuthorizeResponse> answers) =>
        Task.Run(() =>
        {
            using var tail = new EventTail(test.Sandbox.Broker, "payments.transaction.v1", TimeProvider.System);
            var expected = answers.Select(EventIdOf).ToHashSet(StringComparer.Ordinal);
            var told = tail.ReadUntil(expected, TimeSpan.FromSeconds(30))
                .Where(e => e.Type is TransactionEventType.Authorized or TransactionEventType.NotSent);
            // Duplicates count: both stops left the outbox empty, so nothing had to be sent again.
            Assert.Equal(expected.Order(), told.Select(e => e.EventId).Order());
        });
}
