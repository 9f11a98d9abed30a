using Switch.Settlement.Consuming;
using Switch.Settlement.Hosting;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>A day may be closed only when it is known that nothing waits: what can't be known is a reason.</summary>
public sealed class TopicLagTests : IDisposable
{
    private const string NextOffset = "INSERT INTO consumed (topic, partition_no, next_offset) "
        + "VALUES (@topic, @partition, @next) ON CONFLICT (topic, partition_no) DO UPDATE SET next_offset = @next";

    private readonly TestTopic _topic = new();
    private readonly TestStore _store = TestStore.Create(TestStore.Sqlite);

    [Fact]
    public async Task Of_EverythingConsumed_IsNothing_AndWhatWaitsIsCounted()
    {
        await ConsumeAsync();
        Assert.Null(Lag());

        _topic.Send("key", [1]);
        _topic.Send("key", [2]);
        _topic.Flush();

        Assert.StartsWith("2 events of", Lag(), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ATopicThatIsNotThere_IsAReason() =>
        Assert.Contains("'payments.mistyped' is not on Kafka", Lag("payments.mistyped"), StringComparison.Ordinal);

    [Fact]
    public async Task Of_ATopicThatWasMadeAgain_IsAReason()
    {
        await ConsumeAsync();
        // What is kept ends before what was read: it is another topic of the same name.
        _store.Execute("UPDATE consumed SET next_offset = next_offset + 1000 WHERE partition_no = 0");

        Assert.Contains("partition 0 of payments.transaction.v1 ends at offset", Lag(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_AConsumedPartitionThatIsNotThere_IsAReason()
    {
        await ConsumeAsync();
        _store.Execute(NextOffset, new { topic = EventStreams.Topic, partition = 99, next = 7 });

        Assert.Contains("has no partition 99", Lag(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _store.Dispose();
        _topic.Dispose();
    }

    private async Task ConsumeAsync()
    {
        EventConsumerTests.SendPayments(_topic, seed: 7, from: 0, to: 20);
        _topic.Flush();
        await using (await TestConsumer.StartAsync(_topic, _store))
            await TestConsumer.ReachesAsync(_store, _topic.Sent);
    }

    private string? Lag(string topic = EventStreams.Topic) => TopicLag.Of(
        _store.Database, new SettlementKafkaOptions { BootstrapServers = _topic.Address, Topic = topic });
}
