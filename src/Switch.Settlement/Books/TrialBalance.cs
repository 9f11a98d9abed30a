using System.Data.Common;
using Dapper;

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
    public static TrialBalance Read(DbConnection connection) => Read(connection, KeptSql);

    /// <summary>From the lines themselves: reads all of them.</summary>
    public static TrialBalance ReadLines(DbConnection connection) => Read(connection, LinesSql);

    private static TrialBalance Read(DbConnection connection, string sql) => new(
        [
            .. connection.Query<Row>(sql).Select(row => new TrialBalanceRow(
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
