namespace Switch.Routing;

/// <summary>Collects matrix rows; equal rows are kept once and named by the index of their first word.</summary>
internal sealed class RowPool
{
    private readonly int _words;
    private readonly List<ulong> _rows = [];
    private readonly Dictionary<ulong, List<int>> _rowsByHash = [];

    internal RowPool(int ruleCount)
    {
        int blocks = (ruleCount + (64 * RuleMatrix.WordsPerBlock) - 1) / (64 * RuleMatrix.WordsPerBlock);
        _words = blocks * RuleMatrix.WordsPerBlock;
    }

    internal int WordsPerRow => _words;

    internal ulong[] NewRow() => new ulong[_words];

    internal ulong[] ToArray() => [.. _rows];

    internal int Add(ReadOnlySpan<ulong> row)
    {
        ulong hash = 17;
        foreach (ulong word in row) hash = (ulong.RotateLeft(hash, 5) ^ word) * 0x9E3779B97F4A7C15;
        if (!_rowsByHash.TryGetValue(hash, out List<int>? same)) _rowsByHash[hash] = same = [];
        ReadOnlySpan<ulong> all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows);
        foreach (int start in same)
            if (all.Slice(start, _words).SequenceEqual(row)) return start;
        int added = _rows.Count;
        same.Add(added);
        _rows.AddRange(row);
        return added;
    }
}
