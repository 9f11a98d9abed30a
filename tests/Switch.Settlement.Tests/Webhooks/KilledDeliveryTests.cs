using System.Collections.Concurrent;
using Switch.Settlement.Hosting;
using Switch.Settlement.Tests.Consuming;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>The program itself, killed while it delivers.</summary>
public sealed class KilledDeliveryTests
{
    private const int Payments = 150;
    private const int Kills = 2;

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Deliver_Killed_EveryEventArrivesAndWhatWasUnderWayAgain(string kind)
    {
        using var topic = new TestTopic();
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = (await rig.Endpoints.AddAsync("M-ONE", receiver.Url, [], WebhookRig.Cancel)).Value!;
        rig.Store.Execute("UPDATE webhook_endpoint SET created_ms = 0"); // the events are of a day that has passed
        EventConsumerTests.SendPayments(topic, seed: 9, 0, Payments);
        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, rig.Store))
            await TestConsumer.ReachesAsync(rig.Store, topic.Sent);
        var events = rig.Store.Rows<string>(
            "SELECT e.event_id FROM event e JOIN payment p ON p.id = e.payment_id WHERE p.merchant_id = 'M-ONE'");
        var unanswered = new ConcurrentBag<string>();

        for (var kill = 1; kill <= Kills; kill++)
        {
            // Answers some, and then none any more: what is sent last is under way when the process is killed.
            var (answered, under) = (0, new ConcurrentBag<string>());
            var never = new TaskCompletionSource();
            receiver.Answer = (call, context) =>
            {
                if (Interlocked.Increment(ref answered) <= events.Count / (Kills + 2))
                    return WebhookReceiver.Status(context, 204);
                under.Add(call.Id);
                return never.Task.WaitAsync(context.RequestAborted);
            };
            using var process = Start(topic, rig);
            await process.UntilAsync(
                () => under.Count == rig.Options.EndpointConcurrencyMax, "its places are taken");
            await process.KillAsync();
            foreach (var id in under) unanswered.Add(id);
        }

        receiver.Answer = static (_, context) => WebhookReceiver.Status(context, 204);
        using (var last = Start(topic, rig))
        {
            await last.UntilAsync(
                () => rig.Count(DeliveryState.Delivered) == events.Count, "all is delivered");
            await last.TerminateAsync();
            Assert.Equal(0, last.ExitCode);
        }

        Assert.Equal(
            events.Select(WebhookMessage.IdOf).Order(),
            receiver.Calls.Select(static call => call.Id).Distinct().Order());
        Assert.All(
            receiver.Calls.GroupBy(static call => call.Id),
            static told => Assert.Single(told.Select(static call => call.Body).Distinct()));
        Assert.All(unanswered, id => Assert.True(receiver.Calls.Count(call => call.Id == id) > 1, id));
        receiver.Calls[^1].Verify(issued.Secret);
    }

    private static SettlementProcess Start(TestTopic topic, WebhookRig rig)
    {
        const string Webhooks = $"{SettlementOptions.Section}:{nameof(SettlementOptions.Webhooks)}";
        string[] settings =
        [
            $"{Webhooks}:KeysPath={rig.KeysPath}", $"{Webhooks}:AllowHttp=true",
            $"{Webhooks}:AllowedNetworks:0=127.0.0.0/8", $"{Webhooks}:Timeout=00:00:05", $"{Webhooks}:Lease=00:00:10",
            $"{Webhooks}:FanOutMax=50", $"{Webhooks}:PollInterval=00:00:00.05", "Settlement:Query:Grpc=127.0.0.1:0",
            "Settlement:Query:Json=127.0.0.1:0", "Logging:LogLevel:Default=Warning",
        ];
        return SettlementProcess.Start(
        [
            "--database", rig.Store.Connection, "--terms", SampleTerms.Path, "--kafka", topic.Address,
            .. settings.SelectMany(static setting => (string[])["--set", setting]),
        ]);
    }
}
