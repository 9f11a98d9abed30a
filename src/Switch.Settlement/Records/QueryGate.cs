using System.Data.Common;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Records;

/// <summary>Opens the store, or gives it once it is open.</summary>
internal delegate Task<SettlementDatabase> OpenStore(CancellationToken cancellationToken);

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

    // A store that is away at the start is waited for by the consumer, not by who asks.
    private static readonly TimeSpan OpenPatience = TimeSpan.FromSeconds(2);

    private readonly OpenStore _open;
    private readonly SemaphoreSlim _running = new(RunningMax, RunningMax);
    private readonly ILogger<QueryGate> _logger;
    private int _admitted;

    public QueryGate(OpenStore open, ILogger<QueryGate> logger)
    {
        _open = open;
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
                var database = await OpenAsync(cancellationToken);
                await using var connection = await database.OpenConnectionAsync(cancellationToken);
                if (database.Dialect == StoreDialect.Sqlite) await connection.ExecuteAsync(SqliteCache);
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

    private async Task<SettlementDatabase> OpenAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(OpenPatience);
        try
        {
            return await _open(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw QueryFaults.StoreUnavailable();
        }
    }
}
