using System.Diagnostics.Metrics;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Service.Journal;
using Switch.Service.Outbox;
using Switch.Service.Tests.Journal;
using Switch.Testing;

namespace Switch.Service.Tests.Outbox;

/// <summary>
/// What is not known to stand is not told: the real relay and producer against the embedded broker, and what a consumer
/// sees of them.
/// </summary>
public sealed class UnsettledRelayTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly EmbeddedBroker _broker = new();
    private readonly Meter _meter = new("unsettled relay test");
    private readonly KafkaOptions _kafka;

    public UnsettledRelayTests() =>
        _kafka = new KafkaOptions { BootstrapServers = _broker.Address, Topic = $"unsettled.{Guid.NewGuid():N}" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _broker.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task G3_EventsOfAnUnsettledOutcome_AreToldWhenItIsSettled_AndNothingOvertakesThem()
    {
        await using var harness = new JournalHarness();
        await WriteAsync(harness, 1);
        await WriteAsync(harness, 2, isSettled: false);
        await WriteAsync(harness, 3);
        // It is unsettled still when another process reads the same file.
        await harness.ReopenAsync();
        using var relay = Relay(harness);
        await relay.StartAsync(Token);

        await DepthAsync(harness, 2);
        Assert.Equal([Event(1)], Told(Event(1)));

        harness.Journal.Settle(Steps.Id(2));
        await DepthAsync(harness, 0);
        await relay.StopAsync(Token);
        Assert.Equal([Event(1), Event(2), Event(3)], Told(Event(1), Event(2), Event(3)));
    }

    [Fact]
    public async Task G3_EventsOfASupersededOutcome_AreNeverTold()
    {
        await using var harness = new JournalHarness();
        await WriteAsync(harness, 1, isSettled: false);
        await WriteAsync(harness, 2);
        using var relay = Relay(harness);
        await relay.StartAsync(Token);
        await WriteAsync(harness, 3);

        var step = new JournalStep
        {
            Outcome = new OutcomeRow(Steps.Id(1), 0, default, IsSettled: true),
            RemoveEvents = [Event(1)],
            Events = [Row(1, "late")],
        };
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(step));
        harness.Journal.Supersede(Steps.Id(1));

        await DepthAsync(harness, 0);
        await relay.StopAsync(Token);
        string[] expected = [$"{Steps.Id(1)}.late", Event(2), Event(3)];
        Assert.Equal(expected.Order(StringComparer.Ordinal), Told(expected));
    }

    [Fact]
    public async Task G3_OutcomesThatAreSettledOrSuperseded_WhileTheRelayRuns_TellWhatStandsAndNothingElse()
    {
        const int Outcomes = 300;
        await using var harness = new JournalHarness();
        using var relay = Relay(harness);
        await relay.StartAsync(Token);
        var expected = new List<string>();
        for (var i = 1; i <= Outcomes; i++)
        {
            await WriteAsync(harness, i, isSettled: false);
            if (i % 3 != 0)
            {
                expected.Add(Event(i));
                harness.Journal.Settle(Steps.Id(i));
                continue;
            }

            var step = new JournalStep
            {
                Outcome = new OutcomeRow(Steps.Id(i), 0, default, IsSettled: true),
                RemoveEvents = [Event(i)],
            };
            Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(step));
            harness.Journal.Supersede(Steps.Id(i));
        }

        await DepthAsync(harness, 0);
        await relay.StopAsync(Token);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Told([.. expected]));
    }

    [Fact]
    public async Task G3_EventInPlaceOfOneThatTheRelayHasReadAlready_IsTheOnlyOneTold()
    {
        await using var harness = new JournalHarness();
        await WriteAsync(harness, 1);
        await WriteAsync(harness, 2);
        await WriteAsync(harness, 3);
        var sink = new HeldSink();
        using var relay = new OutboxRelay(
            harness.Journal, () => sink, new SwitchOptions { Kafka = { InFlightMax = 1 } }, TimeProvider.System, _meter,
            NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Token);
        // All three are read, and the second waits for the place of the first.
        await Eventually.TrueAsync(() => sink.Produced.Count == 1, "the first is out", Patience, Token);

        var inPlace = new JournalStep
        {
            RemoveEvents = [Event(3)],
            Events = [Row(3, "authorized") with { OccurredAtMs = 7 }],
        };
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(inPlace));
        sink.DeliverFromNowOn();

        await DepthAsync(harness, 0);
        await relay.StopAsync(Token);
        Assert.Equal([Event(1), Event(2), Event(3)], sink.Produced.Select(e => e.EventId));
        Assert.Equal(7, sink.Produced[^1].OccurredAtMs);
    }

    [Fact]
    public async Task OutcomesThatSettleOneByOne_AreToldTogether_AfterOnePause()
    {
        await using var harness = new JournalHarness();
        var time = new PauseCounter();
        var sink = new HeldSink();
        using var relay = new OutboxRelay(
            harness.Journal, () => sink, new SwitchOptions { Kafka = { Linger = PauseCounter.Pause } }, time, _meter,
            NullLogger<OutboxRelay>.Instance);
        await relay.StartAsync(Token);

        var written = 1;
        await WriteAsync(harness, written, isSettled: false);
        await Eventually.TrueAsync(
            async () =>
            {
                // The relay may have seen it only now, and then has not waited for it.
                harness.Journal.Settle(Steps.Id(written++));
                await WriteAsync(harness, written, isSettled: false);
                return time.Pauses == 1;
            },
            "what the relay waited for is settled, and it waits for more", Patience, Token);
        var before = sink.Produced.Count;
        harness.Journal.Settle(Steps.Id(written));
        await WriteAsync(harness, ++written);
        Assert.Equal(before, sink.Produced.Count);
        time.Advance(PauseCounter.Pause);

        await Eventually.TrueAsync(() => sink.Produced.Count == written, "all are told", Patience, Token);
        Assert.Equal(1, time.Pauses);
        await relay.StopAsync(Token);
    }

    private static string Event(int number) => $"{Steps.Id(number)}.authorized";

    private static OutboxRow Row(int number, string type)
    {
        var told = new TransactionEvent { EventId = $"{Steps.Id(number)}.{type}", TransactionId = Steps.Id(number) };
        return Steps.Event(number, type) with { Payload = told.ToByteArray() };
    }

    private static async Task WriteAsync(JournalHarness harness, int number, bool isSettled = true)
    {
        var outcome = new OutcomeRow(Steps.Id(number), 0, Steps.Bytes(number, 50), isSettled);
        var step = new JournalStep { Events = [Row(number, "authorized")], Outcome = outcome };
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(step));
    }

    private static Task DepthAsync(JournalHarness harness, int depth) => Eventually.TrueAsync(
        () => harness.Journal.OutboxDepth == depth, $"{depth} events left", Patience, Token);

    // All there is, once those are there.
    private List<string> Told(params string[] expected)
    {
        using var tail = new EventTail(_broker.Address, _kafka.Topic, TimeProvider.System);
        return tail.ReadUntil(expected.ToHashSet(StringComparer.Ordinal), Patience)
            .Select(static e => e.EventId).Order(StringComparer.Ordinal).ToList();
    }

    private OutboxRelay Relay(JournalHarness harness) => new(
        harness.Journal,
        () => new EventProducer(_kafka, "test", NullLogger<OutboxRelay>.Instance),
        new SwitchOptions { Kafka = _kafka },
        TimeProvider.System,
        _meter,
        NullLogger<OutboxRelay>.Instance);

    // Stands still, and counts who waits for the one pause.
    private sealed class PauseCounter : FakeTimeProvider
    {
        public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(777);
        private int _pauses;

        public int Pauses => Volatile.Read(ref _pauses);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            if (dueTime == Pause) Interlocked.Increment(ref _pauses);
            return timer;
        }
    }

    // Keeps the first event to itself until it is told to deliver.
    private sealed class HeldSink : IEventSink
    {
        private readonly Lock _gate = new();
        private readonly List<PendingEvent> _produced = [];
        private Action<Delivery>? _held;
        private bool _delivers;

        public IReadOnlyList<PendingEvent> Produced
        {
            get { lock (_gate) return [.. _produced]; }
        }

        public void Produce(PendingEvent pending, Action<Delivery> onDelivery)
        {
            lock (_gate)
            {
                _produced.Add(pending);
                if (!_delivers)
                {
                    _held = onDelivery;
                    return;
                }
            }

            onDelivery(new Delivery(null));
        }

        public void DeliverFromNowOn()
        {
            lock (_gate) _delivers = true;
            _held!(new Delivery(null));
        }

        public bool Flush(TimeSpan atMost) => true;

        public void Dispose()
        {
        }
    }
}
