using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Switch.Settlement.Store;

namespace Switch.Settlement.Records;

/// <summary>
/// Lets few queries at a time to the store: what consumes events shares its disk and its connections. Past that the
/// caller is told at once to come back, and a query that takes too long is ended.
/// </summary>
internal class QueryGate : IDisposable
{
    /// <summary>Queries that run at once.</summary>
    public const int RunningMax = 8;

    /// <summary>Queries that run or wait.</summary>
    public const int AdmittedMax = 64;

    /// <summary>How long a query may run.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Steps of SQLite's machine between two looks at the clock: some tenths of a millisecond.
    private const int StepsBetween = 10_000;

    // Beside the consumer's, whose pages a batch wants to find in memory: 8 of these are 128 MiB.
    private const string SqliteCache = "PRAGMA cache_size=-16384";

    private readonly SettlementDatabase _database;
    private readonly SemaphoreSlim _running;
    private readonly int _admittedMax;
    private readonly TimeProvider _time;
    private readonly ILogger<QueryGate> _logger;
    private int _admitted;

    public QueryGate(SettlementDatabase database, TimeProvider time, ILogger<QueryGate> logger)
        : this(database, RunningMax, AdmittedMax, time, logger)
    {
    }

    protected QueryGate(
        SettlementDatabase database, int runningMax, int admittedMax, TimeProvider time, ILogger<QueryGate> logger)
    {
        _database = database;
        _running = new SemaphoreSlim(runningMax, runningMax);
        _admittedMax = admittedMax;
        _time = time;
        _logger = logger;
    }

    /// <summary>Runs a query on a connection of its own.</summary>
    /// <exception cref="Grpc.Core.RpcException">Too many at once, too long, or the store is away.</exception>
    public async Task<T> RunAsync<T>(
        Func<DbConnection, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _admitted) > _admittedMax) throw QueryFaults.Overloaded();
            await _running.WaitAsync(cancellationToken);
            using var patience = new CancellationTokenSource(Patience, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                await using var connection = await _database.OpenConnectionAsync(either.Token);
                return await RunAsync(connection, query, either.Token);
            }
            catch (Exception e) when (either.IsCancellationRequested && e is DbException or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw QueryFaults.TooLong(Patience);
            }
            catch (DbException e)
            {
                RecordsLog.StoreAway(_logger, e);
                throw QueryFaults.StoreUnavailable();
            }
            finally
            {
                _running.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _admitted);
        }
    }

    public void Dispose()
    {
        _running.Dispose();
        GC.SuppressFinalize(this);
    }

    // PostgreSQL is told to end a query by its driver. SQLite runs on this thread and looks at the token by itself.
    private static async Task<T> RunAsync<T>(
        DbConnection connection, Func<DbConnection, CancellationToken, Task<T>> query, CancellationToken stop)
    {
        if (connection is not SqliteConnection sqlite) return await query(connection, stop);
        await sqlite.ExecuteAsync(SqliteCache);
        raw.sqlite3_progress_handler(sqlite.Handle, StepsBetween, _ => stop.IsCancellationRequested ? 1 : 0, null);
        try
        {
            return await query(connection, stop);
        }
        finally
        {
            // The pool keeps the connection.
            raw.sqlite3_progress_handler(sqlite.Handle, 0, null, null);
        }
    }
}
