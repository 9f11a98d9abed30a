using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Tests.Store;

/// <summary>An empty store of one of the two kinds, gone with its disposal.</summary>
internal sealed class TestStore : IDisposable
{
    public const string Sqlite = "sqlite";
    public const string PostgreSql = "postgresql";

    private static int _schemas;

    private readonly DirectoryInfo? _folder;

    private TestStore(string connection, DirectoryInfo? folder, string? lastScript)
    {
        Connection = connection;
        _folder = folder;
        Database = lastScript is null
            ? SettlementDatabase.Open(connection)
            : SettlementDatabase.OpenOlder(connection, lastScript);
    }

    /// <summary>For theories: every test of the store runs on both.</summary>
    public static TheoryData<string> Kinds => new(Sqlite, PostgreSql);

    /// <summary>What the program is told to open it.</summary>
    public string Connection { get; }

    public SettlementDatabase Database { get; private set; }

    /// <summary>A new store; skips the test, and says so, where no PostgreSQL is installed.</summary>
    /// <param name="kind">Which of the two.</param>
    /// <param name="lastScript">The last script of the program that makes it; null is this one.</param>
    public static TestStore Create(string kind, string? lastScript = null)
    {
        if (kind == Sqlite)
        {
            var folder = Directory.CreateTempSubdirectory("switch-books-");
            return new TestStore($"sqlite:{folder.FullName}/books.db", folder, lastScript);
        }

        Assert.SkipUnless(PostgresServer.IsInstalled, "PostgreSQL (initdb, postgres) is not installed");
        var schema = $"books_{Interlocked.Increment(ref _schemas)}";
        return new TestStore(PostgresServer.ConnectionOf(schema), null, lastScript);
    }

    /// <summary>Closes it and opens it again, as another start of the program does.</summary>
    public void Reopen()
    {
        Database.Dispose();
        Database = SettlementDatabase.Open(Connection);
    }

    public long Number(string sql, object? parameters = null)
    {
        using var connection = Database.OpenConnection();
        return connection.ExecuteScalar<long>(sql, parameters);
    }

    public List<T> Rows<T>(string sql, object? parameters = null)
    {
        using var connection = Database.OpenConnection();
        return connection.Query<T>(sql, parameters).AsList();
    }

    public int Execute(string sql, object? parameters = null)
    {
        using var connection = Database.OpenConnection();
        return connection.Execute(sql, parameters);
    }

    public void Dispose()
    {
        if (Database.Dialect == StoreDialect.PostgreSql)
        {
            using var connection = Database.OpenConnection();
            connection.Execute($"DROP SCHEMA {Database.Place} CASCADE");
        }

        Database.Dispose();
        _folder?.Delete(recursive: true);
    }
}
