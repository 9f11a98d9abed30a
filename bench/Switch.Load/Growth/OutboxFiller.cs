using Microsoft.Data.Sqlite;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>
/// Fills the outbox of a journal whose switch is down with copies of an event that it wrote, under ids of their own.
/// </summary>
internal static class OutboxFiller
{
    private const string Count = "SELECT COUNT(*) FROM outbox";

    private const string Copy = """
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < $count)
        INSERT INTO outbox (event_id, partition_key, type, trace_parent, occurred_at_ms, payload)
        SELECT lower(hex(randomblob(16))) || '.authorized', lower(hex(randomblob(16))), type, trace_parent,
          occurred_at_ms, payload
        FROM number, (SELECT * FROM outbox ORDER BY sequence LIMIT 1)
        """;

    /// <summary>Makes it hold at least so many rows; how many it holds.</summary>
    /// <exception cref="HarnessException">It holds no event that could be copied.</exception>
    public static long Fill(string journalPath, long rows)
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = journalPath, Pooling = false }.ToString();
        using var journal = new SqliteConnection(connection);
        journal.Open();
        using var command = journal.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = Count;
        var there = (long)command.ExecuteScalar()!;
        if (there >= rows) return there;
        if (there == 0) throw new HarnessException("the journal holds no event that could be copied");
        command.CommandText = Copy;
        command.Parameters.AddWithValue("$count", rows - there);
        command.ExecuteNonQuery();
        return rows;
    }
}
