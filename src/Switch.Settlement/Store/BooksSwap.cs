using System.Data.Common;
using Dapper;

namespace Switch.Settlement.Store;

/// <summary>
/// Puts what was made again beside the store in the place of what is in it. This is the one list of what Kafka can make
/// again; every other table and every entry of settlement itself (event_row = 0) stays as it is.
/// </summary>
internal static class BooksSwap
{
    /// <summary>Numbers set aside for the rows of one rebuild, so that they meet none of the store's.</summary>
    private const long RowsMax = 1_000_000_000;

    private const long RulesMax = 100_000;

    // Whole tables. Of entries and postings only those of events, and balances are sums of both kinds.
    private static readonly string[] Whole = ["consumed", "payment", "event"];

    /// <summary>
    /// Gives the store beside what a replay needs to know: the closes, the fee rules, and numbers for its rows.
    /// </summary>
    public static void Prepare(SettlementDatabase live, SettlementDatabase beside)
    {
        using var source = live.OpenConnection();
        using var target = beside.OpenConnection();
        Copy(source, target, "closed_day", "business_date, closed_ms, closed_by");
        Copy(source, target, "closed_day_watermark", "business_date, topic, partition_no, next_offset");
        Copy(source, target, "fee_rule", "id, rule_key, rule_text");
        foreach (var name in (ReadOnlySpan<string>)[IdBlocks.Payment, IdBlocks.Event, IdBlocks.Entry, IdBlocks.FeeRule])
        {
            var size = name == IdBlocks.FeeRule ? RulesMax : RowsMax;
            var end = source.ExecuteScalar<long>(
                "INSERT INTO id_block (name, next_id) VALUES (@name, 1 + @size) "
                + "ON CONFLICT (name) DO UPDATE SET next_id = id_block.next_id + @size RETURNING next_id",
                new { name, size });
            target.Execute(
                "INSERT INTO id_block (name, next_id) VALUES (@name, @next)", new { name, next = end - size });
        }
    }

    /// <summary>Opens a transaction that is alone in the store and sees the one beside.</summary>
    public static StoreTransaction Begin(SettlementDatabase live)
    {
        var connection = live.OpenConnection();
        try
        {
            // Not possible within a transaction.
            if (live.Dialect == StoreDialect.Sqlite)
                connection.Execute("ATTACH DATABASE @path AS beside", new { path = live.BesidePlace });
            return live.BeginOwning(connection, StoreLock.Alone);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Detaches what <see cref="Begin"/> attached: the connection goes back to the pool.</summary>
    public static void End(SettlementDatabase live, StoreTransaction swap)
    {
        swap.Transaction.Dispose();
        if (live.Dialect == StoreDialect.Sqlite) swap.Connection.Execute("DETACH DATABASE beside");
        swap.Dispose();
    }

    /// <summary>Replaces the rows, in the transaction; the caller commits.</summary>
    public static void Run(SettlementDatabase live, StoreTransaction swap)
    {
        var beside = live.Dialect == StoreDialect.Sqlite ? "beside" : SettlementDatabase.Quoted(live.BesidePlace);
        void Do(string sql) => swap.Connection.Execute(sql, transaction: swap.Transaction, commandTimeout: 0);

        Do("DELETE FROM posting WHERE entry_id IN (SELECT id FROM entry WHERE event_row <> 0)");
        Do("DELETE FROM entry WHERE event_row <> 0");
        Do("DELETE FROM balance");
        foreach (var table in Whole)
        {
            Do($"DELETE FROM {table}");
            Do($"INSERT INTO {table} SELECT * FROM {beside}.{table}");
        }

        Do($"INSERT INTO fee_rule SELECT * FROM {beside}.fee_rule WHERE true ON CONFLICT DO NOTHING");
        Do($"INSERT INTO dead_letter SELECT * FROM {beside}.dead_letter WHERE true ON CONFLICT DO NOTHING");
        Do($"INSERT INTO balance SELECT * FROM {beside}.balance");
        // What settlement itself posted is in the store only, and comes on top.
        Do("INSERT INTO balance (settle_date, acquirer, merchant_id, currency, business_date, entry_kind, account, "
            + "amount_minor, remainder_micro, entries) SELECT e.settle_date, e.acquirer, e.merchant_id, e.currency, "
            + "e.business_date, e.kind, p.account, CAST(SUM(p.amount_minor) AS BIGINT), "
            + "CAST(SUM(p.remainder_micro) AS BIGINT), COUNT(DISTINCT e.id) FROM entry e "
            + "JOIN posting p ON p.entry_id = e.id GROUP BY e.settle_date, e.acquirer, e.merchant_id, e.currency, "
            + "e.business_date, e.kind, p.account");
        Do($"INSERT INTO entry SELECT * FROM {beside}.entry");
        Do($"INSERT INTO posting SELECT * FROM {beside}.posting");
        // Consumers remember numbers of rows: they forget them when this has changed.
        Do("INSERT INTO id_block (name, next_id) VALUES ('generation', 1) "
            + "ON CONFLICT (name) DO UPDATE SET next_id = id_block.next_id + 1");
    }

    private static void Copy(DbConnection source, DbConnection target, string table, string columns)
    {
        var names = columns.Split(", ");
        using var rows = source.ExecuteReader($"SELECT {columns} FROM {table}");
        using var transaction = target.BeginTransaction();
        while (rows.Read())
        {
            var row = new DynamicParameters();
            for (var i = 0; i < names.Length; i++) row.Add(names[i], rows.GetValue(i));
            target.Execute(
                $"INSERT INTO {table} ({columns}) VALUES ({string.Join(", ", names.Select(name => "@" + name))})", row,
                transaction);
        }

        transaction.Commit();
    }
}
