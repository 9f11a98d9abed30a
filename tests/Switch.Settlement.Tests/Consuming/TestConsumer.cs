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

    private TestConsumer(SettlementOptions options, SettlementDatabase database)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging();
        _services = services.BuildServiceProvider();
        var loggers = _services.GetRequiredService<ILoggerFactory>();
        Metrics = new ConsumingMetrics(_services.GetRequiredService<IMeterFactory>());
        _consumer = new EventConsumer(
            database, EventStreams.Bookkeeper, options, Metrics, TimeProvider.System,
            loggers.CreateLogger<EventConsumer>());
    }

    public ConsumingMetrics Metrics { get; }

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
        await _services.DisposeAsync();
    }
}
