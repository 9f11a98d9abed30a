using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;
using Switch.Testing;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>Several workers, killed ones, and slow receivers, on both stores.</summary>
public sealed class DeliveryLeaseTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

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
            var payload = await DeliveryQueue.PayloadAsync(connection, claimed);
            Assert.Equal(e, Contracts.V1.TransactionEvent.Parser.ParseFrom(payload));
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
        await Eventually.TrueAsync(
            () => slow.Calls.Count == 5, "one more is tried", cancellationToken: WebhookRig.Cancel);
        Assert.Equal(0, await rig.Worker.DispatchAsync(WebhookRig.Cancel));
        release.SetResult();
        await rig.Worker.IdleAsync();
    }
}
