using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Switch.Settlement.Consuming;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>Messages that can be read and can't be written: they must not hold up the others for ever.</summary>
public sealed class PoisonedBatchTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Consume_MessageThatTheStoreRefuses_BecomesADeadLetterAndTheRestIsBooked(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        RefuseTerminal(store, "POISON");
        for (var payment = 1; payment <= 20; payment++)
        {
            var e = EventStreams.Authorized(payment);
            if (payment is 7 or 8) e.TerminalId = "POISON";
            topic.Send(e);
        }

        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);

        Assert.Equal(18, store.Number("SELECT COUNT(*) FROM payment"));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM dead_letter"));
        Assert.All(
            store.Rows<string>("SELECT reason FROM dead_letter"),
            reason => Assert.Contains("can't be booked: ", reason, StringComparison.Ordinal));
        BooksWriterTests.AssertBalanced(store);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Consume_AmountsWhoseSumIsBeyondTheStore_BookWhatFitsAndKeepTheRest(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        // The sum of the sales is just below 2^63, and fees and reserve make the merchant's own smaller.
        var first = EventStreams.Authorized(1, amountMinor: 900_000_000_000_000);
        topic.Send(first);
        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);
        store.Execute("UPDATE balance SET amount_minor = 9223372036854775000 WHERE account = 1100");
        topic.Send(EventStreams.Authorized(2, amountMinor: 900_000_000_000_000));
        var other = EventStreams.Authorized(3);
        other.MerchantId = "M-TWO";
        topic.Send(other);
        topic.Flush();

        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);

        Assert.Equal(
            [EventStreams.IdOf(1), EventStreams.IdOf(3)],
            store.Rows<string>("SELECT transaction_id FROM payment ORDER BY transaction_id"));
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM dead_letter"));
        Assert.Equal(
            9_223_372_036_854_775_000, store.Number("SELECT MAX(amount_minor) FROM balance WHERE account = 1100"));
    }

    [Theory]
    [InlineData(TestStore.Sqlite, "requested_minor")]
    [InlineData(TestStore.Sqlite, "approved_minor")]
    [InlineData(TestStore.PostgreSql, "requested_minor")]
    [InlineData(TestStore.PostgreSql, "approved_minor")]
    public async Task Consume_StatisticWhoseSumIsBeyondTheStore_KeepsItExactAndTheEventOut(string kind, string column)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        topic.Send(EventStreams.Authorized(1));
        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);
        store.Execute($"UPDATE statistic_hour SET {column} = 9223372036854775000 WHERE merchant_id = 'M-ONE'");
        topic.Send(EventStreams.Authorized(2));
        var other = EventStreams.Authorized(3);
        other.MerchantId = "M-TWO";
        topic.Send(other);
        topic.Flush();

        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);

        Assert.Equal(
            [EventStreams.IdOf(1), EventStreams.IdOf(3)],
            store.Rows<string>("SELECT transaction_id FROM payment ORDER BY transaction_id"));
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM dead_letter"));
        Assert.Equal(9_223_372_036_854_775_000, store.Number($"SELECT MAX({column}) FROM statistic_hour"));
    }

    [Fact]
    public void Add_TypeHeaderWithoutAValue_IsReadAsIfThereWereNone()
    {
        var batch = new MessageBatch(EventStreams.Reader, new BatchOptions());
        batch.Add(new ConsumeResult<byte[], byte[]>
        {
            Topic = EventStreams.Topic,
            Partition = 0,
            Offset = 0,
            Message = new Message<byte[], byte[]>
            {
                Key = Encoding.UTF8.GetBytes("key"),
                Value = EventStreams.Authorized(1).ToByteArray(),
                Headers = new Headers { { "ce_type", null! } },
            },
        });

        Assert.Null(Assert.Single(batch.Messages).Fault);
    }

    /// <summary>Makes the store refuse a payment, as a limit of its own would.</summary>
    internal static void RefuseTerminal(TestStore store, string terminal)
    {
        if (store.Database.Dialect == StoreDialect.Sqlite)
        {
            store.Execute($"CREATE TRIGGER refuse BEFORE INSERT ON payment WHEN NEW.terminal_id = '{terminal}' "
                + "BEGIN SELECT RAISE(ABORT, 'refused by the store'); END");
            return;
        }

        store.Execute($"ALTER TABLE payment ADD CONSTRAINT refuse CHECK (terminal_id <> '{terminal}')");
    }
}
