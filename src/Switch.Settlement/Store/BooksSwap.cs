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

    private const string Attached = "beside";
    private static readonly string[] Numbered = [IdBlocks.Payment, IdBlocks.Event, IdBlocks.Entry, IdBlocks.FeeRule];

    private const string PostingColumns = "entry_id, line, account, amount_minor, rule_id, remainder_micro";

    // Whole tables. Of entries and postings only those of events, and balances are sums of both kinds.
    private static readonly string[] Whole = ["consumed", "payment", "event", "statistic_hour"];

    /// <summary>
    /// Gives the store beside what a replay needs to know: the closes, the fee rules, and numbers for its rows.
    /// </summary>
    /// <returns>Of each sequence the first number that is no longer set aside.</returns>
    public static IReadOnlyDictionary<string, long> Prepare(SettlementDatabase live, SettlementDatabase beside)
    {
        using var source = live.OpenConnection();
        using var target = beside.OpenConnection();
        Copy(source, target, "closed_day", "business_date, closed_ms, closed_by");
        Copy(source, target, "closed_day_watermark", "business_date, topic, partition_no, next_offset");
        Copy(source, target, "fee_rule", "id, rule_key, rule_text");
        var ends = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in Numbered)
        {
            var size = SizeOf(name);
            var end = source.ExecuteScalar<long>(
                "INSERT INTO id_block (name, next_id) VALUES (@name, 1 + @size) "
                + "ON CONFLICT (name) DO UPDATE SET next_id = id_block.next_id + @size RETURNING next_id",
                new { name, size });
            target.Execute(
                "INSERT INTO id_block (name, next_id) VALUES (@name, @next)", new { name, next = end - size });
            ends[name] = end;
        }

        return ends;
    }

    /// <summary>Requires that the replay has used no number that was not set aside for it.</summary>
    /// <exception cref="StoreRefusedException">It has: its rows could meet others.</exception>
    public static void RequireNumbers(SettlementDatabase beside, IReadOnlyDictionary<string, long> ends)
    {
        using var connection = beside.OpenConnection();
        foreach (var name in Numbered)
        {
            var next = connection.ExecuteScalar<long>(
                "SELECT next_id FROM id_block WHERE name = @name", new { name });
            if (next <= ends[name]) continue;
            throw new StoreRefusedException(
                $"the replay makes more than {SizeOf(name)} rows of {name}, which is the most that one rebuild may "
                + "make; nothing was changed");
        }
    }

    /// <summary>Replaces the rows, in a transaction that is alone in the store; the caller commits.</summary>
    public static void Run(SettlementDatabase live, StoreTransaction swap)
    {
        // Only now: a transaction that began with it would keep the replay from writing to it.
        if (live.Dialect == StoreDialect.Sqlite)
        {
            swap.Connection.Execute(
                $"ATTACH DATABASE @path AS {Attached}", new { path = live.BesidePlace }, swap.Transaction);
        }

        var beside = live.Dialect == StoreDialect.Sqlite ? Attached : SettlementDatabase.Quoted(live.BesidePlace);
        void Do(string sql) => swap.Connection.Execute(sql, transaction: swap.Transaction, commandTimeout: 0);

        Do("DELETE FROM posting WHERE entry_id IN (SELECT id FROM entry WHERE event_row <> 0)");
        Do("DELETE FROM entry WHERE event_row <> 0");
        Do("DELETE FROM balance");
        foreach (var table in Whole)
        {
            Do($"DELETE FROM {table}");
            Do($"INSERT INTO {table} SELECT * FROM {beside}.{table}");
        }

        // A rule that a consumer met meanwhile has its number already: the lines take that one.
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
        Do($"INSERT INTO posting ({PostingColumns}) SELECT p.entry_id, p.line, p.account, p.amount_minor, "
            + $"COALESCE(known.id, p.rule_id), p.remainder_micro FROM {beside}.posting p LEFT JOIN ("
            + $"SELECT made.id AS made_id, rule.id AS id FROM {beside}.fee_rule made JOIN fee_rule rule "
            + "ON rule.rule_key = made.rule_key AND rule.rule_text = made.rule_text WHERE rule.id <> made.id) known "
            + "ON known.made_id = p.rule_id");
        // Consumers remember numbers of rows: they forget them when this has changed.
        Do("INSERT INTO id_block (name, next_id) VALUES ('generation', 1) "
            + "ON CONFLICT (name) DO UPDATE SET next_id = id_block.next_id + 1");
    }

    /// <summary>Takes the connection of a swap back to what it was; the pool keeps it.</summary>
    public static void End(SettlementDatabase live, StoreTransaction swap)
    {
        swap.Transaction.Dispose();
        if (live.Dialect == StoreDialect.Sqlite
            && swap.Connection.ExecuteScalar<long>(
                "SELECT COUNT(*) FROM pragma_database_list WHERE name = @Attached", new { Attached }) > 0)
            swap.Connection.Execute($"DETACH DATABASE {Attached}");
        swap.Dispose();
    }

    private static long SizeOf(string name) => name == IdBlocks.FeeRule ? RulesMax : RowsMax;

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
