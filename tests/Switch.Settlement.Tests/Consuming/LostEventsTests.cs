using Google.Protobuf;
using Switch.Settlement.Tests.Store;
using Switch.Testing;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>What docs/settlement.md says to do when Kafka has deleted what was not read, as it is printed.</summary>
public sealed class LostEventsTests
{
    private const string Fence = "```sql lost-events";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static string Document => Path.Combine(AppContext.BaseDirectory, "../../../../../docs/settlement.md");

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Consume_NextEventsAreDeleted_WaitsUntilAPersonRaisesTheOffset(string kind)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        store.Execute(
            "INSERT INTO consumed (topic, partition_no, next_offset) VALUES (@Topic, 2, 0)",
            new { EventStreams.Topic });
        // More than the broker keeps of a partition.
        for (var i = 0; i < 8; i++) topic.Send(2, "rubbish", new byte[900_000]);
        topic.Flush();
        var earliest = topic.EarliestOf(2);
        Assert.InRange(earliest, 1, 7);
        await using var consumer = await TestConsumer.StartAsync(topic, store);
        await Eventually.TrueAsync(
            () => consumer.Log.Lines.Any(static line => line.EventId == 3008), "it says what is lost", Patience,
            cancel);
        Assert.Contains("partition 2 of " + EventStreams.Topic, consumer.Log.Text, StringComparison.Ordinal);
        Assert.Equal(0, store.Number("SELECT next_offset FROM consumed"));

        Assert.Equal(1, store.Execute(Printed().Replace("4711", $"{earliest}", StringComparison.Ordinal)));

        var sale = EventStreams.Authorized(1);
        topic.Send(2, sale.RootTransactionId, sale.ToByteArray());
        topic.Flush();
        await TestConsumer.ReachesAsync(store, topic.Sent);
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM payment"));
        Assert.Equal(8 - earliest, store.Number("SELECT COUNT(*) FROM dead_letter"));
    }

    private static string Printed() => string.Join(
        '\n',
        File.ReadLines(Document).SkipWhile(static line => line != Fence).Skip(1)
            .TakeWhile(static line => line != "```"));
}
