using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Switch.Settlement.Store;

/// <summary>
/// A prepared statement that runs many times in a batch. ADO.NET makes a reader, a binder and an enumerator of each
/// run,
/// which cost more than SQLite itself; this binds in place and steps. Used by one thread.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private const int StackTextBytes = 512;

    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Binds a text to a parameter, counted from 1.</summary>
    public void Bind(int position, string text)
    {
        Span<byte> bytes = stackalloc byte[StackTextBytes];
        if (Encoding.UTF8.TryGetBytes(text, bytes, out var length))
            Check(raw.sqlite3_bind_text(_statement, position, bytes[..length]));
        else
            Check(raw.sqlite3_bind_text(_statement, position, text));
    }

    /// <summary>Binds a number.</summary>
    public void Bind(int position, long number) => Check(raw.sqlite3_bind_int64(_statement, position, number));

    /// <summary>Binds bytes; they are copied.</summary>
    public void Bind(int position, ReadOnlySpan<byte> bytes) => Check(
        bytes.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, position, 0)
            : raw.sqlite3_bind_blob(_statement, position, bytes));

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="SqliteException">It failed; nothing of it was done.</exception>
    public void Execute()
    {
        while (Read())
        {
        }
    }

    /// <summary>Goes to the next row; false past the last one, and the statement can then run again.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    public bool Read()
    {
        var code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW) return true;
        raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(code, _database);
        return false;
    }

    /// <summary>A column of the row, counted from 0.</summary>
    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <inheritdoc cref="Number"/>
    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <inheritdoc cref="Number"/>
    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    /// <summary>Ends a reading before its last row.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    public void Dispose() => _statement.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, _database);
    }
}
