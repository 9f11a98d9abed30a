using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using SQLitePCL;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Tells what a message does to a write from what is the store's own: only the latter passes by itself.
/// </summary>
internal static class WriteFaults
{
    private const int ReasonMax = 300;

    /// <summary>
    /// Whether the write failed of what it was to write: values that the store refuses (SQL state classes 21, 22, 23,
    /// 54 and P0), or that the books can't hold. A store that is away, full or damaged is none of it.
    /// </summary>
    public static bool IsOfMessage(Exception fault) => fault switch
    {
        PostgresException server => server.SqlState[..2] is "21" or "22" or "23" or "54" or "P0",
        SqliteException file => file.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG
            or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE,
        DbException or IOException or TimeoutException or OperationCanceledException or OutOfMemoryException
            or ObjectDisposedException => false,
        _ => true,
    };

    /// <summary>The fault as a dead letter says it: one line, within bounds.</summary>
    public static string ReasonOf(Exception fault)
    {
        var text = $"can't be booked: {fault.Message}";
        return string.Concat(text.Take(ReasonMax)
            .Select(static c => char.IsControl(c) || char.IsSurrogate(c) ? ' ' : c));
    }
}
