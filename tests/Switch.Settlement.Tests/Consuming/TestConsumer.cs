using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switch.Settlement.Consuming;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;
using Switch.Testing;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>The real consumer in this process, on a real broker and a real store.</summary>
internal sealed class TestConsumer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;
    private readonly EventConsumer _consumer;
    private readonly MeterListener _listener = new();
    private long _written;

    private TestConsumer(SettlementOptions options, SettlementDatabase database)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging(logging => logging.AddProvider(Log));
        _services = services.BuildServiceProvider();
        var loggers = _services.GetRequiredService<ILoggerFactory>();
        var meters = _services.GetRequiredService<IMeterFactory>();
        Listen(meters);
        Metrics = new ConsumingMetrics(meters);
        _consumer = new EventConsumer(
            database, EventStreams.Bookkeeper, options, Metrics, TimeProvider.System,
            loggers.CreateLogger<EventConsumer>());
    }

    public ConsumingMetrics Metrics { get; }

    public LogCapture Log { get; } = new();

    /// <summary>Events that this consumer has written.</summary>
    public long Written => Interlocked.Read(ref _written);

    public static SettlementOptions Options(TestTopic topic, TestStore store) => new()
    {
        Database = store.Connection,
        Kafka = new SettlementKafkaOptions
        {
            BootstrapServers = topic.Address,
            Topic = EventStreams.Topic,
            Client = { ["session.timeout.ms"] = "6000", ["heartbeat.interval.ms"] = "500" },
        },
        Batch = new BatchOptions
        {
            EventsMax = 500,
            RetryMin = TimeSpan.FromMilliseconds(20),
            RetryMax = TimeSpan.FromMilliseconds(200),
        },
    };

    public static async Task<TestConsumer> StartAsync(TestTopic topic, TestStore store)
    {
        var consumer = new TestConsumer(Options(topic, store), store.Database);
        await consumer._consumer.StartAsync(TestContext.Current.CancellationToken);
        return consumer;
    }

    /// <summary>Waits until the store has passed over that many messages.</summary>
    public static Task ReachesAsync(TestStore store, long messages) => Eventually.TrueAsync(
        () => store.Number("SELECT CAST(COALESCE(SUM(next_offset), 0) AS BIGINT) FROM consumed") == messages,
        $"{messages} messages consumed", Patience, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _consumer.StopAsync(CancellationToken.None);
        _consumer.Dispose();
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    private void Listen(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name == "cardswitch.settlement.events")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, events, _, _) => Interlocked.Add(ref _written, events));
        _listener.Start();
    }
}
