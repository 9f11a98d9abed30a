using System.Text;
using Confluent.Kafka;
using Switch.Contracts.V1;
using Switch.Settlement.Consuming;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;
using Switch.Testing;

namespace Switch.Settlement.Tests.Consuming;

public sealed class EventConsumerTests
{
    private const int Payments = 300;

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Consume_EventsAndRubbish_BooksAndDeadLetters(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        SendPayments(topic, seed: 1);
        topic.Send("rubbish", [0xff, 0xff, 0xff]);
        topic.Flush();

        await using (var consumer = await TestConsumer.StartAsync(topic, store))
        {
            await TestConsumer.ReachesAsync(store, topic.Sent);
            await Eventually.TrueAsync(
                () => store.Number("SELECT COUNT(*) FROM dead_letter WHERE published_ms > 0") == 1,
                "the dead letter is published", TimeSpan.FromSeconds(30),
                TestContext.Current.CancellationToken);
        }

        Assert.Equal(Expected(kind, seed: 1), BooksDigest.Of(store.Database));
        var letter = FirstOf(topic, EventStreams.Topic + DeadLetterPublisher.TopicEnding);
        Assert.Equal([0xff, 0xff, 0xff], letter.Message.Value);
        Assert.Equal(EventStreams.Topic, Header(letter, "original-topic"));
        Assert.Equal(
            store.Number("SELECT partition_offset FROM dead_letter"),
            long.Parse(Header(letter, "original-offset"), null));
        Assert.Contains("not a TransactionEvent", Header(letter, "error"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Consume_StoreFailsForATime_NothingIsLost(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        store.Execute("ALTER TABLE event RENAME TO event_away");
        SendPayments(topic, seed: 2);
        topic.Flush();
        await using var consumer = await TestConsumer.StartAsync(topic, store);
        await Eventually.TrueAsync(
            () => consumer.Metrics.Lag > 0, "lag is visible", TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM consumed"));

        store.Execute("ALTER TABLE event_away RENAME TO event");

        await TestConsumer.ReachesAsync(store, topic.Sent);
        await Eventually.TrueAsync(
            () => consumer.Metrics.Lag == 0, "no lag", TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(Expected(kind, seed: 2), BooksDigest.Of(store.Database));
    }

    [Fact]
    public async Task Consume_ConsumersComeAndGo_AllWriteAndTheBooksAreTheSame()
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(TestStore.PostgreSql);
        var sent = 0;
        await using (var first = await TestConsumer.StartAsync(topic, store))
        {
            await UntilWrittenByAsync(first);
            await using (var second = await TestConsumer.StartAsync(topic, store))
            {
                // The partitions are shared out some time after the second has joined.
                await UntilWrittenByAsync(second);
                await UntilWrittenByAsync(first);
            }

            await UntilWrittenByAsync(first);
        }

        Assert.Equal(Expected(TestStore.PostgreSql, seed: 3, sent), BooksDigest.Of(store.Database));
        BooksWriterTests.AssertBalanced(store);

        Task UntilWrittenByAsync(TestConsumer consumer)
        {
            var before = consumer.Written;
            return Eventually.TrueAsync(
                async () =>
                {
                    SendPayments(topic, seed: 3, sent, sent + 20);
                    sent += 20;
                    topic.Flush();
                    await TestConsumer.ReachesAsync(store, topic.Sent);
                    return consumer.Written > before;
                },
                "it writes", TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_FromTheBeginning_SameBooksAndWhatSettlementPosted(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        SendPayments(topic, seed: 4);
        topic.Send("rubbish", [0xff]);
        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);
        PostPayout(store);
        store.Execute("INSERT INTO closed_day (business_date, closed_ms, closed_by) VALUES ('2026-05-01', 1, 'me')");

        var report = Rebuild(topic, store, force: false);

        Assert.True(report.IsIdentical);
        Assert.Equal(topic.Sent, report.Messages);
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM closed_day"));
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM dead_letter"));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM balance WHERE entry_kind = 5"));
        BooksWriterTests.AssertBalanced(store);
        // Consuming goes on in the new books.
        SendPayments(topic, seed: 5, from: Payments, to: Payments + 20);
        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);
        BooksWriterTests.AssertBalanced(store);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_OtherBooksOrTooLittleInKafka_IsRefusedAndChangesNothing(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        SendPayments(topic, seed: 6);
        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);
        store.Execute("UPDATE posting SET amount_minor = amount_minor + 1 WHERE line = 0");
        var damaged = BooksDigest.Of(store.Database);

        var differs = Assert.Throws<StoreRefusedException>(() => Rebuild(topic, store, force: false));
        Assert.Contains("other books", differs.Message, StringComparison.Ordinal);
        Assert.Equal(damaged, BooksDigest.Of(store.Database));
        store.Execute("UPDATE consumed SET next_offset = next_offset + 1000");
        var tooLittle = Assert.Throws<StoreRefusedException>(() => Rebuild(topic, store, force: true));
        Assert.Contains("can't be made again", tooLittle.Message, StringComparison.Ordinal);
        store.Execute("UPDATE consumed SET next_offset = next_offset - 1000");
        Assert.Equal(damaged, BooksDigest.Of(store.Database));

        Assert.Equal(Expected(kind, seed: 6), Rebuild(topic, store, force: true).After);
    }

    internal static void SendPayments(TestTopic topic, int seed, int from = 0, int to = Payments)
    {
        foreach (var e in StreamOf(seed, from, to)) topic.Send(e);
    }

    /// <summary>The digest that an undisturbed writer makes of the payments of a seed.</summary>
    internal static string Expected(string kind, int seed, int payments = Payments)
    {
        using var store = TestStore.Create(kind);
        using var writer = BooksWriterTests.Writer(store);
        writer.Write([.. StreamOf(seed, 0, payments).Select((e, i) => EventStreams.Read(0, i, e))]);
        return BooksDigest.Of(store.Database);
    }

    // A payment's events depend on the seed and its number only.
    private static IEnumerable<TransactionEvent> StreamOf(int seed, int from, int to) =>
        Enumerable.Range(from, to - from).SelectMany(payment =>
            EventStreams.Payment(payment + 1, new Random((seed * 100_000) + payment)));

    private static RebuildReport Rebuild(TestTopic topic, TestStore store, bool force) =>
        new BooksRebuild(
            store.Database, EventStreams.Bookkeeper, TestConsumer.Options(topic, store), TimeProvider.System)
            .Run(force, static _ => { }, TestContext.Current.CancellationToken);

    private static void PostPayout(TestStore store)
    {
        store.Execute("INSERT INTO entry VALUES (900000, 0, 0, 'payout/1', 'alpha', 'M-ONE', 'EUR', '2026-05-28', "
            + "'2026-05-28', 5)");
        store.Execute("INSERT INTO posting VALUES (900000, 0, 2100, 70, 0, 0), (900000, 1, 2120, -70, 0, 0)");
        store.Execute("INSERT INTO balance VALUES "
            + "('2026-05-28', 'alpha', 'M-ONE', 'EUR', '2026-05-28', 5, 2100, 70, 0, 1), "
            + "('2026-05-28', 'alpha', 'M-ONE', 'EUR', '2026-05-28', 5, 2120, -70, 0, 1)");
    }

    private static ConsumeResult<byte[], byte[]> FirstOf(TestTopic topic, string name)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(new ConsumerConfig
        {
            BootstrapServers = topic.Address,
            GroupId = "test",
            AutoOffsetReset = AutoOffsetReset.Earliest,
        }).Build();
        consumer.Assign(Enumerable.Range(0, 4).Select(p => new TopicPartitionOffset(name, p, Offset.Beginning)));
        return consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException($"nothing in {name}");
    }

    private static string Header(ConsumeResult<byte[], byte[]> result, string name) =>
        Encoding.UTF8.GetString(result.Message.Headers.GetLastBytes(name));
}
