using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;

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
        Assert.Equal(
            ["payment.authorized", "payment.reversed"], told.Select(json => json.GetProperty("type").GetString()));
        Assert.Equal([1, 2], told.Select(json => json.GetProperty("data").GetProperty("sequence").GetInt32()));
        Assert.Equal(
            told.Select(json => json.GetProperty("id").GetString()).Order(),
            receiver.Calls.Select(call => call.Id).Order());
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
        Assert.Equal(
            (e.EventId, 10, 503, "answered 503"), (letter.EventId, letter.Attempts, letter.StatusCode, letter.Reason));
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
            foreach (var hidden in (string[])[bare, "in-the-url", "text-of-the-receiver", e.ApprovalCode])
                Assert.DoesNotContain(hidden, text, StringComparison.Ordinal);
        }

        Assert.Contains(e.EventId, rig.Log, StringComparison.Ordinal);
    }
}
