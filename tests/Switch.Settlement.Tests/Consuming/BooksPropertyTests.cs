using Switch.Contracts.V1;
using Switch.Settlement.Consuming;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>
/// The same payments, spread over the partitions in another order, delivered more than once, cut into other batches and
/// interrupted: the same books every time.
/// </summary>
public sealed class BooksPropertyTests
{
    private const int Partitions = 4;
    private const int Payments = 60;

    private static readonly string[] Tables =
    [
        "payment", "event", "entry", "posting", "balance", "consumed", "statistic_hour", "fee_rule", "id_block",
    ];

    [Theory]
    [InlineData(TestStore.Sqlite, 25)]
    [InlineData(TestStore.PostgreSql, 4)]
    public void Write_AnyDelivery_SameBooks(string kind, int rounds)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var payments = Enumerable.Range(1, Payments).Select(n => EventStreams.Payment(n, random)).ToList();
        var expected = Undisturbed(kind, payments);

        for (var round = 0; round < rounds; round++)
        {
            using var store = TestStore.Create(kind);
            var partitions = Deliver(payments, random);
            Consume(store, partitions, random);

            BooksWriterTests.AssertBalanced(store);
            Assert.True(
                expected.SequenceEqual(BooksDigest.Lines(store.Database)), $"round {round} of seed {seed} differs");
            Assert.Equal(
                partitions.Sum(partition => partition.Count), store.Number("SELECT SUM(next_offset) FROM consumed"));

            // From the beginning again: nothing is posted.
            store.Execute("DELETE FROM consumed");
            Consume(store, partitions, random);
            Assert.True(
                expected.SequenceEqual(BooksDigest.Lines(store.Database)), $"a replay of seed {seed} posts something");
        }
    }

    [Fact]
    public void Write_SamePaymentsInBothStores_SameBooks()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var payments = Enumerable.Range(1, Payments).Select(n => EventStreams.Payment(n, random)).ToList();
        using var sqlite = TestStore.Create(TestStore.Sqlite);
        using var server = TestStore.Create(TestStore.PostgreSql);

        foreach (var store in (TestStore[])[sqlite, server]) Consume(store, Deliver(payments, random), random);

        Assert.Equal(BooksDigest.Lines(sqlite.Database), BooksDigest.Lines(server.Database));
        Assert.Equal(BooksDigest.Of(sqlite.Database), BooksDigest.Of(server.Database));
    }

    private static List<string> Undisturbed(string kind, List<List<TransactionEvent>> payments)
    {
        using var store = TestStore.Create(kind);
        using var writer = BooksWriterTests.Writer(store);
        long offset = 0;
        foreach (var e in payments.SelectMany(events => events))
            writer.Write([EventStreams.Read(0, offset++, e)]);
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM dead_letter"));
        return [.. BooksDigest.Lines(store.Database)];
    }

    // A payment stays in one partition and in order; duplicates come later, and not before what they repeat.
    private static List<List<TransactionEvent>> Deliver(List<List<TransactionEvent>> payments, Random random)
    {
        var partitions = Enumerable.Range(0, Partitions).Select(_ => new List<TransactionEvent>()).ToList();
        var open = payments.Select(events => (Events: events, Next: 0, Partition: random.Next(Partitions))).ToList();
        while (open.Count > 0)
        {
            var i = random.Next(open.Count);
            var (events, next, partition) = open[i];
            partitions[partition].Add(events[next]);
            if (random.Next(4) == 0) partitions[partition].Add(events[random.Next(next + 1)]);
            if (next + 1 == events.Count) open.RemoveAt(i);
            else open[i] = (events, next + 1, partition);
        }

        return partitions;
    }

    private static void Consume(TestStore store, List<List<TransactionEvent>> partitions, Random random)
    {
        var writer = BooksWriterTests.Writer(store);
        try
        {
            while (true)
            {
                var batch = NextBatch(store, partitions, random);
                if (batch.Count == 0) return;
                if (random.Next(6) == 0)
                {
                    // A crash: what is in memory is gone, and perhaps the batch was written all the same.
                    if (random.Next(2) == 0) Assert.False(writer.Write(batch).IsFenced);
                    writer.Dispose();
                    writer = BooksWriterTests.Writer(store);
                    continue;
                }

                if (random.Next(8) == 0) Interrupt(store, writer, batch, Tables[random.Next(Tables.Length)]);
                Assert.False(writer.Write(batch).IsFenced);
            }
        }
        finally
        {
            writer.Dispose();
        }
    }

    // A write that fails in the middle: one of its tables is not there. Nothing of it may stay.
    private static void Interrupt(TestStore store, BooksWriter writer, List<ReadMessage> batch, string table)
    {
        const string Offsets = "SELECT CAST(COALESCE(SUM(next_offset), 0) AS BIGINT) FROM consumed";
        var before = BooksDigest.Of(store.Database);
        var offsets = store.Number(Offsets);
        store.Execute($"ALTER TABLE {table} RENAME TO {table}_away");
        var hasFailed = false;
        try
        {
            writer.Write(batch);
        }
        catch (System.Data.Common.DbException)
        {
            hasFailed = true; // unless it posted nothing
        }

        store.Execute($"ALTER TABLE {table}_away RENAME TO {table}");
        if (!hasFailed) return;
        Assert.Equal(before, BooksDigest.Of(store.Database));
        Assert.Equal(offsets, store.Number(Offsets));
    }

    private static List<ReadMessage> NextBatch(
        TestStore store, List<List<TransactionEvent>> partitions, Random random)
    {
        var next = store.Rows<long>("SELECT partition_no * 1000000 + next_offset FROM consumed")
            .ToDictionary(row => (int)(row / 1_000_000), row => row % 1_000_000);
        List<ReadMessage> batch = [];
        for (var partition = 0; partition < Partitions; partition++)
        {
            var from = (int)next.GetValueOrDefault(partition);
            var to = Math.Min(partitions[partition].Count, from + random.Next(1, 12));
            for (var i = from; i < to; i++) batch.Add(EventStreams.Read(partition, i, partitions[partition][i]));
        }

        return batch;
    }
}
