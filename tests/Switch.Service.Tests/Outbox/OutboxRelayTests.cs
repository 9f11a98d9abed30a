using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Switch.Service.Journal;
using Switch.Service.Outbox;
using Switch.Service.Tests.Journal;
using Switch.Testing;

namespace Switch.Service.Tests.Outbox;

/// <summary>What the relay does when a delivery fails, which a broker seldom does when asked to.</summary>
public sealed class OutboxRelayTests
{
    [Fact]
    public async Task DeliveryFails_TheRelayStartsAgainFromTheOldestEvent_AndNothingIsLost()
    {
        await using var harness = new JournalHarness();
        using var meter = new Meter("relay test");
        for (var i = 1; i <= 5; i++) await harness.Journal.WriteAsync(Steps.Announce(i));
        var sinks = new List<ScriptedSink>();
        using var relay = new OutboxRelay(
            harness.Journal, OpenSink, new SwitchOptions(), harness.Time, meter, NullLogger<OutboxRelay>.Instance);

        await relay.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            () =>
            {
                harness.Time.Advance(TimeSpan.FromSeconds(1));
                return harness.Journal.OutboxDepth == 0;
            },
            "an empty outbox", cancellationToken: TestContext.Current.CancellationToken);
        await relay.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, sinks.Count);
        Assert.Equal("fails", sinks[0].Outcomes[2]);
        Assert.Equal(Steps.Event(3).EventId, sinks[1].Produced[0]);
        Assert.Equal(Enumerable.Range(3, 3).Select(i => Steps.Event(i).EventId), sinks[1].Produced);

        IEventSink OpenSink()
        {
            var sink = new ScriptedSink(failAt: sinks.Count == 0 ? 3 : 0);
            sinks.Add(sink);
            return sink;
        }
    }

    /// <summary>Delivers at once, but fails the n-th event and all after it.</summary>
    private sealed class ScriptedSink(int failAt) : IEventSink
    {
        public List<string> Produced { get; } = [];

        public List<string?> Outcomes { get; } = [];

        public void Produce(PendingEvent pending, Action<Delivery> onDelivery)
        {
            Produced.Add(pending.EventId);
            var error = failAt > 0 && Produced.Count >= failAt ? "fails" : null;
            Outcomes.Add(error);
            onDelivery(new Delivery(error));
        }

        public bool Flush(TimeSpan atMost) => true;

        public void Dispose()
        {
        }
    }
}
