using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Switch.Service.Journal;

/// <summary>The journal cannot be opened; the service must not start. The message says what to do.</summary>
internal sealed class JournalOpenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Opens the journal's file: one process at a time, for its owner alone, of a schema this build knows.
/// </summary>
internal static class JournalFile
{
    /// <summary>Schema that this build writes, in PRAGMA user_version.</summary>
    public const int SchemaVersion = 5;

    /// <summary>Marks the file as a journal of the switch in PRAGMA application_id: "SWJL" in ASCII.</summary>
    public const int ApplicationId = 0x53574A4C;

    /// <summary>Seconds that a statement waits while another program holds the write lock.</summary>
    private const int LockWaitSeconds = 1;

    private const string Schema = """
        BEGIN IMMEDIATE;
        CREATE TABLE intent (
          key            INTEGER PRIMARY KEY,
          transaction_id TEXT    NOT NULL,
          attempt        INTEGER NOT NULL,
          acquirer       TEXT    NOT NULL,
          rrn            TEXT    NOT NULL,
          created_at_ms  INTEGER NOT NULL,
          detail         BLOB    NOT NULL
        ) STRICT;
        CREATE TABLE outbox (
          sequence       INTEGER PRIMARY KEY,
          event_id       TEXT    NOT NULL,
          partition_key  TEXT    NOT NULL,
          type           TEXT    NOT NULL,
          trace_parent   TEXT,
          occurred_at_ms INTEGER NOT NULL,
          payload        BLOB    NOT NULL
        ) STRICT;
        CREATE TABLE advice (
          sequence           INTEGER PRIMARY KEY AUTOINCREMENT,
          advice_id          TEXT    NOT NULL UNIQUE,
          transaction_id     TEXT    NOT NULL,
          acquirer           TEXT    NOT NULL,
          kind               TEXT    NOT NULL,
          state              TEXT    NOT NULL,
          rrn                TEXT    NOT NULL,
          created_at_ms      INTEGER NOT NULL,
          next_attempt_at_ms INTEGER NOT NULL,
          tries              INTEGER NOT NULL,
          reason             TEXT    NOT NULL,
          detail             BLOB    NOT NULL
        ) STRICT;
        CREATE TABLE outcome (
          sequence       INTEGER PRIMARY KEY,
          transaction_id TEXT    NOT NULL,
          at_ms          INTEGER NOT NULL,
          is_settled     INTEGER NOT NULL,
          record         BLOB    NOT NULL
        ) STRICT;
        CREATE TABLE deferred_reversal (
          sequence       INTEGER PRIMARY KEY AUTOINCREMENT,
          transaction_id TEXT    NOT NULL UNIQUE,
          reason         INTEGER NOT NULL,
          at_ms          INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE note (
          name  TEXT NOT NULL PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE probe (
          id     INTEGER PRIMARY KEY,
          filler BLOB NOT NULL
        ) STRICT;
        PRAGMA application_id = 1398229580;
        PRAGMA user_version = 5;
        COMMIT;
        """;

    /// <summary>
    /// Holds the file "path.lock" until disposed. SQLite's own locks let two services share the file, and each would
    /// recover the other's live intents; this one does not. The operating system frees it when the process dies.
    /// </summary>
    /// <exception cref="JournalOpenException">Another process, or another journal of this one, holds it.</exception>
    public static FileStream Lock(string path)
    {
        try
        {
            if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } folder)
                Directory.CreateDirectory(folder);
            return new FileStream(path + ".lock", CreateForOwner(FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalOpenException(
                $"The journal {path} is in use by another process, or {path}.lock cannot be written: {e.Message} "
                + "Every instance needs a journal of its own.",
                e);
        }
    }

    /// <summary>Opens the writer's connection and makes the schema when the file is new.</summary>
    /// <exception cref="JournalOpenException">It is no journal, of a newer schema, or unusable.</exception>
    public static SqliteConnection OpenWriter(JournalOptions options)
    {
        SqliteConnection? connection = null;
        try
        {
            // SQLite would create the file with the process's default permissions; "-wal" and "-shm" take over ours.
            new FileStream(options.Path, CreateForOwner(FileAccess.ReadWrite, FileShare.ReadWrite)).Dispose();
            connection = Connect(options.Path, SqliteOpenMode.ReadWrite);
            // Deleted rows hold sealed card data; zeros take their place, those of an older schema's tables too.
            Execute(connection, "PRAGMA secure_delete = ON");
            // FULL: each commit is on the disk before its waiters hear of it. NORMAL would lose the last commits.
            Execute(connection, "PRAGMA synchronous = FULL");
            EnsureSchema(connection, options.Path);
            Execute(connection, "PRAGMA journal_mode = WAL");
            Execute(connection, $"PRAGMA max_page_count = {options.BytesMax / PageSize(connection)}");
            Execute(connection, $"PRAGMA journal_size_limit = {options.WalBytesTarget}");
            return connection;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new JournalOpenException($"The journal {options.Path} cannot be opened: {e.Message}", e);
        }
        catch (JournalOpenException)
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Opens the connection that relay and recovery read with.</summary>
    public static SqliteConnection OpenReader(JournalOptions options) => Connect(options.Path, SqliteOpenMode.ReadOnly);

    /// <summary>Bytes of a page of the file.</summary>
    public static long PageSize(SqliteConnection connection) => Number(connection, "PRAGMA page_size");

    /// <summary>A number drawn when the journal was made: whoever opens it owes what it holds.</summary>
    public static ulong Identify(SqliteConnection connection)
    {
        if (Note(connection, "journal") is { } known)
            return ulong.Parse(known, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var drawn = (ulong)Random.Shared.NextInt64() | 1;
        SetNote(connection, "journal", drawn.ToString("x16", CultureInfo.InvariantCulture));
        return drawn;
    }

    /// <summary>A note's value, or null.</summary>
    public static string? Note(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM note WHERE name = $name";
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as string;
    }

    /// <summary>A note that is a number; 0 when there is none.</summary>
    public static long NumberNote(SqliteConnection connection, string name) =>
        long.Parse(Note(connection, name) ?? "0", CultureInfo.InvariantCulture);

    /// <summary>Writes a note.</summary>
    public static void SetNote(SqliteConnection connection, string name, string value)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO note (name, value) VALUES ($name, $value)";
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$value", value);
        command.ExecuteNonQuery();
    }

    /// <summary>The one number that a statement gives.</summary>
    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private static void EnsureSchema(SqliteConnection connection, string path)
    {
        var version = Number(connection, "PRAGMA user_version");
        var application = Number(connection, "PRAGMA application_id");
        if (version == 0 && application == 0 && Number(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            Execute(connection, Schema);
            return;
        }

        if (application != ApplicationId)
            throw new JournalOpenException($"The file {path} is an SQLite database but no journal of the switch.");
        if (version > SchemaVersion)
            throw new JournalOpenException(
                $"The journal {path} has schema {version}, this version knows {SchemaVersion}: it was written by a "
                + "newer version. Run that version; to go back, see docs/runbook.md, Upgrades.");
        foreach (var migration in JournalMigrations.Since(version)) Execute(connection, migration);
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = LockWaitSeconds,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static FileStreamOptions CreateForOwner(FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }
}
