namespace Switch.Service.Journal;

/// <summary>
/// Which row of the file holds the intent of which transaction, so that the file needs no tree of transaction ids: they
/// are spread at random, and a tree of them would dirty a page for each of a commit's intents. It also is what keeps a
/// transaction from having two. As many entries as there are open intents. The writer's thread only.
/// </summary>
internal sealed class IntentKeys
{
    private readonly Dictionary<string, long> _rows = new(StringComparer.Ordinal);

    // What changed since the last commit: the transaction, and its row where it was taken out.
    private readonly List<(string TransactionId, long? Row)> _changes = [];

    /// <summary>The row of a transaction's intent; null when it has none.</summary>
    public long? Find(string transactionId) => _rows.TryGetValue(transactionId, out var row) ? row : null;

    /// <summary>Adds what <see cref="Find"/> did not find.</summary>
    public void Add(string transactionId, long row)
    {
        _rows.Add(transactionId, row);
        _changes.Add((transactionId, null));
    }

    /// <summary>Takes out what <see cref="Find"/> found.</summary>
    public void Remove(string transactionId)
    {
        if (_rows.Remove(transactionId, out var row)) _changes.Add((transactionId, row));
    }

    /// <summary>What there is now, to go back to within the same transaction of the file.</summary>
    public int Save() => _changes.Count;

    /// <summary>Goes back to what <see cref="Save"/> gave, or with 0 to the last commit.</summary>
    public void Restore(int saved)
    {
        for (var i = _changes.Count - 1; i >= saved; i--)
        {
            // The last first: a later change may be of the same transaction.
            var (transactionId, row) = _changes[i];
            if (row is { } stood) _rows.Add(transactionId, stood);
            else _rows.Remove(transactionId);
        }

        _changes.RemoveRange(saved, _changes.Count - saved);
    }

    /// <summary>What changed is durable.</summary>
    public void Commit() => _changes.Clear();
}
