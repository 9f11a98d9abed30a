using System.Data.Common;

namespace Switch.Settlement.Statistics;

/// <summary>
/// Adds the sums of a batch to table statistic_hour. One a connection: its statement is prepared once.
/// </summary>
internal sealed class StatisticWriter : IDisposable
{
    private const string Upsert = """
        INSERT INTO statistic_hour (business_date, hour_ms, merchant_id, acquirer, scheme, entry_mode, kind, currency,
          outcome, declined_by, response_code, requests, requested_minor, approved_minor)
        VALUES (@date, @hour, @merchant, @acquirer, @scheme, @mode, @kind, @currency, @outcome, @declined, @code,
          @requests, @requested, @approved)
        ON CONFLICT (business_date, hour_ms, merchant_id, acquirer, scheme, entry_mode, kind, currency, outcome,
          declined_by, response_code)
        DO UPDATE SET requests = statistic_hour.requests + excluded.requests,
          requested_minor = statistic_hour.requested_minor + excluded.requested_minor,
          approved_minor = statistic_hour.approved_minor + excluded.approved_minor
        """;

    private static readonly (string Name, System.Data.DbType Type)[] Parameters =
    [
        ("@date", System.Data.DbType.String), ("@hour", System.Data.DbType.Int64),
        ("@merchant", System.Data.DbType.String), ("@acquirer", System.Data.DbType.String),
        ("@scheme", System.Data.DbType.String), ("@mode", System.Data.DbType.Int16),
        ("@kind", System.Data.DbType.Int16), ("@currency", System.Data.DbType.String),
        ("@outcome", System.Data.DbType.Int16), ("@declined", System.Data.DbType.Int16),
        ("@code", System.Data.DbType.String), ("@requests", System.Data.DbType.Int64),
        ("@requested", System.Data.DbType.Int64), ("@approved", System.Data.DbType.Int64),
    ];

    private readonly DbCommand _command;

    public StatisticWriter(DbConnection connection)
    {
        _command = connection.CreateCommand();
        _command.CommandText = Upsert;
        foreach (var (name, type) in Parameters)
        {
            var parameter = _command.CreateParameter();
            (parameter.ParameterName, parameter.DbType) = (name, type);
            _command.Parameters.Add(parameter);
        }
    }

    /// <summary>Writes in the given transaction; nothing is counted unless it commits.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public void Write(DbTransaction transaction, HourlyStatistics statistics)
    {
        if (statistics.Sums.Count == 0) return;
        _command.Transaction = transaction;
        foreach (var (key, sums) in statistics.Sums)
        {
            Set(0, key.BusinessDate);
            Set(1, key.HourMs);
            Set(2, key.MerchantId);
            Set(3, key.Acquirer);
            Set(4, key.Scheme);
            Set(5, (short)key.EntryMode);
            Set(6, (short)key.Kind);
            Set(7, key.Currency);
            Set(8, (short)key.Outcome);
            Set(9, (short)key.DeclinedBy);
            Set(10, key.ResponseCode);
            Set(11, sums.Requests);
            Set(12, sums.RequestedMinor);
            Set(13, sums.ApprovedMinor);
            _command.ExecuteNonQuery();
        }
    }

    public void Dispose() => _command.Dispose();

    private void Set(int index, object value) => _command.Parameters[index].Value = value;
}
