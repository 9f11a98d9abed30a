namespace Switch.Service.Journal;

/// <summary>
/// Which row of the file stands under which key, so that the file needs no tree of the keys: they are spread at random,
/// and a tree of them would dirty a page for each row of a commit. It also is what keeps a key from having two rows. As
/// many entries as there are rows. The writer's thread only.
/// </summary>
internal sealed class RowKeys<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, long> _rows = [];

    // What changed since the last commit: the key, and its row where it was taken out.
    private readonly List<(TKey Key, long? Row)> _changes = [];

    /// <summary>The row under a key; null when there is none.</summary>
    public long? Find(TKey key) => _rows.TryGetValue(key, out var row) ? row : null;

    /// <summary>Adds what <see cref="Find"/> did not find.</summary>
    public void Add(TKey key, long row)
    {
        _rows.Add(key, row);
        _changes.Add((key, null));
    }

    /// <summary>Takes out what <see cref="Find"/> found.</summary>
    public void Remove(TKey key)
    {
        if (_rows.Remove(key, out var row)) _changes.Add((key, row));
    }

    /// <summary>Takes in what the file holds, before the first commit.</summary>
    public void Load(IReadOnlyCollection<(TKey Key, long Row)> rows)
    {
        _rows.EnsureCapacity(rows.Count);
        foreach (var (key, row) in rows) _rows.Add(key, row);
    }

    /// <summary>What there is now, to go back to within the same transaction of the file.</summary>
    public int Save() => _changes.Count;

    /// <summary>Goes back to what <see cref="Save"/> gave, or with 0 to the last commit.</summary>
    public void Restore(int saved)
    {
        for (var i = _changes.Count - 1; i >= saved; i--)
        {
            // The last first: a later change may be of the same key.
            var (key, row) = _changes[i];
            if (row is { } stood) _rows.Add(key, stood);
            else _rows.Remove(key);
        }

        _changes.RemoveRange(saved, _changes.Count - saved);
    }

    /// <summary>What changed is durable.</summary>
    public void Commit() => _changes.Clear();
}
