using System.Data.Common;
using Dapper;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>
/// Whoever writes to a table gets stuck there, in the midst of its transaction, until this is disposed of. By a lock on
/// PostgreSQL; on SQLite, which has one lock for all, by a trigger that computes for hours.
/// </summary>
internal sealed class StuckTable : IDisposable
{
    private static readonly string[] Acts = ["INSERT", "DELETE"];

    private readonly TestStore _store;
    private readonly string _table;
    private readonly DbConnection? _holder;
    private readonly DbTransaction? _lock;

    public StuckTable(TestStore store, string table)
    {
        (_store, _table) = (store, table);
        if (store.Database.Dialect == StoreDialect.Sqlite)
        {
            foreach (var act in Acts)
            {
                store.Execute(
                    $"CREATE TRIGGER stuck_{act} BEFORE {act} ON {table} BEGIN SELECT (WITH RECURSIVE n(i) AS "
                    + "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000) SELECT COUNT(*) FROM n); END");
            }

            return;
        }

        _holder = store.Database.OpenConnection();
        _lock = _holder.BeginTransaction();
        _holder.Execute($"LOCK TABLE {table} IN SHARE MODE", transaction: _lock);
    }

    /// <summary>Waits until a process that goes there and has nothing long before it is stuck.</summary>
    public Task CatchesAsync(SettlementProcess process) => _holder is null
        ? process.ComputesAsync(TimeSpan.FromSeconds(2))
        : process.UntilAsync(
            () => _store.Number(
                "SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND relation = CAST(@table AS regclass)",
                new { table = $"{_store.Database.Place}.{_table}" }) > 0,
            $"it is stuck at {_table}");

    public void Dispose()
    {
        _lock?.Dispose();
        _holder?.Dispose();
        if (_holder is not null) return;
        foreach (var act in Acts) _store.Execute($"DROP TRIGGER stuck_{act}");
    }
}
