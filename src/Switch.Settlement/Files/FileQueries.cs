using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Switch.Settlement.Files;

/// <summary>
/// Queries of files. A close may be large, and they take as long as they take. They order texts by bytes, so that the
/// same close gives the same bytes whatever language a server sorts by.
/// </summary>
internal static class FileQueries
{
    /// <summary>Behind a text in ORDER BY: by bytes. Like the next, only for what is read here.</summary>
    public const string ByBytes = " COLLATE \"C\"";

    /// <summary>Behind the settlement date of <c>entry e</c>: it is one of the parameter Dates, a list.</summary>
    public const string OfDates = " = ANY(@Dates)";

    private const string Entries = "FROM entry e ";
    private const string EntriesByWindow = "FROM entry e INDEXED BY entry_window ";

    /// <summary>All rows at once.</summary>
    public static List<T> ReadAll<T>(this DbConnection connection, string sql, object parameters) =>
        connection.Query<T>(Text(connection, sql), parameters, commandTimeout: 0).AsList();

    /// <summary>Row by row; the connection has nothing else to do meanwhile.</summary>
    public static IEnumerable<T> ReadEach<T>(this DbConnection connection, string sql, object parameters) =>
        connection.Query<T>(Text(connection, sql), parameters, buffered: false, commandTimeout: 0);

    /// <summary>The text as the store takes it: SQLite orders by bytes of its own, and has no arrays.</summary>
    public static string Text(DbConnection connection, string sql)
    {
        if (connection is not SqliteConnection) return sql;
        var text = sql.Replace(ByBytes, "", StringComparison.Ordinal);
        if (!text.Contains(OfDates, StringComparison.Ordinal)) return text;
        // Left alone it takes the index that has a date's entries by number, to group them: those of every merchant.
        return text.Replace(OfDates, " IN @Dates", StringComparison.Ordinal)
            .Replace(Entries, EntriesByWindow, StringComparison.Ordinal);
    }
}
