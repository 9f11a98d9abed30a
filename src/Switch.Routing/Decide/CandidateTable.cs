namespace Switch.Routing;

/// <summary>The candidates of all rules in flat arrays; the last entry is the fallback's.</summary>
internal sealed class CandidateTable
{
    private readonly Entry[] _entries;
    private readonly byte[] _acquirers;
    private readonly double[] _reciprocalWeights;

    internal CandidateTable(IReadOnlyList<CompiledCandidates> lists)
    {
        var entries = new Entry[lists.Count];
        var acquirers = new List<byte>();
        var reciprocals = new List<double>();
        for (int i = 0; i < lists.Count; i++)
        {
            CompiledCandidates list = lists[i];
            entries[i] = new Entry(acquirers.Count, (byte)list.Acquirers.Length, list.Strategy);
            acquirers.AddRange(list.Acquirers);
            foreach (int weight in list.Weights) reciprocals.Add(1.0 / weight);
        }
        _entries = entries;
        _acquirers = [.. acquirers];
        _reciprocalWeights = [.. reciprocals];
    }

    internal RouteStrategy Strategy(int list) => _entries[list].Strategy;

    internal ReadOnlySpan<byte> Acquirers(int list) =>
        _acquirers.AsSpan(_entries[list].Start, _entries[list].Count);

    internal ReadOnlySpan<double> ReciprocalWeights(int list) =>
        _reciprocalWeights.AsSpan(_entries[list].Start, _entries[list].Count);

    private readonly record struct Entry(int Start, byte Count, RouteStrategy Strategy);
}
