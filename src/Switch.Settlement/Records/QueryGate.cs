using System.Data.Common;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Records;

/// <summary>
/// Lets few queries at a time to the store: what consumes events shares its disk and its connections. Past that the
/// caller is told at once to come back.
/// </summary>
internal sealed class QueryGate : IDisposable
{
    /// <summary>Queries that run at once.</summary>
    public const int RunningMax = 8;

    /// <summary>Queries that run or wait.</summary>
    public const int AdmittedMax = 64;

    // Beside the consumer's, whose pages a batch wants to find in memory: 8 of these are 128 MiB.
    private const string SqliteCache = "PRAGMA cache_size=-16384";

    private readonly SettlementDatabase _database;
    private readonly SemaphoreSlim _running = new(RunningMax, RunningMax);
    private readonly ILogger<QueryGate> _logger;
    private int _admitted;

    public QueryGate(SettlementDatabase database, ILogger<QueryGate> logger)
    {
        _database = database;
        _logger = logger;
    }

    /// <summary>Runs a query on a connection of its own.</summary>
    /// <exception cref="Grpc.Core.RpcException">Too many at once, or the store is away.</exception>
    public async Task<T> RunAsync<T>(
        Func<DbConnection, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _admitted) > AdmittedMax) throw QueryFaults.Overloaded();
            await _running.WaitAsync(cancellationToken);
            try
            {
                await using var connection = await _database.OpenConnectionAsync(cancellationToken);
                if (_database.Dialect == StoreDialect.Sqlite) await connection.ExecuteAsync(SqliteCache);
                return await query(connection, cancellationToken);
            }
            catch (DbException e) when (!cancellationToken.IsCancellationRequested)
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

    public void Dispose() => _running.Dispose();
}
