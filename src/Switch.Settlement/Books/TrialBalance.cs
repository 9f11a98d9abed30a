using System.Data;
using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Switch.Settlement.Store;

namespace Switch.Settlement.Books;

/// <summary>One row of the trial balance.</summary>
internal sealed record TrialBalanceRow(string Currency, Account Account, long AmountMinor, long RemainderMicro);

/// <summary>The sum of every account in every currency: all together are zero, at all times.</summary>
internal sealed class TrialBalance
{
    private const string KeptSql =
        "SELECT currency AS Currency, account AS Account, CAST(SUM(amount_minor) AS BIGINT) AS AmountMinor, "
        + "CAST(SUM(remainder_micro) AS BIGINT) AS RemainderMicro FROM balance GROUP BY currency, account "
        + "ORDER BY currency, account";

    private const string LinesSql =
        "SELECT e.currency AS Currency, p.account AS Account, CAST(SUM(p.amount_minor) AS BIGINT) AS AmountMinor, "
        + "CAST(SUM(p.remainder_micro) AS BIGINT) AS RemainderMicro FROM posting p JOIN entry e ON e.id = p.entry_id "
        + "GROUP BY e.currency, p.account ORDER BY e.currency, p.account";

    private TrialBalance(IReadOnlyList<TrialBalanceRow> rows) => Rows = rows;

    /// <summary>By currency and account.</summary>
    public IReadOnlyList<TrialBalanceRow> Rows { get; }

    /// <summary>Whether every currency adds up to zero.</summary>
    public bool IsBalanced => Rows.GroupBy(static row => row.Currency).All(static c => c.Sum(r => r.AmountMinor) == 0);

    /// <summary>From the balances that are kept: quick.</summary>
    public static TrialBalance Read(DbConnection connection) => Read(connection, null, KeptSql);

    /// <summary>
    /// From the balances that are kept and from the lines themselves, of the same moment: reads all lines, however long
    /// that takes, and keeps nobody out.
    /// </summary>
    /// <exception cref="DbException">The store is away.</exception>
    public static (TrialBalance Kept, TrialBalance Lines) ReadBoth(SettlementDatabase database)
    {
        using var connection = database.OpenConnection();
        // On SQLite what is deferred locks nothing, and sees the file as it was at its first read.
        using DbTransaction moment = connection is SqliteConnection file
            ? file.BeginTransaction(deferred: true)
            : connection.BeginTransaction(IsolationLevel.RepeatableRead);
        return (Read(connection, moment, KeptSql), Read(connection, moment, LinesSql));
    }

    private static TrialBalance Read(DbConnection connection, DbTransaction? moment, string sql) => new(
        [
            .. connection.Query<Row>(sql, transaction: moment, commandTimeout: 0).Select(row => new TrialBalanceRow(
                row.Currency, (Account)row.Account, row.AmountMinor, row.RemainderMicro)),
        ]);

    private sealed class Row
    {
        public string Currency { get; set; } = "";

        public long Account { get; set; }

        public long AmountMinor { get; set; }

        public long RemainderMicro { get; set; }
    }
}
