using Microsoft.Data.Sqlite;
using Npgsql;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Store;

namespace Switch.Settlement.Days;

/// <summary>
/// Entries that settlement makes itself (payouts, releases, adjustments), gathered and written together in a
/// transaction that is alone. They have a reference and no event.
/// </summary>
internal sealed class SettlementEntries
{
    private readonly StoreTransaction _transaction;
    private readonly StoreDialect _dialect;
    private readonly IdBlocks _ids;
    private readonly BatchRows _rows = new();
    private readonly BalanceSums _sums = new();

    public SettlementEntries(SettlementDatabase database, StoreTransaction transaction)
    {
        _transaction = transaction;
        _dialect = database.Dialect;
        _ids = new IdBlocks(database);
    }

    /// <summary>Adds an entry of two lines.</summary>
    /// <param name="key">Whose money it is, and its window.</param>
    /// <param name="reference">What made it.</param>
    /// <param name="debit">The account that is debited; credited when the amount is negative.</param>
    /// <param name="credit">The other one.</param>
    /// <param name="amountMinor">Minor units.</param>
    /// <returns>The entry's id.</returns>
    public long Add(in EntryKey key, string reference, Account debit, Account credit, long amountMinor)
    {
        var id = _ids.Next(_transaction, IdBlocks.Entry);
        _rows.Entries.Add(new EntryRow(id, 0, 0, reference, key));
        ReadOnlySpan<Posting> lines = [new(debit, amountMinor), new(credit, -amountMinor)];
        for (var i = 0; i < lines.Length; i++)
            _rows.Postings.Add(new PostingRow(id, i, lines[i].Account, lines[i].AmountMinor, 0, 0));
        _sums.Add(key, lines);
        return id;
    }

    /// <summary>Writes what was added since the last time.</summary>
    public void Write()
    {
        _sums.MoveTo(_rows.Balances);
        using IBatchTables tables = _dialect == StoreDialect.Sqlite
            ? new SqliteBatchTables((SqliteConnection)_transaction.Connection)
            : new PostgresBatchTables((NpgsqlConnection)_transaction.Connection);
        tables.Write(_transaction, _rows, topic: "", nowMs: 0);
        _rows.Clear();
    }
}
