using System.Data.Common;
using Dapper;
using Switch.Settlement.Days;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>A dead letter that was booked after all.</summary>
/// <param name="Partition">Of its place.</param>
/// <param name="Offset">Its place in the partition.</param>
/// <param name="After">The partition's next offset when it was booked: what was below came before it.</param>
/// <param name="Settles">The date of the window that took it.</param>
internal readonly record struct RetriedLetter(int Partition, long Offset, long After, DateOnly Settles);

/// <summary>The table of those letters.</summary>
internal static class RetriedLetters
{
    /// <summary>All of a topic, in the order in which they were booked.</summary>
    public static IReadOnlyList<RetriedLetter> Read(DbConnection connection, string topic) =>
        [
            .. connection.Query<(long Partition, long Offset, long After, string Settles)>(
                "SELECT partition_no, partition_offset, after_offset, settle_date FROM retried_letter "
                + "WHERE topic = @topic ORDER BY number", new { topic })
                .Select(row => new RetriedLetter(
                    (int)row.Partition, row.Offset, row.After, BusinessDay.Parse(row.Settles))),
        ];

    /// <summary>Whether a letter is still one; in a transaction that is alone, so that it stays the answer.</summary>
    public static bool IsDead(StoreTransaction transaction, string topic, int partition, long offset) =>
        transaction.Connection.ExecuteScalar<long>(
            "SELECT COUNT(*) FROM dead_letter "
            + "WHERE topic = @topic AND partition_no = @partition AND partition_offset = @offset",
            new { topic, partition, offset }, transaction.Transaction) > 0;

    /// <summary>Says of a letter that stays why it could not be booked this time.</summary>
    public static void Explain(
        StoreTransaction transaction, string topic, int partition, long offset, string reason) =>
        transaction.Connection.Execute(
            "UPDATE dead_letter SET reason = @reason "
            + "WHERE topic = @topic AND partition_no = @partition AND partition_offset = @offset",
            new { topic, partition, offset, reason }, transaction.Transaction);

    /// <summary>Remembers one and takes it from the dead letters, in a transaction that is alone.</summary>
    public static void Keep(StoreTransaction transaction, string topic, in RetriedLetter letter, long nowMs)
    {
        var (connection, open) = (transaction.Connection, transaction.Transaction);
        var place = new { topic, letter.Partition, letter.Offset };
        connection.Execute(
            "DELETE FROM dead_letter "
            + "WHERE topic = @topic AND partition_no = @Partition AND partition_offset = @Offset", place, open);
        connection.Execute(
            "INSERT INTO retried_letter (number, topic, partition_no, partition_offset, after_offset, settle_date, "
            + "retried_ms) SELECT COALESCE(MAX(number), 0) + 1, @topic, @Partition, @Offset, @After, @settles, @nowMs "
            + "FROM retried_letter",
            new
            {
                topic,
                letter.Partition,
                letter.Offset,
                letter.After,
                settles = BusinessDay.Text(letter.Settles),
                nowMs,
            }, open);
    }
}
