using Microsoft.Data.Sqlite;
using Switch.Contracts.V1;

namespace Switch.Service.Journal;

/// <summary>
/// Reads the journal beside its writer, on a connection of its own. Each read takes all its rows at once: a snapshot
/// held open would keep the write-ahead log from starting over.
/// </summary>
internal sealed class JournalReader : IDisposable
{
    private const string SelectOutcome = "SELECT sequence, transaction_id, at_ms, is_settled, record FROM outcome";

    private readonly SqliteConnection _connection;
    private const string SelectAdvice = """
        SELECT advice_id, transaction_id, acquirer, kind, state, rrn, created_at_ms, next_attempt_at_ms, detail,
          tries, reason, sequence
        FROM advice
        """;

    private readonly SqliteCommand _events;
    private readonly SqliteCommand _advices;
    private readonly SqliteCommand _advice;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public JournalReader(SqliteConnection connection)
    {
        _connection = connection;
        _events = Prepare(
            """
            SELECT sequence, event_id, partition_key, type, trace_parent, occurred_at_ms, payload
            FROM outbox WHERE sequence > $after ORDER BY sequence LIMIT $max
            """,
            "$after", "$max");
        _advices = Prepare($"{SelectAdvice} WHERE sequence > $after ORDER BY sequence LIMIT $max", "$after", "$max");
        _advice = Prepare($"{SelectAdvice} WHERE advice_id = $id", "$id");
    }

    /// <summary>Events in the order of their commits.</summary>
    public async ValueTask<IReadOnlyList<PendingEvent>> ReadEventsAsync(
        long afterSequence, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return Read(_events, ToEvent, afterSequence, max);
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

    /// <summary>The last sequence that an event may have been given, those that left included; 0 for none.</summary>
    public static long LastEvent(SqliteConnection connection) => Math.Max(
        JournalFile.Number(connection, "SELECT coalesce(max(sequence), 0) FROM outbox"),
        JournalFile.NumberNote(connection, JournalUpkeep.EventsNote));

    /// <summary>Kept records in the order of their commits, settled or not as they were written.</summary>
    public IReadOnlyList<KeptOutcome> ReadOutcomesAfter(long sequence, int max) => Read(
        $"{SelectOutcome} WHERE sequence > {sequence} ORDER BY sequence LIMIT {max}", OutcomeOf);

    /// <summary>Kept records, newest first, settled or not as they were written.</summary>
    public IReadOnlyList<KeptOutcome> ReadOutcomesBefore(long sequence, int max) => Read(
        $"{SelectOutcome} WHERE sequence < {sequence} ORDER BY sequence DESC LIMIT {max}", OutcomeOf);

    /// <summary>Deferred reversals, oldest first.</summary>
    public IReadOnlyList<DeferredReversal> ReadDeferred(long afterSequence, int max) => Read(
        $"""
        SELECT transaction_id, reason, sequence FROM deferred_reversal
        WHERE sequence > {afterSequence} ORDER BY sequence LIMIT {max}
        """,
        static row => new DeferredReversal(row.GetString(0), (ReversalReason)row.GetInt32(1), row.GetInt64(2)));

    /// <summary>The intent of a transaction, or null.</summary>
    public IntentRow? FindIntent(string transactionId) => Read(
        """
        SELECT transaction_id, attempt, acquirer, rrn, created_at_ms, detail FROM intent WHERE transaction_id = $id
        """,
        IntentOf,
        ("$id", transactionId)).FirstOrDefault();

    /// <summary>Transaction and row of every intent.</summary>
    public IReadOnlyList<(string TransactionId, long Row)> ReadIntentKeys() => Read(
        "SELECT transaction_id, key FROM intent", static row => (row.GetString(0), row.GetInt64(1)));

    /// <summary>Id and sequence of every event in the outbox.</summary>
    public IReadOnlyList<(UInt128 Key, long Sequence)> ReadEventKeys() => Read(
        "SELECT event_id, sequence FROM outbox", static row => (EventKey.Of(row.GetString(0)), row.GetInt64(1)));

    /// <summary>Every intent without an outcome, oldest first.</summary>
    public IReadOnlyList<IntentRow> ReadIntents() => Read(
        """
        SELECT transaction_id, attempt, acquirer, rrn, created_at_ms, detail
        FROM intent ORDER BY created_at_ms, transaction_id
        """,
        IntentOf);

    /// <summary>Every advice, oldest first.</summary>
    public IReadOnlyList<AdviceRow> ReadAdvices() => Read($"{SelectAdvice} ORDER BY sequence", ToAdvice);

    /// <summary>Advices in the order of their commits.</summary>
    public async ValueTask<IReadOnlyList<AdviceRow>> ReadAdvicesAsync(
        long afterSequence, int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return Read(_advices, ToAdvice, afterSequence, max);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>One advice, or null.</summary>
    public async ValueTask<AdviceRow?> FindAdviceAsync(string adviceId, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return Read(_advice, ToAdvice, adviceId) is [var row] ? row : null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Wait();
        _events.Dispose();
        _advices.Dispose();
        _advice.Dispose();
        _connection.Dispose();
        // Given back, so that a late reader meets the closed connection instead of waiting for ever.
        _turn.Release();
    }

    private static PendingEvent ToEvent(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        row.GetInt64(5),
        Bytes(row, 6));

    private static AdviceRow ToAdvice(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.GetInt64(6),
        row.GetInt64(7),
        Bytes(row, 8),
        row.GetInt32(9),
        row.GetString(10),
        row.GetInt64(11));

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        command.Prepare();
        return command;
    }

    private static List<T> Read<T>(
        SqliteCommand command, Func<SqliteDataReader, T> make, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return Read(command, make);
    }

    private static List<T> Read<T>(SqliteCommand command, Func<SqliteDataReader, T> make)
    {
        using var row = command.ExecuteReader();
        var rows = new List<T>();
        while (row.Read()) rows.Add(make(row));
        return rows;
    }

    private static KeptOutcome OutcomeOf(SqliteDataReader row) => new(
        row.GetInt64(0),
        new OutcomeRow(row.GetString(1), row.GetInt64(2), Bytes(row, 4), row.GetInt64(3) != 0));

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
            return Read(command, make);
        }
        finally
        {
            _turn.Release();
        }
    }

    private static byte[] Bytes(SqliteDataReader row, int ordinal) => row.GetFieldValue<byte[]>(ordinal);
}
