namespace Switch.Service.Journal;

/// <summary>
/// How a journal of an earlier schema becomes one of the next, each step in one transaction. A step's text never
/// changes: it says what the schema was then.
/// </summary>
internal static class JournalMigrations
{
    // Schema 2 keeps the reason of a deferred reversal, and the order in which they came.
    private const string From1To2 = """
        BEGIN IMMEDIATE;
        ALTER TABLE deferred_reversal RENAME TO deferred_reversal_1;
        CREATE TABLE deferred_reversal (
          sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
          transaction_id TEXT    NOT NULL UNIQUE,
          reason         INTEGER NOT NULL,
          at_ms          INTEGER NOT NULL
        ) STRICT;
        INSERT INTO deferred_reversal (transaction_id, reason, at_ms)
          SELECT transaction_id, 0, at_ms FROM deferred_reversal_1 ORDER BY at_ms;
        DROP TABLE deferred_reversal_1;
        PRAGMA user_version = 2;
        COMMIT;
        """;

    // Schema 3 keeps intents in the order in which they came. A transaction has one because its key, its primary key
    // until then, is looked up in memory.
    private const string From2To3 = """
        BEGIN IMMEDIATE;
        ALTER TABLE intent RENAME TO intent_2;
        CREATE TABLE intent (
          key            INTEGER PRIMARY KEY,
          transaction_id TEXT    NOT NULL,
          attempt        INTEGER NOT NULL,
          acquirer       TEXT    NOT NULL,
          rrn            TEXT    NOT NULL,
          created_at_ms  INTEGER NOT NULL,
          detail         BLOB    NOT NULL
        ) STRICT;
        INSERT INTO intent (transaction_id, attempt, acquirer, rrn, created_at_ms, detail)
          SELECT transaction_id, attempt, acquirer, rrn, created_at_ms, detail FROM intent_2
          ORDER BY created_at_ms, transaction_id;
        DROP TABLE intent_2;
        PRAGMA user_version = 3;
        COMMIT;
        """;

    // Schema 4 looks an event up in memory too. Its sequences go on where they were, also when no event waits.
    private const string From3To4 = """
        BEGIN IMMEDIATE;
        ALTER TABLE outbox RENAME TO outbox_3;
        CREATE TABLE outbox (
          sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
          event_id       TEXT    NOT NULL,
          partition_key  TEXT    NOT NULL,
          type           TEXT    NOT NULL,
          trace_parent   TEXT,
          occurred_at_ms INTEGER NOT NULL,
          payload        BLOB    NOT NULL
        ) STRICT;
        INSERT INTO outbox SELECT * FROM outbox_3 ORDER BY sequence;
        DELETE FROM sqlite_sequence WHERE name = 'outbox';
        UPDATE sqlite_sequence SET name = 'outbox' WHERE name = 'outbox_3';
        DROP TABLE outbox_3;
        PRAGMA user_version = 4;
        COMMIT;
        """;

    // Schema 5 has its sequences from the writer, which knows the last: a table of them was a page more in each commit.
    private const string From4To5 = """
        BEGIN IMMEDIATE;
        ALTER TABLE outbox RENAME TO outbox_4;
        CREATE TABLE outbox (
          sequence       INTEGER PRIMARY KEY,
          event_id       TEXT    NOT NULL,
          partition_key  TEXT    NOT NULL,
          type           TEXT    NOT NULL,
          trace_parent   TEXT,
          occurred_at_ms INTEGER NOT NULL,
          payload        BLOB    NOT NULL
        ) STRICT;
        INSERT INTO outbox SELECT * FROM outbox_4 ORDER BY sequence;
        INSERT INTO note (name, value) SELECT 'events_through', seq FROM sqlite_sequence WHERE name = 'outbox_4';
        DROP TABLE outbox_4;
        ALTER TABLE outcome RENAME TO outcome_4;
        CREATE TABLE outcome (
          sequence       INTEGER PRIMARY KEY,
          transaction_id TEXT    NOT NULL,
          at_ms          INTEGER NOT NULL,
          is_settled     INTEGER NOT NULL,
          record         BLOB    NOT NULL
        ) STRICT;
        INSERT INTO outcome SELECT * FROM outcome_4 ORDER BY sequence;
        DROP TABLE outcome_4;
        PRAGMA user_version = 5;
        COMMIT;
        """;

    /// <summary>The steps from a schema to <see cref="JournalFile.SchemaVersion"/>, in order.</summary>
    /// <param name="version">The schema of the file, from 1.</param>
    public static IEnumerable<string> Since(long version)
    {
        if (version <= 1) yield return From1To2;
        if (version <= 2) yield return From2To3;
        if (version <= 3) yield return From3To4;
        if (version <= 4) yield return From4To5;
    }
}
