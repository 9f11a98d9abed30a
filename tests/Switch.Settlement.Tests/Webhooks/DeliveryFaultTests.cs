using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>What is at fault on our side ends too, and is no fault of the endpoint.</summary>
public sealed class DeliveryFaultTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_EventOfWhichNoMessageCanBeMade_IsADeadLetterAndTheOthersAreSent(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = await rig.AddAsync(receiver.Url);
        var bad = rig.Pay(1);
        rig.Pay(2);
        // A time that no clock can say: the message throws something else than a fault of protobuf.
        bad.OccurredAt = new Timestamp { Seconds = long.MaxValue };
        rig.Store.Execute(
            "UPDATE event SET payload = @payload WHERE event_id = @EventId",
            new { payload = bad.ToByteArray(), bad.EventId });

        await rig.DeliverAsync();

        Assert.Single(receiver.Calls);
        var letter = Assert.Single(await rig.Dead.ListAsync(issued.EndpointId, 10, WebhookRig.Cancel));
        Assert.Equal((bad.EventId, "no message can be made of the event"), (letter.EventId, letter.Reason));
        Assert.Equal(0, (await rig.Endpoints.ListAsync(null, WebhookRig.Cancel)).Single().FailingSinceMs);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_KeysGoneForDays_EndsAsADeadLetterAndTheEndpointStays(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        var issued = await rig.AddAsync("http://127.0.0.1:9/");
        rig.Store.Execute("UPDATE webhook_secret SET sealed = 'of other keys'");
        rig.Pay();
        await rig.DeliverAsync();
        rig.Time.Advance(rig.Options.DisableAfter - TimeSpan.FromMinutes(1));
        await rig.DeliverAsync();
        Assert.Equal(1, rig.Count(DeliveryState.Pending));

        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await rig.DeliverAsync();

        var letter = Assert.Single(await rig.Dead.ListAsync(issued.EndpointId, 10, WebhookRig.Cancel));
        Assert.Equal("the secrets can't be opened", letter.Reason);
        Assert.Equal(
            EndpointState.Enabled, (await rig.Endpoints.ListAsync(null, WebhookRig.Cancel)).Single().State);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_EventThatCannotBeRead_IsPostponedAndTheOthersAreSent(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        await rig.AddAsync(receiver.Url);
        var bad = rig.Pay(1);
        rig.Pay(2);
        await rig.FanOutAllAsync();
        // Damage that a query trips over: the event is there twice.
        rig.Store.Execute("DROP INDEX event_once");
        rig.Store.Execute(
            "INSERT INTO event SELECT id + 1000, event_id, payment_id, type, occurred_ms, partition_no, "
            + "partition_offset, payload FROM event WHERE event_id = @EventId", new { bad.EventId });

        await rig.DeliverAsync();

        Assert.Contains($"{2:x32}", Assert.Single(receiver.Calls).Body, StringComparison.Ordinal);
        Assert.Equal(
            ["0 the event can't be read"],
            rig.Store.Rows<string>("SELECT attempts || ' ' || reason FROM webhook_delivery WHERE state = 1"));
        rig.Store.Execute("DELETE FROM event WHERE id > 1000");
        rig.Time.Advance(RetrySchedule.Postponement);
        await rig.DeliverAsync();
        Assert.Equal(2, receiver.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_SecretsThatCannotBeReadForLong_CostNoAttempt(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        await rig.AddAsync(receiver.Url);
        rig.Pay();
        rig.Store.Execute("ALTER TABLE webhook_secret RENAME TO away");
        for (var i = 0; i <= RetrySchedule.Standard.Count + 1; i++)
        {
            await rig.DeliverAsync();
            rig.Time.Advance(RetrySchedule.Postponement);
        }

        Assert.Equal(0, rig.Store.Number("SELECT attempts FROM webhook_delivery WHERE state = 1"));
        rig.Store.Execute("ALTER TABLE away RENAME TO webhook_secret");
        await rig.DeliverAsync();
        Assert.Single(receiver.Calls);
        Assert.Equal(1, rig.Store.Number("SELECT attempts FROM webhook_delivery WHERE state = 2"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Enable_PastTheBoundOfTheMerchant_IsRefused(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.MerchantEndpointsMax = 1);
        var first = await rig.AddAsync("http://127.0.0.1:9/1");
        await rig.Endpoints.DisableAsync(first.EndpointId, "moved", WebhookRig.Cancel);
        var second = await rig.AddAsync("http://127.0.0.1:9/2");

        Assert.Contains(
            "1 endpoints already", (await rig.Endpoints.EnableAsync(first.EndpointId, WebhookRig.Cancel)).Fault ?? "",
            StringComparison.Ordinal);
        // One that is enabled stays so.
        Assert.True((await rig.Endpoints.EnableAsync(second.EndpointId, WebhookRig.Cancel)).IsDone);
        await rig.Endpoints.DisableAsync(second.EndpointId, "moved", WebhookRig.Cancel);
        Assert.True((await rig.Endpoints.EnableAsync(first.EndpointId, WebhookRig.Cancel)).IsDone);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replay_FilteredEndpoint_OnlyWhatItWantsCountsAgainstTheBound(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.ReplayMax = 2);
        var issued = await rig.AddAsync("http://127.0.0.1:9/", WebhookEventType.Reversed);
        for (var i = 1; i <= 5; i++)
        {
            var e = rig.Pay(i);
            if (i > 3) rig.Book(WebhookSamples.Reversed(e.TransactionId, rig.Time.GetUtcNow()));
        }

        var now = rig.Time.GetUtcNow();
        var replayed = await rig.Replay.ReplayAsync(
            issued.EndpointId, now.AddHours(-1), now.AddHours(1), WebhookRig.Cancel);

        Assert.Equal((2, null), (replayed.Value, replayed.Fault));
        Assert.Equal([2, 2], rig.Store.Rows<long>("SELECT sequence FROM webhook_delivery"));
    }
}
