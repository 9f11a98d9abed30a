using Confluent.Kafka;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>What a rebuild did. Both digests are those of <see cref="BooksDigest"/>.</summary>
internal sealed record RebuildReport(long Messages, string Before, string After)
{
    public bool IsIdentical => Before == After;
}

/// <summary>
/// Makes the books again from Kafka: beside the store first, and then, in one transaction that is alone in it, in the
/// place of what was there. A kill at any moment leaves the store as it was or the new books, never a mixture.
/// Consumers may go on meanwhile; they wait for the swap.
/// </summary>
/// <param name="database">The store.</param>
/// <param name="bookkeeper">Of the terms of today.</param>
/// <param name="options">With the topic and the size of a batch.</param>
/// <param name="time">The clock.</param>
/// <param name="step">Told of each step when it begins, as a person is to read it: consumers wait from "waiting" on,
/// and who watches wants to know what for.</param>
internal sealed class BooksRebuild(
    SettlementDatabase database, Bookkeeper bookkeeper, SettlementOptions options, TimeProvider time,
    Action<string>? step = null)
{
    private const long ProgressEvery = 100_000;
    private const int WindowsShown = 10;

    private readonly EventReader _reader = new(time, options.FutureDaysMax);
    private long _messages;

    /// <summary>Runs it.</summary>
    /// <param name="force">Take the new books even when they differ from the old ones.</param>
    /// <param name="progress">Told now and then, and before the swap, how many messages were read.</param>
    /// <param name="cancellationToken">Ends it; nothing is changed then.</param>
    /// <exception cref="StoreRefusedException">Kafka no longer has all events, the books would differ, or a closed
    /// window would, which is refused in any case; a day was closed or a dead letter retried meanwhile; another rebuild
    /// runs; the store has events of another topic. Nothing was changed.</exception>
    /// <exception cref="KafkaException">Kafka is away; nothing was changed.</exception>
    public RebuildReport Run(bool force, Action<long> progress, CancellationToken cancellationToken)
    {
        using var alone = RebuildLock.Take(database);
        OtherTopics.Require(database, options.Kafka.Topic);
        using var replay = new TopicReplay(options.Kafka, time);
        var ranges = Ranges();
        replay.Include(ranges);
        Begin($"replaying {CountOf(ranges)} messages of {ranges.Count} partitions beside the books");
        var messages = new ReplayedMessages(database, options.Kafka.Topic, _reader);
        messages.Refresh();
        var beside = database.CreateBeside();
        try
        {
            var numbers = BooksSwap.Prepare(database, beside);
            using var writer = new BooksWriter(beside, bookkeeper, options.Kafka.Topic, time);
            writer.ReadPositions(ranges.Keys);
            void ReplayTo(Dictionary<int, (long First, long Next)> to) =>
                Replay(replay, messages, writer, to, progress, cancellationToken);
            ReplayTo(ranges);
            progress(_messages);

            Begin("waiting for batches that are being written; from then on consumers wait");
            var swap = database.Begin(StoreLock.Alone);
            try
            {
                alone.Require();
                // What consumers have read since; they wait from here on.
                var before = CountOf(ranges);
                ranges = Ranges();
                Begin($"alone in the store, reading {CountOf(ranges) - before} messages that came meanwhile");
                replay.Include(ranges);
                messages.Refresh();
                writer.ReadPositions(ranges.Keys);
                ReplayTo(ranges);
                Check(beside, ranges);
                BooksSwap.RequireNumbers(beside, numbers);
                return Swap(beside, swap, force);
            }
            finally
            {
                BooksSwap.End(database, swap);
            }
        }
        finally
        {
            beside.Dispose();
            database.DropBeside();
        }
    }

    private RebuildReport Swap(SettlementDatabase beside, StoreTransaction swap, bool force)
    {
        var rows = RowsOf(beside);
        Begin(force ? $"summing up the books, to be replaced by {rows}" : $"comparing the books with {rows}");
        var before = BooksDigest.Of(database);
        if (!force && BooksDigest.FirstDifference(database, beside) is { } difference)
        {
            throw new StoreRefusedException(
                "the replay makes other books, so that nothing was changed; the first difference (old <> new): "
                + difference);
        }

        Begin($"swapping in {rows}");
        BooksSwap.Run(database, swap);
        Begin("checking the closed windows");
        var changed = DayCloser.ReadChangedWindows(swap.Connection, swap.Transaction);
        if (changed.Count > 0)
        {
            var shown = string.Join(", ", changed.Take(WindowsShown));
            throw new StoreRefusedException(
                "a closed window is immutable, corrections post to the next; nothing was changed. The new books would "
                + $"change {changed.Count}: {shown}{(changed.Count > WindowsShown ? ", ..." : "")}");
        }

        Begin("summing up the new books");
        var after = BooksDigest.Of(database, swap);
        swap.Commit();
        return new RebuildReport(_messages, before, after);
    }

    private void Begin(string what) => step?.Invoke(what);

    private static long CountOf(Dictionary<int, (long First, long Next)> ranges) =>
        ranges.Values.Sum(static range => range.Next - range.First);

    private static string RowsOf(SettlementDatabase books)
    {
        using var connection = books.OpenConnection();
        long Count(string table) => connection.ExecuteScalar<long>($"SELECT COUNT(*) FROM {table}", commandTimeout: 0);
        return $"{Count("payment")} payments, {Count("event")} events and {Count("entry")} entries";
    }

    private void Check(SettlementDatabase beside, Dictionary<int, (long First, long Next)> ranges)
    {
        using var ours = database.OpenConnection();
        using var theirs = beside.OpenConnection();
        const string Closes = "SELECT COUNT(*) FROM closed_day";
        if (ours.ExecuteScalar<long>(Closes) != theirs.ExecuteScalar<long>(Closes))
            throw new StoreRefusedException("a day was closed meanwhile, so that nothing was changed; run it again");
        var reached = RangesOf(theirs);
        foreach (var (partition, range) in ranges)
        {
            if (reached.GetValueOrDefault(partition).Next == range.Next) continue;
            throw new StoreRefusedException(
                $"partition {partition} could be read again to {reached.GetValueOrDefault(partition).Next} only, "
                + $"not to {range.Next}; nothing was changed");
        }
    }

    private void Replay(
        TopicReplay replay, ReplayedMessages messages, BooksWriter writer,
        Dictionary<int, (long First, long Next)> ranges, Action<long> progress, CancellationToken cancellationToken)
    {
        // Nothing is in the future that was read before; and what was dead then is dead now.
        var batch = new MessageBatch(_reader, options.Batch);
        replay.Read(
            ranges.ToDictionary(range => range.Key, range => range.Value.Next),
            message =>
            {
                messages.Add(batch, message);
                if (++_messages % ProgressEvery == 0) progress(_messages);
                if (batch.IsFull) Write(writer, batch);
            },
            cancellationToken);
        foreach (var (partition, range) in ranges) messages.AddDue(batch, partition, range.Next);
        if (batch.Messages.Count > 0) Write(writer, batch);
    }

    private static void Write(BooksWriter writer, MessageBatch batch)
    {
        if (writer.Write(batch.Messages).IsFenced)
        {
            throw new StoreRefusedException(
                "another program writes to the store beside; nothing was changed. Run it again");
        }

        batch.Clear();
    }

    private Dictionary<int, (long First, long Next)> Ranges()
    {
        using var connection = database.OpenConnection();
        return RangesOf(connection);
    }

    private Dictionary<int, (long First, long Next)> RangesOf(System.Data.Common.DbConnection connection) =>
        connection.Query<(long Partition, long First, long Next)>(
            "SELECT partition_no, first_offset, next_offset FROM consumed WHERE topic = @Topic", options.Kafka)
            .ToDictionary(row => (int)row.Partition, row => (row.First, row.Next));
}
