using System.Data.Common;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Postgresql;

namespace Switch.Settlement.Store;

/// <summary>Brings a store's schema up to date. Safe when several programs start at once.</summary>
internal static class SchemaMigrations
{
    private const string ResourcePrefix = "migrations/";
    private const string ServerLock = "hashtextextended('cardswitch.settlement.migrations', 0)";
    /// <summary>Of the file beside a SQLite store that is held while its schema is brought up to date.</summary>
    public const string LockEnding = ".migrating";
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(60);

    /// <param name="database">The store.</param>
    /// <param name="lastScript">The last script to run, by its name; all of them when null.</param>
    /// <exception cref="StoreRefusedException">The schema is of a newer program, or a script failed.</exception>
    public static void Run(SettlementDatabase database, string? lastScript = null)
    {
        if (database.Dialect == StoreDialect.Sqlite)
        {
            using var alone = HoldFile(database.Place + LockEnding);
            // Before the library opens it in its own way: the first write settles the size of a page.
            using (database.OpenConnection())
            {
            }

            Upgrade(database, DeployChanges.To.SqliteDatabase(database.ConnectionString), lastScript);
            return;
        }

        using var connection = database.OpenConnection();
        Execute(connection, $"SELECT pg_advisory_lock({ServerLock})");
        try
        {
            Execute(connection, $"CREATE SCHEMA IF NOT EXISTS {SettlementDatabase.Quoted(database.Place)}");
            Upgrade(database, PostgresqlExtensions
                .PostgresqlDatabase(new PostgresqlConnectionManager(database.Source), database.Place), lastScript);
        }
        finally
        {
            // The pool keeps the session, and with it the lock.
            Execute(connection, $"SELECT pg_advisory_unlock({ServerLock})");
        }
    }

    private static void Upgrade(SettlementDatabase database, UpgradeEngineBuilder builder, string? lastScript)
    {
        var isSqlite = database.Dialect == StoreDialect.Sqlite;
        var engine = builder
            .WithScripts(Scripts(lastScript))
            .WithVariable("blob", isSqlite ? "BLOB" : "BYTEA")
            // INTEGER is what makes it SQLite's own row number: anything else costs an index.
            .WithVariable("id", isSqlite ? "INTEGER" : "BIGINT")
            .WithVariable("clustered", isSqlite ? "WITHOUT ROWID" : "")
            .WithTransactionPerScript()
            .LogToNowhere()
            .Build();
        var unknown = engine.GetExecutedButNotDiscoveredScripts();
        if (unknown.Count > 0)
        {
            throw new StoreRefusedException(
                $"the schema in {database.Place} is of a newer program: it has {string.Join(", ", unknown)}, "
                + "which this one does not know. Start the newer program, or name another store");
        }

        var result = engine.PerformUpgrade();
        if (result.Successful) return;
        if (result.Error is DbException) throw result.Error;
        throw new StoreRefusedException($"{result.ErrorScript?.Name}: {result.Error.Message}", result.Error);
    }

    private static IEnumerable<SqlScript> Scripts(string? lastScript)
    {
        var assembly = typeof(SchemaMigrations).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!name.StartsWith(ResourcePrefix, StringComparison.Ordinal)) continue;
            var script = name[ResourcePrefix.Length..];
            if (lastScript is not null && string.CompareOrdinal(script, lastScript) > 0) yield break;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return new SqlScript(script, reader.ReadToEnd());
        }
    }

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = (int)LockPatience.TotalSeconds;
        command.ExecuteNonQuery();
    }

    private static FileStream HoldFile(string path)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var never = new ManualResetEventSlim();
        while (true)
        {
            try
            {
                // It stays: to delete it would let a third program lock a file of the same name beside the second's.
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(started) < LockPatience)
            {
                never.Wait(LockPause);
            }
        }
    }
}
