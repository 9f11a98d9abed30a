using System.Data.Common;
using System.Text;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Switch.Settlement.Store;

/// <summary>
/// The store of the books: a SQLite file (<c>sqlite:PATH</c>) or a schema of a PostgreSQL database (Npgsql's connection
/// string, whose Search Path names the schema; "settlement" when it names none). Thread-safe.
/// </summary>
internal sealed class SettlementDatabase : IDisposable
{
    private const string SqlitePrefix = "sqlite:";
    private const string DefaultSchema = "settlement";
    private const int BusyTimeoutSeconds = 30;
    private const string BesideEnding = "_rebuild";

    /// <summary>Bytes that the server keeps of a name.</summary>
    private const int NameBytesMax = 63;

    // The indexes by transaction, RRN and card are written at random places: a batch is cheap while they are in memory,
    // and cheaper with large pages, of which it touches fewer. The size of a page is settled when the file is made.
    private const string SqlitePragmas =
        "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000; "
        + "PRAGMA cache_size=-262144; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=16384";

    private readonly NpgsqlDataSource? _source;
    private readonly string _connectionString;

    private SettlementDatabase(StoreDialect dialect, string connectionString, string place)
    {
        Dialect = dialect;
        Place = place;
        _connectionString = connectionString;
        if (dialect == StoreDialect.PostgreSql) _source = NpgsqlDataSource.Create(connectionString);
    }

    public StoreDialect Dialect { get; }

    /// <summary>The file's path, or the schema.</summary>
    public string Place { get; }

    /// <summary>For PostgreSQL only.</summary>
    internal NpgsqlDataSource Source => _source ?? throw new InvalidOperationException("not a PostgreSQL store");

    /// <summary>The connection string with its password, for the migrations.</summary>
    internal string ConnectionString => _connectionString;

    /// <summary>Opens the store and brings its schema up to date; makes what is not there.</summary>
    /// <exception cref="StoreRefusedException">The text is no connection string, or the schema is of a newer
    /// program.</exception>
    /// <exception cref="DbException">The store is away.</exception>
    public static SettlementDatabase Open(string connection) => Open(Of(connection));

    /// <summary>The same as an older program does it, that knows the scripts up to this one.</summary>
    internal static SettlementDatabase OpenOlder(string connection, string lastScript) =>
        Open(Of(connection), lastScript);

    /// <summary>What is wrong with a connection string; null when nothing is. Connects to nothing.</summary>
    public static string? FaultOf(string connection)
    {
        try
        {
            using var database = Of(connection);
            return null;
        }
        catch (StoreRefusedException e)
        {
            return e.Message;
        }
    }

    /// <summary>
    /// An empty store beside this one (a file or a schema of a similar name), for a rebuild that holds
    /// <see cref="RebuildLock"/>.
    /// </summary>
    /// <exception cref="DbException">The store is away.</exception>
    public SettlementDatabase CreateBeside()
    {
        DropBeside();
        if (Dialect == StoreDialect.Sqlite) return Open(SqlitePrefix + BesidePlace);
        var beside = new NpgsqlConnectionStringBuilder(_connectionString) { SearchPath = BesidePlace };
        return Open(new SettlementDatabase(Dialect, beside.ConnectionString, BesidePlace));
    }

    /// <summary>Removes what <see cref="CreateBeside"/> made; it must be disposed.</summary>
    public void DropBeside()
    {
        if (Dialect == StoreDialect.Sqlite)
        {
            foreach (var ending in (ReadOnlySpan<string>)["", "-wal", "-shm", SchemaMigrations.LockEnding])
                File.Delete(BesidePlace + ending);
            return;
        }

        using var drop = Source.CreateCommand($"DROP SCHEMA IF EXISTS {Quoted(BesidePlace)} CASCADE");
        drop.ExecuteNonQuery();
    }

    /// <summary>A connection of the pool, open. The caller disposes of it.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public DbConnection OpenConnection()
    {
        if (_source is not null) return _source.OpenConnection();
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            using var pragmas = connection.CreateCommand();
            pragmas.CommandText = SqlitePragmas;
            pragmas.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="OpenConnection"/>
    public async ValueTask<DbConnection> OpenConnectionAsync(CancellationToken cancellationToken = default) =>
        // SQLite has no other than synchronous calls.
        _source is null ? OpenConnection() : await _source.OpenConnectionAsync(cancellationToken);

    /// <summary>
    /// Begins a transaction on a connection of its own. A batch holds the shared lock and a close is alone, so that no
    /// batch that has not seen a close commits after it. SQLite has one lock, taken at once (BEGIN IMMEDIATE).
    /// </summary>
    /// <exception cref="DbException">The store is away, or the lock was not to be had in 30 s.</exception>
    public StoreTransaction Begin(StoreLock kind) => Begin(OpenConnection(), kind, ownsConnection: true);

    /// <summary>The same on a connection that stays open after it.</summary>
    public StoreTransaction Begin(DbConnection connection, StoreLock kind) => Begin(connection, kind, false);

    public void Dispose()
    {
        _source?.Dispose();
        if (_source is not null) return;
        // The pool would keep the file open.
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    internal string BesidePlace => Place + (Dialect == StoreDialect.Sqlite ? ".rebuild" : BesideEnding);

    internal static string Quoted(string identifier) =>
        $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static SettlementDatabase Open(SettlementDatabase database, string? lastScript = null)
    {
        try
        {
            SchemaMigrations.Run(database, lastScript);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    // The server reads the name in the path by itself: it folds capitals to lower case, and takes quotes and $user for
    // what they mean to it. Of a name that is too long it would keep so much that the schema beside is the books' own.
    private static string? FaultOfSchema(string name)
    {
        if (name.Any(static c => char.IsAsciiLetterUpper(c) || char.IsWhiteSpace(c) || c is '"' or '$'))
            return $"its Search Path '{name}' has to be in lower case, without quotes, spaces and '$'";
        var bytesMax = NameBytesMax - BesideEnding.Length;
        return Encoding.UTF8.GetByteCount(name) > bytesMax
            ? $"its Search Path '{name}' has to have at most {bytesMax} bytes"
            : null;
    }

    private StoreTransaction Begin(DbConnection connection, StoreLock kind, bool ownsConnection)
    {
        DbTransaction? transaction = null;
        try
        {
            transaction = connection.BeginTransaction();
            var begun = new StoreTransaction(connection, transaction, ownsConnection);
            if (Dialect == StoreDialect.Sqlite) return begun;
            var function = kind == StoreLock.Shared ? "pg_advisory_xact_lock_shared" : "pg_advisory_xact_lock";
            using var command = begun.Command(
                $"SET LOCAL lock_timeout = '{BusyTimeoutSeconds}s'; "
                + $"SELECT {function}(hashtextextended('cardswitch.settlement.' || current_schema(), 0))");
            command.ExecuteNonQuery();
            return begun;
        }
        catch
        {
            transaction?.Dispose();
            if (ownsConnection) connection.Dispose();
            throw;
        }
    }

    private static SettlementDatabase Of(string connection)
    {
        if (connection.StartsWith(SqlitePrefix, StringComparison.OrdinalIgnoreCase))
        {
            var path = connection[SqlitePrefix.Length..];
            if (path.Length == 0) throw new StoreRefusedException("sqlite: needs the path of a file after it");
            path = Path.GetFullPath(path);
            if (!Directory.Exists(Path.GetDirectoryName(path)))
                throw new StoreRefusedException($"the folder of {path} does not exist");
            var file = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = BusyTimeoutSeconds };
            return new SettlementDatabase(StoreDialect.Sqlite, file.ConnectionString, path);
        }

        try
        {
            var server = new NpgsqlConnectionStringBuilder(connection);
            if (string.IsNullOrEmpty(server.Host)) throw new ArgumentException("it names no Host");
            if (string.IsNullOrWhiteSpace(server.SearchPath)) server.SearchPath = DefaultSchema;
            if (server.SearchPath.Contains(',', StringComparison.Ordinal))
                throw new ArgumentException("its Search Path has to name one schema");
            server.SearchPath = server.SearchPath.Trim();
            if (FaultOfSchema(server.SearchPath) is { } fault) throw new ArgumentException(fault);
            return new SettlementDatabase(StoreDialect.PostgreSql, server.ConnectionString, server.SearchPath);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new StoreRefusedException(
                $"expected sqlite:PATH or a PostgreSQL connection string (Host=...;Database=...): {e.Message}", e);
        }
    }
}
