using System.Data.Common;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>A dead letter as it is listed.</summary>
/// <param name="Partition">Of its place in the topic.</param>
/// <param name="Offset">Its place in the partition.</param>
/// <param name="ReceivedMs">When it came, Unix milliseconds.</param>
/// <param name="Reason">Why it was not booked then.</param>
/// <param name="Fault">Why it can't be read today; null when it can.</param>
internal sealed record KeptLetter(int Partition, long Offset, long ReceivedMs, string Reason, string? Fault);

/// <summary>A letter that can be read and that the store refused again.</summary>
/// <param name="Partition">Of its place in the topic.</param>
/// <param name="Offset">Its place in the partition.</param>
/// <param name="Reason">What the store said this time.</param>
internal readonly record struct RefusedLetter(int Partition, long Offset, string Reason);

/// <summary>What a retry did.</summary>
/// <param name="Booked">Events that are in the books now.</param>
/// <param name="Known">Letters whose event was in the books already, as by another retry; they are gone too.</param>
/// <param name="Dead">Letters that stay what they are.</param>
internal sealed record RetryResult(long Booked, long Known, long Dead);

/// <summary>
/// Reads dead letters again, as this program does now, and books those that are good: in the first window that is still
/// open, like every event that comes too late for its own. It is remembered when that was, so that a rebuild makes the
/// same books. Consumers may go on meanwhile.
/// </summary>
/// <param name="database">The store.</param>
/// <param name="bookkeeper">Of the terms of today.</param>
/// <param name="options">With the topic.</param>
/// <param name="time">The clock.</param>
/// <param name="refused">Told of each letter that the store refused again.</param>
internal sealed class DeadLetterRetry(
    SettlementDatabase database, Bookkeeper bookkeeper, SettlementOptions options, TimeProvider time,
    Action<RefusedLetter>? refused = null)
{
    private const int BatchMax = 500;

    private const string PageSql =
        "SELECT partition_no AS Partition, partition_offset AS Offset, reason AS Reason, received_ms AS ReceivedMs, "
        + "message_key AS Key, payload AS Payload, message_type AS Type FROM dead_letter WHERE topic = @Topic "
        + "AND (partition_no > @Partition OR (partition_no = @Partition AND partition_offset > @Offset)) "
        + "ORDER BY partition_no, partition_offset LIMIT @Max";

    private readonly EventReader _reader = new(time, options.FutureDaysMax);

    /// <summary>How many there are, of every topic.</summary>
    public static long Count(DbConnection connection) =>
        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM dead_letter");

    /// <summary>The first of them by partition and offset, and what a retry would make of each.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public IReadOnlyList<KeptLetter> List(int max)
    {
        using var connection = database.OpenConnection();
        return [.. Page(connection, -1, -1, max).Select(row => new KeptLetter(
            (int)row.Partition, row.Offset, row.ReceivedMs, row.Reason, Read(row).Fault))];
    }

    /// <summary>Books every one that is good now, in transactions of at most 500 that no batch is beside.</summary>
    /// <exception cref="DbException">The store is away; what was booked before stays.</exception>
    public RetryResult Retry(CancellationToken cancellationToken)
    {
        using var writer = new BooksWriter(database, bookkeeper, options.Kafka.Topic, time);
        var (all, booked, known) = (0L, 0L, 0L);
        var (partition, offset) = (-1L, -1L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<Row> rows;
            using (var connection = database.OpenConnection()) rows = Page(connection, partition, offset, BatchMax);
            if (rows.Count == 0) return new RetryResult(booked, known, all - booked - known);
            List<ReadMessage> good = [.. rows.Select(Read).Where(static read => read.Fault is null)];
            var result = Book(writer, good);
            (all, booked, known) = (all + rows.Count, booked + result.Events, known + result.Duplicates);
            (partition, offset) = (rows[^1].Partition, rows[^1].Offset);
        }
    }

    // One that the store refuses stays with what it was refused for, and does not keep the others back.
    private BatchResult Book(BooksWriter writer, List<ReadMessage> letters)
    {
        if (letters.Count == 0) return default;
        try
        {
            return writer.WriteRetried(letters);
        }
        catch (Exception e) when (WriteFaults.IsOfMessage(e))
        {
            if (letters.Count == 1) return Refuse(letters[0].Message, WriteFaults.ReasonOf(e));
        }

        var half = letters.Count / 2;
        var first = Book(writer, letters[..half]);
        return first + Book(writer, letters[half..]);
    }

    private BatchResult Refuse(in ConsumedMessage letter, string reason)
    {
        using var transaction = database.Begin(StoreLock.Shared);
        RetriedLetters.Explain(transaction, options.Kafka.Topic, letter.Partition, letter.Offset, reason);
        transaction.Commit();
        refused?.Invoke(new RefusedLetter(letter.Partition, letter.Offset, reason));
        return default;
    }

    private List<Row> Page(DbConnection connection, long partition, long offset, int max) =>
        connection.Query<Row>(
            PageSql, new { options.Kafka.Topic, Partition = partition, Offset = offset, Max = max }).AsList();

    private ReadMessage Read(Row row) => _reader.Read(new ConsumedMessage(
        (int)row.Partition, row.Offset, row.Key, row.Payload, row.Type.Length == 0 ? null : row.Type));

    private sealed class Row
    {
        public long Partition { get; set; }

        public long Offset { get; set; }

        public string Reason { get; set; } = "";

        public long ReceivedMs { get; set; }

        public string Key { get; set; } = "";

        public byte[] Payload { get; set; } = [];

        public string Type { get; set; } = "";
    }
}
