using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;
using Switch.Testing;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>From the row of an event to a receiver, on both stores.</summary>
public sealed class DeliveryTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_NewEvents_SignedOnceInOrderToTheirMerchantAlone(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = await rig.AddAsync(receiver.Url);
        var e = rig.Pay();
        rig.Book(WebhookSamples.Reversed(e.TransactionId, rig.Time.GetUtcNow()));
        var other = WebhookSamples.Authorized(new string('9', 32), rig.Time.GetUtcNow());
        other.MerchantId = "M-2";
        rig.Book(other);

        await rig.DeliverAsync();

        Assert.Equal(2, receiver.Calls.Count);
        foreach (var call in receiver.Calls) call.Verify(issued.Secret);
        var told = receiver.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement)
            .OrderBy(json => json.GetProperty("data").GetProperty("sequence").GetInt32()).ToList();
        Assert.Equal(["payment.authorized", "payment.reversed"], told.Select(json => json.GetProperty("type").GetString()));
        Assert.Equal([1, 2], told.Select(json => json.GetProperty("data").GetProperty("sequence").GetInt32()));
        Assert.Equal(
            told.Select(json => json.GetProperty("id").GetString()).Order(), receiver.Calls.Select(call => call.Id).Order());
        Assert.Equal(2, rig.Count(DeliveryState.Delivered));
        await rig.DeliverAsync();
        Assert.Equal(2, receiver.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_ServerErrorThenSuccess_SentAgainWhenItIsDueWithTheSameIdAndBody(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) => WebhookReceiver.Status(context, receiver.Calls.Count == 1 ? 500 : 200);
        var issued = await rig.AddAsync(receiver.Url);
        rig.Pay();

        await rig.DeliverAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(4.9));
        await rig.DeliverAsync();
        Assert.Single(receiver.Calls);
        rig.Time.Advance(TimeSpan.FromSeconds(1.2));
        await rig.DeliverAsync();

        Assert.Equal(2, receiver.Calls.Count);
        Assert.Equal(receiver.Calls[0].Id, receiver.Calls[1].Id);
        Assert.Equal(receiver.Calls[0].Body, receiver.Calls[1].Body);
        Assert.NotEqual(
            receiver.Calls[0].Headers[WebhookSignature.TimestampHeader],
            receiver.Calls[1].Headers[WebhookSignature.TimestampHeader]);
        receiver.Calls[1].Verify(issued.Secret);
        Assert.Equal(1, rig.Count(DeliveryState.Delivered));
        Assert.Equal(0, (await rig.Endpoints.ListAsync(null, WebhookRig.Cancel)).Single().FailingSinceMs);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_AlwaysFails_DeadAfterTenAttemptsOnTheStandardsScheduleAndBackByRetry(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) => WebhookReceiver.Status(context, 503);
        var issued = await rig.AddAsync(receiver.Url);
        var e = rig.Pay();

        await rig.DeliverAsync();
        foreach (var pause in RetrySchedule.Standard)
        {
            Assert.Equal(0, rig.Count(DeliveryState.Dead));
            var before = receiver.Calls.Count;
            rig.Time.Advance(pause - TimeSpan.FromMilliseconds(100));
            await rig.DeliverAsync();
            Assert.Equal(before, receiver.Calls.Count);
            rig.Time.Advance((pause * RetrySchedule.JitterMax) + TimeSpan.FromMilliseconds(101));
            await rig.DeliverAsync();
            Assert.Equal(before + 1, receiver.Calls.Count);
        }

        var letter = Assert.Single(await rig.Dead.ListAsync(issued.EndpointId, 10, WebhookRig.Cancel));
        Assert.Equal((e.EventId, 10, 503, "answered 503"), (letter.EventId, letter.Attempts, letter.StatusCode, letter.Reason));
        rig.Time.Advance(TimeSpan.FromDays(2));
        await rig.DeliverAsync();
        Assert.Equal(10, receiver.Calls.Count);

        receiver.Answer = (_, context) => WebhookReceiver.Status(context, 204);
        Assert.Equal(1, (await rig.Dead.RetryAsync(issued.EndpointId, null, WebhookRig.Cancel)).Value);
        await rig.DeliverAsync();
        Assert.Equal(11, receiver.Calls.Count);
        Assert.Single(receiver.Calls.Select(call => (call.Id, call.Body)).Distinct());
        Assert.Equal(1, rig.Count(DeliveryState.Delivered));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_Gone_DisablesTheEndpointAndBuriesWhatWaits(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.EndpointConcurrencyMax = 1);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) => WebhookReceiver.Status(context, 410);
        var issued = await rig.AddAsync(receiver.Url);
        for (var i = 1; i <= 3; i++) rig.Pay(i);

        await rig.DeliverAsync();

        Assert.Single(receiver.Calls);
        var endpoint = (await rig.Endpoints.ListAsync("M-1", WebhookRig.Cancel)).Single();
        Assert.Equal((EndpointState.Disabled, "it answered 410 Gone", 0, 3),
            (endpoint.State, endpoint.StateReason, endpoint.Pending, endpoint.Dead));
        rig.Pay(4);
        await rig.DeliverAsync();
        Assert.Equal(3, rig.Count(DeliveryState.Dead));
        Assert.Contains("disabled", (await rig.Dead.RetryAsync(issued.EndpointId, null, WebhookRig.Cancel)).Fault!,
            StringComparison.Ordinal);

        receiver.Answer = (_, context) => WebhookReceiver.Status(context, 200);
        Assert.True((await rig.Endpoints.EnableAsync(issued.EndpointId, WebhookRig.Cancel)).IsDone);
        Assert.Equal(3, (await rig.Dead.RetryAsync(issued.EndpointId, null, WebhookRig.Cancel)).Value);
        await rig.DeliverAsync();
        Assert.Equal(3, rig.Count(DeliveryState.Delivered));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_RetryAfter_HoldsBackAllOfTheEndpointAndCountsNoAttempt(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.EndpointConcurrencyMax = 1);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) =>
        {
            context.Response.Headers.RetryAfter = "120";
            return WebhookReceiver.Status(context, receiver.Calls.Count == 1 ? 429 : 200);
        };
        await rig.AddAsync(receiver.Url);
        rig.Pay(1);
        rig.Pay(2);

        await rig.DeliverAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(119));
        await rig.DeliverAsync();
        Assert.Single(receiver.Calls);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await rig.DeliverAsync();
        Assert.Equal(3, receiver.Calls.Count);
        Assert.Equal(3, rig.Store.Number("SELECT SUM(attempts) FROM webhook_delivery"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_NothingTakenForFiveDays_DisablesTheEndpoint(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) => WebhookReceiver.Status(context, 404);
        await rig.AddAsync(receiver.Url);
        for (var day = 0; day < 7; day++)
        {
            rig.Pay(day + 1);
            await rig.DeliverAsync();
            rig.Time.Advance(TimeSpan.FromDays(1));
        }

        var endpoint = (await rig.Endpoints.ListAsync(null, WebhookRig.Cancel)).Single();
        Assert.Equal((EndpointState.Disabled, "it took nothing for 120 hours"), (endpoint.State, endpoint.StateReason));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_KilledBetweenAnswerAndRecord_SentAgainWithTheSameIdAfterTheLease(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = await rig.AddAsync(receiver.Url);
        var e = rig.Pay();
        await rig.FanOutAllAsync();
        Delivery claimed;
        await using (var connection = await rig.Store.Database.OpenConnectionAsync(WebhookRig.Cancel))
        {
            claimed = Assert.Single(await rig.Queue.ClaimAsync(connection, issued.EndpointId, 10));
            Assert.Equal(e, Contracts.V1.TransactionEvent.Parser.ParseFrom(await DeliveryQueue.PayloadAsync(connection, claimed)));
        }

        // What a killed instance did: the receiver answered, and nothing was written of it.
        var message = WebhookMessage.Of(e, claimed.Sequence)!;
        await rig.Sender.SendAsync(receiver.Url, message, [issued.Secret], WebhookRig.Cancel);
        await rig.DeliverAsync();
        Assert.Single(receiver.Calls);
        rig.Time.Advance(rig.Options.Lease + TimeSpan.FromMilliseconds(1));
        await rig.DeliverAsync();

        Assert.Equal(2, receiver.Calls.Count);
        Assert.Equal((receiver.Calls[0].Id, receiver.Calls[0].Body), (receiver.Calls[1].Id, receiver.Calls[1].Body));
        Assert.Equal(1, rig.Count(DeliveryState.Delivered));
        // The killed one comes back to life: what it knows counts no more.
        Assert.Null(await rig.Queue.RecordAsync(claimed, new AttemptResult(AttemptKind.Failed), 0, WebhookRig.Cancel));
        Assert.Equal(1, rig.Count(DeliveryState.Delivered));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Record_LeaseEndedAndClaimedByAnother_OnlyTheOtherWrites(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        var issued = await rig.AddAsync("http://127.0.0.1:9/");
        rig.Pay();
        await rig.FanOutAllAsync();
        await using var connection = await rig.Store.Database.OpenConnectionAsync(WebhookRig.Cancel);
        var stale = Assert.Single(await rig.Queue.ClaimAsync(connection, issued.EndpointId, 10));
        Assert.Empty(await rig.Queue.ClaimAsync(connection, issued.EndpointId, 10));
        rig.Time.Advance(rig.Options.Lease);
        var owner = Assert.Single(await rig.Queue.ClaimAsync(connection, issued.EndpointId, 10));

        var gone = new AttemptResult(AttemptKind.Gone, 410, "answered 410");
        Assert.Null(await rig.Queue.RecordAsync(stale, gone, 0, WebhookRig.Cancel));
        Assert.Equal(1, rig.Count(DeliveryState.Pending));
        Assert.Equal(1, rig.Store.Number("SELECT state FROM webhook_endpoint"));
        var delivered = new AttemptResult(AttemptKind.Delivered, 200);
        Assert.Equal(DeliveryState.Delivered, await rig.Queue.RecordAsync(owner, delivered, 0, WebhookRig.Cancel));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_SeveralWorkersAndFanOuts_NothingIsSentTwice(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        await rig.AddAsync(receiver.Url);
        for (var i = 1; i <= 60; i++) rig.Pay(i, partition: i % 3);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(rig.FanOutAllAsync)));
        Assert.Equal(60, rig.Count(DeliveryState.Pending));

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var worker = rig.NewWorker();
            while (rig.Count(DeliveryState.Pending) > 0)
            {
                await worker.DispatchAsync(WebhookRig.Cancel);
                await worker.IdleAsync();
            }
        })));

        Assert.Equal(60, receiver.Calls.Count);
        Assert.Equal(60, receiver.Calls.Select(call => call.Id).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_SlowEndpointBesideAQuickOne_TheQuickOneIsNotDelayed(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var slow = await WebhookReceiver.StartAsync();
        await using var quick = await WebhookReceiver.StartAsync();
        var release = new TaskCompletionSource();
        slow.Answer = (_, _) => release.Task;
        await rig.AddAsync(slow.Url);
        await rig.AddAsync(quick.Url);
        for (var i = 1; i <= 20; i++) rig.Pay(i);
        await rig.FanOutAllAsync();

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(WebhookRig.Cancel);
        var running = Task.Run(() => rig.Worker.RunAsync(stop.Token), WebhookRig.Cancel);
        await Eventually.TrueAsync(() => rig.Count(DeliveryState.Delivered) == 20, "the quick endpoint has all",
            cancellationToken: WebhookRig.Cancel);
        Assert.Equal(20, quick.Calls.Count);
        Assert.Equal(rig.Options.EndpointConcurrencyMax, slow.Calls.Count);

        // The slow ones run into their timeout; from then on one at a time is tried.
        await stop.CancelAsync();
        rig.Time.Advance(rig.Options.Timeout);
        await running;
        Assert.Equal(4, rig.Store.Number("SELECT COUNT(*) FROM webhook_delivery WHERE reason = 'no answer in 15 s'"));
        await rig.Worker.DispatchAsync(WebhookRig.Cancel);
        await Eventually.TrueAsync(() => slow.Calls.Count == 5, "one more is tried", cancellationToken: WebhookRig.Cancel);
        Assert.Equal(0, await rig.Worker.DispatchAsync(WebhookRig.Cancel));
        release.SetResult();
        await rig.Worker.IdleAsync();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_KeysGone_NothingIsSentAndNoAttemptIsCounted(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = await rig.AddAsync(receiver.Url);
        rig.Store.Execute("UPDATE webhook_secret SET sealed = @other",
            new { other = rig.Vault.Seal("ep_of_another", issued.Secret) });
        rig.Pay();
        await rig.DeliverAsync();
        Assert.Empty(receiver.Calls);
        Assert.Contains("can't be opened", rig.Log, StringComparison.Ordinal);
        Assert.Equal(0, rig.Store.Number("SELECT MAX(attempts) FROM webhook_delivery WHERE state = 1"));

        rig.Store.Execute("UPDATE webhook_secret SET sealed = @own",
            new { own = rig.Vault.Seal(issued.EndpointId, issued.Secret) });
        rig.Time.Advance(RetrySchedule.Postponement);
        await rig.DeliverAsync();
        Assert.Single(receiver.Calls);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_AnyOutcome_LogsAndStoreHoldNoSecretUrlOrBody(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (_, context) =>
        {
            context.Response.StatusCode = receiver.Calls.Count == 1 ? 500 : 200;
            await context.Response.WriteAsync("text-of-the-receiver", context.RequestAborted);
        };
        var issued = await rig.AddAsync(receiver.Url);
        var e = rig.Pay();
        await rig.DeliverAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(6));
        await rig.DeliverAsync();
        Assert.Equal(2, receiver.Calls.Count);

        var stored = string.Join('\n', rig.Store.Rows<string>("SELECT sealed FROM webhook_secret")
            .Concat(rig.Store.Rows<string>("SELECT reason FROM webhook_delivery")));
        var bare = issued.Secret.Reveal()[WebhookSecret.Prefix.Length..];
        foreach (var text in (string[])[rig.Log, stored])
        {
            foreach (var hidden in (string[])[bare, "in-the-url", "text-of-the-receiver", e.ApprovalCode, e.CardFirstSix])
                Assert.DoesNotContain(hidden, text, StringComparison.Ordinal);
        }

        Assert.Contains(e.EventId, rig.Log, StringComparison.Ordinal);
    }
}
