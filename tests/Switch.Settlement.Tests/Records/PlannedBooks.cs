using Dapper;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Records;

/// <summary>
/// A store of each kind with 20,000 made-up payments over twenty days, in the order of time; read only.
/// </summary>
public sealed class PlannedBooks : IDisposable
{
    private const string Numbers =
        "WITH RECURSIVE numbers(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < 20000) ";

    private const string Date = "'2026-06-' || (10 + (i - 1) / 1000)";

    private static readonly string[] Fill =
    [
        "INSERT INTO payment " + Numbers + "SELECT i, 't' || i, 't' || i, 'M' || (i % 20), 'T' || (i % 100), 'north', "
            + "'r' || i, i, 0, 1, 3, 'EUR', 1000 + i % 500, CASE WHEN i % 50 = 0 THEN 400 ELSE 1000 + i % 500 END, "
            + "CASE WHEN i % 50 = 0 THEN 2 ELSE 1 END, 0, '00', 'A1', 'visa', 'credit', 'DE', '5411', '411111', "
            + $"'1' || (100 + i % 200), 'token', {Date}, i * 1000, i * 1000, 1, i FROM numbers",
        "INSERT INTO event " + Numbers
            + "SELECT i, 't' || i || '.authorized', i, 2, i * 1000, 0, i, CAST('payload' AS $blob$) FROM numbers",
        "INSERT INTO entry " + Numbers
            + $"SELECT i, i, i, '', 'north', 'M' || (i % 20), 'EUR', {Date}, {Date}, 1 FROM numbers",
        "INSERT INTO posting " + Numbers + "SELECT i, 0, 1100, 100, 0, 0 FROM numbers",
        "INSERT INTO posting " + Numbers + "SELECT i, 1, 2100, -90, 0, 0 FROM numbers",
        "INSERT INTO posting " + Numbers + "SELECT i, 2, 4100, -10, 1 + i % 100, 0 FROM numbers",
        "INSERT INTO fee_rule " + Numbers + "SELECT i, 'rule ' || i, 'text' FROM numbers WHERE i <= 100",
        "INSERT INTO statistic_hour " + Numbers + $"SELECT {Date}, i % 24 * 3600000, "
            + "CASE WHEN i % 20 = 0 THEN '' ELSE 'M' || (i % 20) END, 'north', 'visa', 3, 1, 'EUR', 1, 0, "
            + "'c' || i, 1, 1, 1 "
            + "FROM numbers",
        "INSERT INTO settlement_window " + Numbers + $"SELECT {Date}, 'a' || i, 'M' || (i % 500), 'EUR', {Date}, "
            + "1, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0 FROM numbers",
    ];

    private readonly Dictionary<string, TestStore> _stores = [];

    public void Dispose()
    {
        foreach (var store in _stores.Values) store.Dispose();
    }

    internal TestStore Of(string kind)
    {
        if (_stores.TryGetValue(kind, out var filled)) return filled;
        var store = TestStore.Create(kind);
        var blob = store.Database.Dialect == StoreDialect.Sqlite ? "BLOB" : "BYTEA";
        using var connection = store.Database.OpenConnection();
        foreach (var sql in Fill) connection.Execute(sql.Replace("$blob$", blob, StringComparison.Ordinal));
        // The program asks SQLite for no statistics, and PostgreSQL gathers its own in time.
        if (store.Database.Dialect == StoreDialect.PostgreSql) connection.Execute("ANALYZE;");
        return _stores[kind] = store;
    }
}
