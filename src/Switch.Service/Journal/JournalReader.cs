using Microsoft.Data.Sqlite;

namespace Switch.Service.Journal;

/// <summary>
/// Reads the journal beside its writer, on a connection of its own. Each read takes all its rows at once: a snapshot
/// held open would keep the write-ahead log from starting over.
/// </summary>
internal sealed class JournalReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _events;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public JournalReader(SqliteConnection connection)
    {
        _connection = connection;
        _events = connection.CreateCommand();
        _events.CommandText = """
            SELECT sequence, event_id, partition_key, type, trace_parent, occurred_at_ms, payload
            FROM outbox WHERE sequence > $after ORDER BY sequence LIMIT $max
            """;
        _events.Parameters.Add(new SqliteParameter("$after", SqliteType.Integer));
        _events.Parameters.Add(new SqliteParameter("$max", SqliteType.Integer));
        _events.Prepare();
    }

    /// <summary>Events in the order of their commits.</summary>
    public async ValueTask<IReadOnlyList<PendingEvent>> ReadEventsAsync(
        long afterSequence, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return ReadEvents(afterSequence, max);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Levels as they stand in the file.</summary>
    public static JournalLevels ReadLevels(SqliteConnection connection) => new(
        JournalFile.Number(connection, "SELECT count(*) FROM outbox"),
        JournalFile.Number(connection, "SELECT count(*) FROM intent"),
        JournalFile.Number(connection, "SELECT count(*) FROM advice"),
        JournalFile.Number(connection, "PRAGMA page_count") - JournalFile.Number(connection, "PRAGMA freelist_count"),
        JournalFile.Number(connection, "SELECT count(*) FROM outcome"));

    /// <summary>Kept records in the order of their commits.</summary>
    /// <param name="afterSequence">Only later ones.</param>
    /// <param name="max">At most this many.</param>
    /// <param name="isSettled">Whether an outcome that was written as unsettled has been settled since.</param>
    public IReadOnlyList<KeptOutcome> ReadOutcomes(long afterSequence, int max, Func<long, string, bool> isSettled) => Read(
        $"""
        SELECT sequence, transaction_id, at_ms, is_settled, record
        FROM outcome WHERE sequence > {afterSequence} ORDER BY sequence LIMIT {max}
        """,
        row => new KeptOutcome(
            row.GetInt64(0),
            new OutcomeRow(
                row.GetString(1), row.GetInt64(2), Bytes(row, 4),
                row.GetInt64(3) != 0 || isSettled(row.GetInt64(0), row.GetString(1)))));

    /// <summary>Transaction ids of deferred reversals, oldest first.</summary>
    public IReadOnlyList<string> ReadDeferred(int max) => Read(
        $"SELECT transaction_id FROM deferred_reversal ORDER BY at_ms LIMIT {max}", static row => row.GetString(0));

    /// <summary>The intent of a transaction, or null.</summary>
    public IntentRow? FindIntent(string transactionId) => Read(
        """
        SELECT transaction_id, attempt, acquirer, rrn, created_at_ms, detail FROM intent WHERE transaction_id = $id
        """,
        IntentOf,
        ("$id", transactionId)).FirstOrDefault();

    /// <summary>Every intent without an outcome, oldest first.</summary>
    public IReadOnlyList<IntentRow> ReadIntents() => Read(
        """
        SELECT transaction_id, attempt, acquirer, rrn, created_at_ms, detail
        FROM intent ORDER BY created_at_ms, transaction_id
        """,
        IntentOf);

    /// <summary>Every advice, oldest first.</summary>
    public IReadOnlyList<AdviceRow> ReadAdvices() => Read(
        """
        SELECT advice_id, transaction_id, acquirer, kind, state, rrn, created_at_ms, next_attempt_at_ms, detail
        FROM advice ORDER BY created_at_ms, advice_id
        """,
        static row => new AdviceRow(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.GetString(5),
            row.GetInt64(6),
            row.GetInt64(7),
            Bytes(row, 8)));

    public void Dispose()
    {
        _turn.Wait();
        _events.Dispose();
        _connection.Dispose();
        // Given back, so that a late reader meets the closed connection instead of waiting for ever.
        _turn.Release();
    }

    private List<PendingEvent> ReadEvents(long afterSequence, int max)
    {
        _events.Parameters[0].Value = afterSequence;
        _events.Parameters[1].Value = max;
        using var row = _events.ExecuteReader();
        var events = new List<PendingEvent>();
        while (row.Read())
            events.Add(new PendingEvent(
                row.GetInt64(0),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                row.IsDBNull(4) ? null : row.GetString(4),
                row.GetInt64(5),
                Bytes(row, 6)));
        return events;
    }

    private static IntentRow IntentOf(SqliteDataReader row) => new(
        row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetInt64(4), Bytes(row, 5));

    private List<T> Read<T>(
        string sql, Func<SqliteDataReader, T> make, params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        _turn.Wait();
        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
            using var row = command.ExecuteReader();
            var rows = new List<T>();
            while (row.Read()) rows.Add(make(row));
            return rows;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static byte[] Bytes(SqliteDataReader row, int ordinal) => row.GetFieldValue<byte[]>(ordinal);
}
