using System.Diagnostics.Metrics;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Switch.Settlement.Consuming;
using Switch.Settlement.Hosting;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Consuming;

public sealed class DeadLetterPublisherTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Write_BrokerOfTheLettersDoesNotAnswer_HoldsUpNoBatch(string kind)
    {
        using var store = TestStore.Create(kind);
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var writer = BooksWriterTests.Writer(store);
        using var publisher = Publisher(store, new SettlementKafkaOptions { BootstrapServers = "127.0.0.1:1" });
        var committer = new BatchCommitter(
            writer, publisher, new BatchOptions(),
            new ConsumingMetrics(services.GetRequiredService<IMeterFactory>()), TimeProvider.System,
            NullLogger.Instance);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var publishing = Task.Run(() => publisher.Run(stop.Token), CancellationToken.None);

        for (var offset = 0; offset < 3; offset++)
        {
            committer.Begin(Rubbish(offset), TestContext.Current.CancellationToken);
            // The publisher waits for twice as long.
            Assert.Equal(new BatchResult(false, 0, 0, 1), committer.End(TimeSpan.FromSeconds(5)));
        }

        await stop.CancelAsync();
        await publishing;
        Assert.Equal(3, store.Number("SELECT COUNT(*) FROM dead_letter WHERE published_ms = 0"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void PublishPending_LetterThatIsRefused_KeepsNoOtherBack(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        for (var offset = 0; offset < 1100; offset++)
        {
            store.Execute(
                "INSERT INTO dead_letter (topic, partition_no, partition_offset, reason, received_ms, message_key, "
                + "payload) VALUES (@Topic, 0, @offset, 'no event', 1, 'k', @payload)",
                new { EventStreams.Topic, offset, payload = new byte[IsTooLarge(offset) ? 5_000 : 1] });
        }

        using var publisher = Publisher(store, new SettlementKafkaOptions
        {
            BootstrapServers = topic.Address,
            Client = { ["message.max.bytes"] = "1000" },
        });

        publisher.PublishPending(TestContext.Current.CancellationToken);

        Assert.Equal(
            Enumerable.Range(0, 1100).Where(IsTooLarge).Select(static offset => (long)offset),
            store.Rows<long>("SELECT partition_offset FROM dead_letter WHERE published_ms = 0 ORDER BY 1"));
    }

    // A whole page of them, and one among others.
    private static bool IsTooLarge(int offset) => offset is >= 100 and < 350 or 700;

    private static DeadLetterPublisher Publisher(TestStore store, SettlementKafkaOptions options) =>
        new(store.Database, options, TimeProvider.System, NullLogger.Instance);

    private static MessageBatch Rubbish(long offset)
    {
        var batch = new MessageBatch(EventStreams.Reader, new BatchOptions());
        batch.Add(new ConsumeResult<byte[], byte[]>
        {
            Topic = EventStreams.Topic,
            Partition = 0,
            Offset = offset,
            Message = new Message<byte[], byte[]> { Value = [0xff] },
        });
        return batch;
    }
}
