using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;
using Switch.Settlement.Store;
using Sum = System.Collections.Generic.KeyValuePair<
    Switch.Settlement.Statistics.StatisticKey, Switch.Settlement.Statistics.StatisticSums>;

namespace Switch.Settlement.Statistics;

/// <summary>
/// Adds the sums of a batch to table statistic_hour, as fast as each store can. Bound to one connection; writes inside
/// the transaction that is open on it, so that nothing is counted unless that commits.
/// </summary>
internal sealed class StatisticWriter : IDisposable
{
    private const string Key = "business_date, hour_ms, merchant_id, acquirer, scheme, entry_mode, kind, currency, "
        + "outcome, declined_by, response_code";

    private const string Into = $"INSERT INTO statistic_hour ({Key}, requests, requested_minor, approved_minor) ";

    private const string AddUp = $" ON CONFLICT ({Key}) DO UPDATE SET "
        + "requests = statistic_hour.requests + excluded.requests, "
        + "requested_minor = statistic_hour.requested_minor + excluded.requested_minor, "
        + "approved_minor = statistic_hour.approved_minor + excluded.approved_minor";

    // Past 64 bits SQLite would go on with an inexact number: with none the row is refused, as by PostgreSQL.
    private const string AddUpExactly = $" ON CONFLICT ({Key}) DO UPDATE SET "
        + "requests = requests + excluded.requests, "
        + "requested_minor = CASE typeof(requested_minor + excluded.requested_minor) "
        + "WHEN 'integer' THEN requested_minor + excluded.requested_minor END, "
        + "approved_minor = CASE typeof(approved_minor + excluded.approved_minor) "
        + "WHEN 'integer' THEN approved_minor + excluded.approved_minor END";

    private readonly NpgsqlConnection? _server;
    private readonly SqliteStatement? _statement;

    public StatisticWriter(DbConnection connection)
    {
        _server = connection as NpgsqlConnection;
        if (_server is not null) return;
        _statement = new SqliteStatement(
            (SqliteConnection)connection, Into + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" + AddUpExactly);
    }

    /// <exception cref="DbException">The store is away; the transaction has to be rolled back.</exception>
    public void Write(HourlyStatistics statistics)
    {
        var sums = statistics.Sums();
        if (sums.Count == 0) return;
        if (_server is not null) Write(_server, sums);
        else foreach (var sum in sums) Write(_statement!, sum);
    }

    public void Dispose() => _statement?.Dispose();

    private static void Write(SqliteStatement statement, in Sum sum)
    {
        statement.Bind(1, sum.Key.BusinessDate);
        statement.Bind(2, sum.Key.HourMs);
        statement.Bind(3, sum.Key.MerchantId);
        statement.Bind(4, sum.Key.Acquirer);
        statement.Bind(5, sum.Key.Scheme);
        statement.Bind(6, (long)sum.Key.EntryMode);
        statement.Bind(7, (long)sum.Key.Kind);
        statement.Bind(8, sum.Key.Currency);
        statement.Bind(9, (long)sum.Key.Outcome);
        statement.Bind(10, (long)sum.Key.DeclinedBy);
        statement.Bind(11, sum.Key.ResponseCode);
        statement.Bind(12, sum.Value.Requests);
        statement.Bind(13, sum.Value.RequestedMinor);
        statement.Bind(14, sum.Value.ApprovedMinor);
        statement.Execute();
    }

    private static void Write(NpgsqlConnection connection, List<Sum> sums)
    {
        using var command = new NpgsqlCommand(
            Into + "SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)" + AddUp,
                connection);
        void Column<T>(NpgsqlDbType type, Converter<Sum, T> of) => command.Parameters.Add(
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type, Value = sums.ConvertAll(of) });
        Column(NpgsqlDbType.Text, sum => sum.Key.BusinessDate);
        Column(NpgsqlDbType.Bigint, sum => sum.Key.HourMs);
        Column(NpgsqlDbType.Text, sum => sum.Key.MerchantId);
        Column(NpgsqlDbType.Text, sum => sum.Key.Acquirer);
        Column(NpgsqlDbType.Text, sum => sum.Key.Scheme);
        Column(NpgsqlDbType.Smallint, sum => (short)sum.Key.EntryMode);
        Column(NpgsqlDbType.Smallint, sum => (short)sum.Key.Kind);
        Column(NpgsqlDbType.Text, sum => sum.Key.Currency);
        Column(NpgsqlDbType.Smallint, sum => (short)sum.Key.Outcome);
        Column(NpgsqlDbType.Smallint, sum => (short)sum.Key.DeclinedBy);
        Column(NpgsqlDbType.Text, sum => sum.Key.ResponseCode);
        Column(NpgsqlDbType.Bigint, sum => sum.Value.Requests);
        Column(NpgsqlDbType.Bigint, sum => sum.Value.RequestedMinor);
        Column(NpgsqlDbType.Bigint, sum => sum.Value.ApprovedMinor);
        command.ExecuteNonQuery();
    }
}
