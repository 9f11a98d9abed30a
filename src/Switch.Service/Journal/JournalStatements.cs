using Microsoft.Data.Sqlite;

namespace Switch.Service.Journal;

/// <summary>
/// The prepared statements of the writer's connection, each compiled once. Used by the writer's thread alone.
/// An insert that may meet its own earlier self says ON CONFLICT (key) DO NOTHING and never OR IGNORE, which would also
/// drop a row that breaks the schema without a word.
/// </summary>
internal sealed partial class JournalStatements : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<IDisposable> _all = [];
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;
    private readonly SqliteCommand _savepoint;
    private readonly SqliteCommand _release;
    private readonly SqliteCommand _rollbackTo;
    private readonly JournalStatement _insertIntent;
    private readonly JournalStatement _replaceIntent;
    private readonly JournalStatement _deleteIntent;
    private readonly JournalStatement _insertEvent;
    private readonly JournalStatement _deleteEvents;
    private readonly SqliteCommand _insertAdvice;
    private readonly JournalStatement _insertOutcome;
    private readonly JournalStatement _trimOutcomes;
    private readonly JournalStatement _oldestOutcome;
    private readonly JournalStatement _removeEvent;
    private readonly SqliteCommand _defer;
    private readonly SqliteCommand _closeDeferred;
    private readonly SqliteCommand _setNote;
    private readonly SqliteCommand _updateAdvice;
    private readonly SqliteCommand _deleteAdvice;
    private readonly SqliteCommand _fillProbe;
    private readonly SqliteCommand _clearProbe;
    private readonly JournalStatement _pageCount;
    private readonly JournalStatement _freePages;
    private readonly SqliteCommand _checkpoint;
    private readonly SqliteCommand _truncateWal;

    public JournalStatements(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _savepoint = Prepare("SAVEPOINT step");
        _release = Prepare("RELEASE step");
        _rollbackTo = Prepare("ROLLBACK TO step");
        _insertIntent = PrepareHot(
            """
            INSERT INTO intent (transaction_id, attempt, acquirer, rrn, created_at_ms, detail)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """);
        _replaceIntent = PrepareHot(
            """
            UPDATE intent SET attempt = ?2, acquirer = ?3, rrn = ?4, created_at_ms = ?5, detail = ?6
            WHERE key = ?7 AND transaction_id = ?1
            """);
        _deleteIntent = PrepareHot("DELETE FROM intent WHERE key = ?1 AND transaction_id = ?2");
        _insertEvent = PrepareHot(
            """
            INSERT INTO outbox (sequence, event_id, partition_key, type, trace_parent, occurred_at_ms, payload)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """);
        _deleteEvents = PrepareHot("DELETE FROM outbox WHERE sequence BETWEEN ?1 AND ?2");
        _insertAdvice = Prepare(
            """
            INSERT INTO advice (advice_id, transaction_id, acquirer, kind, state, rrn, created_at_ms,
              next_attempt_at_ms, tries, reason, detail)
            VALUES ($id, $transaction, $acquirer, $kind, $state, $rrn, $created, $next, $tries, $reason, $detail)
            ON CONFLICT (advice_id) DO NOTHING
            """,
            "$id", "$transaction", "$acquirer", "$kind", "$state", "$rrn", "$created", "$next", "$tries", "$reason",
            "$detail");
        _insertOutcome = PrepareHot(
            "INSERT INTO outcome (sequence, transaction_id, at_ms, is_settled, record) VALUES (?1, ?2, ?3, ?4, ?5)");
        _trimOutcomes = PrepareHot(
            """
            DELETE FROM outcome
            WHERE sequence IN (SELECT sequence FROM outcome WHERE sequence <= ?1 ORDER BY sequence LIMIT ?2)
              AND at_ms < ?3
            """);
        _oldestOutcome = PrepareHot("SELECT at_ms FROM outcome ORDER BY sequence LIMIT 1");
        _removeEvent = PrepareHot("DELETE FROM outbox WHERE sequence = ?1 AND event_id = ?2");
        _defer = Prepare(
            """
            INSERT INTO deferred_reversal (transaction_id, reason, at_ms) VALUES ($id, $reason, $at)
            ON CONFLICT (transaction_id) DO NOTHING
            """,
            "$id", "$reason", "$at");
        _closeDeferred = Prepare("DELETE FROM deferred_reversal WHERE transaction_id = $id", "$id");
        _setNote = Prepare(
            """
            INSERT INTO note (name, value) VALUES ($name, $value)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            "$name", "$value");
        _updateAdvice = Prepare(
            """
            UPDATE advice SET state = $state, tries = $tries, next_attempt_at_ms = $next, reason = $reason
            WHERE advice_id = $id
            """,
            "$id", "$state", "$tries", "$next", "$reason");
        _deleteAdvice = Prepare("DELETE FROM advice WHERE advice_id = $id", "$id");
        _fillProbe = Prepare("INSERT INTO probe (id, filler) VALUES (1, zeroblob(32768))");
        _clearProbe = Prepare("DELETE FROM probe");
        _pageCount = PrepareHot("PRAGMA page_count");
        _freePages = PrepareHot("PRAGMA freelist_count");
        _checkpoint = Prepare("PRAGMA wal_checkpoint(PASSIVE)");
        _truncateWal = Prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    /// <summary>
    /// Starts a transaction and takes the write lock at once, so that no later statement can find it taken.
    /// </summary>
    public void Begin() => _begin.ExecuteNonQuery();

    /// <summary>Returns when everything since <see cref="Begin"/> is on the disk.</summary>
    public void Commit() => _commit.ExecuteNonQuery();

    /// <summary>Ends a transaction that failed. SQLite has ended it by itself after some errors.</summary>
    public void RollbackIfOpen()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0) _rollback.ExecuteNonQuery();
    }

    /// <summary>Starts a step that may fail without its neighbours.</summary>
    public void BeginStep() => _savepoint.ExecuteNonQuery();

    /// <summary>Keeps the step.</summary>
    public void KeepStep() => _release.ExecuteNonQuery();

    /// <summary>Undoes the step and nothing else.</summary>
    public void UndoStep()
    {
        _rollbackTo.ExecuteNonQuery();
        _release.ExecuteNonQuery();
    }

    /// <summary>Adds the intent of a transaction that has none.</summary>
    /// <returns>The key of its row.</returns>
    public long InsertIntent(IntentRow row)
    {
        Bind(_insertIntent, row);
        return _insertIntent.Insert();
    }

    /// <summary>Writes a later attempt over the intent of its transaction; false when that is not the key's.</summary>
    public bool ReplaceIntent(long key, IntentRow row)
    {
        Bind(_replaceIntent, row);
        _replaceIntent.Bind(7, key);
        return _replaceIntent.Execute() > 0;
    }

    /// <summary>Removes an intent; false when it is not the key's.</summary>
    public bool DeleteIntent(long key, string transactionId)
    {
        _deleteIntent.Bind(1, key);
        _deleteIntent.Bind(2, transactionId);
        return _deleteIntent.Execute() > 0;
    }

    /// <summary>Adds an event that is not in the outbox.</summary>
    public void InsertEvent(long sequence, OutboxRow row)
    {
        _insertEvent.Bind(1, sequence);
        _insertEvent.Bind(2, row.EventId);
        _insertEvent.Bind(3, row.PartitionKey);
        _insertEvent.Bind(4, row.Type);
        _insertEvent.BindOptional(5, row.TraceParent);
        _insertEvent.Bind(6, row.OccurredAtMs);
        _insertEvent.Bind(7, row.Payload.Span);
        _insertEvent.Execute();
    }

    /// <summary>Removes the events from one sequence to another, both included.</summary>
    /// <returns>How many there were.</returns>
    public int DeleteEvents(long first, long last)
    {
        _deleteEvents.Bind(1, first);
        _deleteEvents.Bind(2, last);
        return _deleteEvents.Execute();
    }

    /// <summary>False when the advice is written already.</summary>
    public bool InsertAdvice(AdviceRow row)
    {
        var values = _insertAdvice.Parameters;
        values[0].Value = row.AdviceId;
        values[1].Value = row.TransactionId;
        values[2].Value = row.Acquirer;
        values[3].Value = row.Kind;
        values[4].Value = row.State;
        values[5].Value = row.Rrn;
        values[6].Value = row.CreatedAtMs;
        values[7].Value = row.NextAttemptAtMs;
        values[8].Value = row.Tries;
        values[9].Value = row.Reason;
        values[10].Value = WholeArray.Of(row.Detail);
        return _insertAdvice.ExecuteNonQuery() > 0;
    }

    /// <summary>False when there is no such advice.</summary>
    public bool UpdateAdvice(AdviceUpdate update)
    {
        var values = _updateAdvice.Parameters;
        values[0].Value = update.AdviceId;
        values[1].Value = update.State;
        values[2].Value = update.Tries;
        values[3].Value = update.NextAttemptAtMs;
        values[4].Value = update.Reason;
        return _updateAdvice.ExecuteNonQuery() > 0;
    }

    /// <summary>False when there is no such advice.</summary>
    public bool DeleteAdvice(string adviceId)
    {
        _deleteAdvice.Parameters[0].Value = adviceId;
        return _deleteAdvice.ExecuteNonQuery() > 0;
    }

    /// <summary>Two commits that need pages and fsync as real writes do.</summary>
    public void Probe()
    {
        // Moving the log into the file may be all that a full disk needs: the log is then written from its start again.
        _checkpoint.ExecuteNonQuery();
        Begin();
        _clearProbe.ExecuteNonQuery();
        _fillProbe.ExecuteNonQuery();
        Commit();
        Begin();
        _clearProbe.ExecuteNonQuery();
        Commit();
    }

    /// <summary>Pages of the file that hold something.</summary>
    public long UsedPages() => _pageCount.Number()!.Value - _freePages.Number()!.Value;

    /// <summary>Cuts the write-ahead log back to nothing; leaves it as it is while somebody reads it.</summary>
    public void TruncateWal() => _truncateWal.ExecuteNonQuery();

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
    }

    private static void Bind(JournalStatement statement, IntentRow row)
    {
        statement.Bind(1, row.TransactionId);
        statement.Bind(2, row.Attempt);
        statement.Bind(3, row.Acquirer);
        statement.Bind(4, row.Rrn);
        statement.Bind(5, row.CreatedAtMs);
        statement.Bind(6, row.Detail.Span);
    }

    private JournalStatement PrepareHot(string sql)
    {
        var statement = new JournalStatement(_connection, sql);
        _all.Add(statement);
        return statement;
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        command.Prepare();
        _all.Add(command);
        return command;
    }
}
