namespace Switch.Settlement.Store;

/// <summary>
/// Numbers for new rows, taken from the store in blocks (hi-lo), so that writers rarely meet. A block that is not used
/// up leaves a gap. What else has a number (holds, imports, exceptions) is typed by persons, and counts without gaps
/// but for what was rolled back on PostgreSQL. Used by one thread.
/// </summary>
internal sealed class IdBlocks(SettlementDatabase database)
{
    /// <summary>Names of the tables' sequences in <c>id_block</c>.</summary>
    public const string Payment = "payment", Event = "event", Entry = "entry", FeeRule = "fee_rule";

    private const long BlockMax = 10_000;

    private readonly Dictionary<string, Block> _blocks = new(StringComparer.Ordinal);

    /// <summary>The next number of a sequence; the first is 1.</summary>
    public long Next(StoreTransaction transaction, string name)
    {
        if (!_blocks.TryGetValue(name, out var block)) _blocks[name] = block = new Block();
        if (block.Next == block.End) Refill(transaction, name, block);
        return block.Next++;
    }

    /// <summary>Forgets the blocks: after a transaction that was rolled back, they were never taken.</summary>
    public void Forget() => _blocks.Clear();

    private void Refill(StoreTransaction transaction, string name, Block block)
    {
        const string Sql =
            "INSERT INTO id_block (name, next_id) VALUES (@name, 1 + @size) "
            + "ON CONFLICT (name) DO UPDATE SET next_id = id_block.next_id + @size RETURNING next_id";
        if (database.Dialect == StoreDialect.Sqlite)
        {
            using var inside = transaction.Command(Sql);
            Run(inside, name, block);
            return;
        }

        // On a connection of its own: in the batch's transaction it would hold up every other consumer.
        using var connection = database.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = Sql;
        Run(command, name, block);
    }

    private static void Run(System.Data.Common.DbCommand command, string name, Block block)
    {
        Add(command, "@name", name);
        var size = name is Payment or Event or Entry or FeeRule ? BlockMax : 1;
        Add(command, "@size", size);
        block.End = Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
        block.Next = block.End - size;
    }

    private static void Add(System.Data.Common.DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }

    private sealed class Block
    {
        public long Next { get; set; }

        public long End { get; set; }
    }
}
