using Microsoft.Extensions.Logging;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>Kafka goes away and comes back under a relay that keeps running (G3).</summary>
public sealed class BrokerOutageTests
{
    private const int PerPhase = 40;
    private const string Topic = "payments.transaction.v1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task G3_BrokerGoesAndComesBack_AuthorizationsGoOn_AndEveryEventFollowsInOrder()
    {
        using var broker = new InterruptibleBroker();
        await using var test = await StartAsync(broker);
        var expected = new HashSet<string>(StringComparer.Ordinal);
        await PayAndReverseAsync(test, expected);
        await EmptyOutboxAsync(test);

        // What these leave in the outbox is on its way when the connections break.
        await PayAndReverseAsync(test, expected);
        broker.GoDown();
        await PayAndReverseAsync(test, expected);
        Assert.True(test.Journal.OutboxDepth >= 2 * PerPhase, $"only {test.Journal.OutboxDepth} events wait");
        broker.ComeBack();
        await PayAndReverseAsync(test, expected);
        await EmptyOutboxAsync(test);

        Assert.DoesNotContain(test.Log.Lines, line => line.EventId is 1200 or 1201);
        Assert.Equal(4 * 3 * PerPhase, expected.Count);
        using var tail = new EventTail(broker.Address, Topic, TimeProvider.System);
        // A batch whose acknowledgement was lost is sent again: a consumer keeps the first of each event id.
        var events = tail.ReadUntil(expected, Patience).DistinctBy(e => e.EventId).ToList();
        Assert.Equal(expected, events.Select(e => e.EventId).ToHashSet(StringComparer.Ordinal));
        foreach (var payment in events.GroupBy(e => e.RootTransactionId))
        {
            Assert.Equal(
                [
                    TransactionEventType.Authorized, TransactionEventType.ReversalQueued,
                    TransactionEventType.ReversalAcknowledged,
                ],
                payment.Select(e => e.Type));
        }
    }

    private static Task<SwitchUnderTest> StartAsync(InterruptibleBroker broker)
    {
        var log = new LogCapture();
        var settings = new SandboxSettings
        {
            PreferFixedPorts = false,
            Kafka = broker.Address,
            Logging = logging => logging.AddProvider(log),
            Configuration = SwitchUnderTest.Configured(("Switch:Kafka:Client:reconnect.backoff.max.ms", "200")),
        };
        return SwitchUnderTest.StartAsync(settings, log);
    }

    private static async Task PayAndReverseAsync(SwitchUnderTest test, HashSet<string> expected)
    {
        var requests = Enumerable.Range(0, PerPhase).Select(_ => Payments.Purchase()).ToList();
        var answers = await Task.WhenAll(requests.Select(request => test.AuthorizeAsync(request)));
        Assert.All(answers, answer => Assert.Equal(Outcome.Approved, answer.Outcome));
        foreach (var request in requests)
            await test.Client.ReverseAsync(Payments.ReverseOf(request), cancellationToken: Token);
        foreach (var answer in answers)
        {
            expected.Add($"{answer.TransactionId}.authorized");
            expected.Add($"{answer.TransactionId}.reversal_queued");
            expected.Add($"{answer.TransactionId}.reversal_acknowledged");
        }
    }

    private static Task EmptyOutboxAsync(SwitchUnderTest test) =>
        Eventually.TrueAsync(
            () => test.Journal is { PendingAdvices: 0, OutboxDepth: 0 }, "every reversal settled, and an empty outbox",
            Patience, Token);
}
