using Confluent.Kafka;
using Dapper;
using Switch.Settlement.Books;
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
/// Consumers
/// may go on meanwhile; they wait for the swap.
/// </summary>
internal sealed class BooksRebuild(
    SettlementDatabase database, Bookkeeper bookkeeper, SettlementOptions options, TimeProvider time)
{
    private const long ProgressEvery = 100_000;

    private readonly Dictionary<int, HashSet<long>> _dead = [];
    private long _messages;

    /// <summary>Runs it.</summary>
    /// <param name="force">Take the new books even when they differ from the old ones.</param>
    /// <param name="progress">Told now and then how many messages were read.</param>
    /// <param name="cancellationToken">Ends it; nothing is changed then.</param>
    /// <exception cref="StoreRefusedException">Kafka no longer has all events, the books would differ, or a day was
    /// closed
    /// meanwhile; nothing was changed.</exception>
    /// <exception cref="KafkaException">Kafka is away; nothing was changed.</exception>
    public RebuildReport Run(bool force, Action<long> progress, CancellationToken cancellationToken)
    {
        using var replay = new TopicReplay(options.Kafka, time);
        var ranges = Ranges();
        replay.Begin(ranges);
        ReadDead();
        var beside = database.CreateBeside();
        try
        {
            BooksSwap.Prepare(database, beside);
            using var writer = new BooksWriter(beside, bookkeeper, options.Kafka.Topic, time);
            writer.ReadPositions(ranges.Keys);
            Replay(replay, writer, ranges, progress, cancellationToken);
            return Swap(beside, replay, writer, force, progress, cancellationToken);
        }
        finally
        {
            beside.Dispose();
            database.DropBeside();
        }
    }

    private RebuildReport Swap(
        SettlementDatabase beside, TopicReplay replay, BooksWriter writer, bool force, Action<long> progress,
        CancellationToken cancellationToken)
    {
        var swap = BooksSwap.Begin(database);
        try
        {
            // What consumers have read since; they wait from here on.
            var ranges = Ranges();
            Replay(replay, writer, ranges, progress, cancellationToken);
            Check(beside, ranges);
            var before = BooksDigest.Of(database);
            if (!force && BooksDigest.FirstDifference(database, beside) is { } difference)
            {
                throw new StoreRefusedException(
                    "the replay makes other books, so that nothing was changed; the first difference (old <> new): "
                    + difference);
            }

            BooksSwap.Run(database, swap);
            swap.Commit();
            return new RebuildReport(_messages, before, BooksDigest.Of(database));
        }
        finally
        {
            BooksSwap.End(database, swap);
        }
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
        TopicReplay replay, BooksWriter writer, Dictionary<int, (long First, long Next)> ranges, Action<long> progress,
        CancellationToken cancellationToken)
    {
        // Nothing is in the future that was read before; and what was dead then is dead now.
        var batch = new MessageBatch(new EventReader(time, options.FutureDaysMax), options.Batch, IsDead);
        replay.Read(
            ranges.ToDictionary(range => range.Key, range => range.Value.Next),
            message =>
            {
                batch.Add(message);
                if (++_messages % ProgressEvery == 0) progress(_messages);
                if (!batch.IsFull) return;
                writer.Write(batch.Messages);
                batch.Clear();
            },
            cancellationToken);
        if (batch.Messages.Count > 0) writer.Write(batch.Messages);
    }

    private bool IsDead(int partition, long offset) =>
        _dead.TryGetValue(partition, out var offsets) && offsets.Contains(offset);

    private void ReadDead()
    {
        using var connection = database.OpenConnection();
        foreach (var (partition, offset) in connection.Query<(long, long)>(
            "SELECT partition_no, partition_offset FROM dead_letter WHERE topic = @Topic", options.Kafka))
        {
            if (!_dead.TryGetValue((int)partition, out var offsets)) _dead[(int)partition] = offsets = [];
            offsets.Add(offset);
        }
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
