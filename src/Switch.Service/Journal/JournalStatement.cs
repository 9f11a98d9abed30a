using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Switch.Service.Journal;

/// <summary>
/// A prepared statement that runs once or more for every authorization. ADO.NET makes a reader, a binder and an
/// enumerator of each run and copies what it binds, which cost more than SQLite itself; this binds in place and steps.
/// Used by the writer's thread alone, inside its transaction, so nobody else holds the write lock.
/// </summary>
internal sealed class JournalStatement : IDisposable
{
    private const int StackTextBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public JournalStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        const uint Persistent = raw.SQLITE_PREPARE_PERSISTENT;
        Check(raw.sqlite3_prepare_v3(_database, sql, Persistent, out _statement));
    }

    /// <summary>Binds a text to a parameter, counted from 1.</summary>
    public void Bind(int position, string text)
    {
        Span<byte> bytes = stackalloc byte[StackTextBytes];
        if (!Encoding.UTF8.TryGetBytes(text, bytes, out var length))
        {
            Check(raw.sqlite3_bind_text(_statement, position, text));
            return;
        }

        Check(raw.sqlite3_bind_text(_statement, position, bytes[..length]));
    }

    /// <summary>Binds a text, or NULL for null.</summary>
    public void BindOptional(int position, string? text)
    {
        if (text is null) Check(raw.sqlite3_bind_null(_statement, position));
        else Bind(position, text);
    }

    /// <summary>Binds a number.</summary>
    public void Bind(int position, long number) => Check(raw.sqlite3_bind_int64(_statement, position, number));

    /// <summary>Binds bytes; they are copied.</summary>
    public void Bind(int position, ReadOnlySpan<byte> bytes) => Check(
        bytes.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, position, 0)
            : raw.sqlite3_bind_blob(_statement, position, bytes));

    /// <summary>Runs it.</summary>
    /// <returns>Rows that it changed.</returns>
    /// <exception cref="SqliteException">It failed; nothing of it was done.</exception>
    public int Execute()
    {
        Number();
        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs an insert that meets no earlier row.</summary>
    /// <returns>The key of the row.</returns>
    /// <exception cref="SqliteException">It failed; nothing of it was done.</exception>
    public long Insert()
    {
        Number();
        return raw.sqlite3_last_insert_rowid(_database);
    }

    /// <summary>Runs it.</summary>
    /// <returns>The first column of the first row; null when there is no row.</returns>
    /// <exception cref="SqliteException">It failed; nothing of it was done.</exception>
    public long? Number()
    {
        var code = raw.sqlite3_step(_statement);
        try
        {
            if (code == raw.SQLITE_ROW) return raw.sqlite3_column_int64(_statement, 0);
            if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, _database);
            return null;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}
