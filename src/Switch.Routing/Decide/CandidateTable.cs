namespace Switch.Routing;

/// <summary>The candidates of all rules in flat arrays; the last entry is the fallback's.</summary>
internal sealed class CandidateTable
{
    private readonly Entry[] _entries;
    private readonly Candidate[] _candidates;

    internal CandidateTable(CompiledRule[] rules, CompiledCandidates fallback)
    {
        var entries = new Entry[rules.Length + 1];
        var candidates = new List<Candidate>();
        for (int i = 0; i < entries.Length; i++)
        {
            CompiledCandidates list = i < rules.Length ? rules[i].Candidates : fallback;
            bool isFinal = i == rules.Length || !rules[i].AllowsFallback;
            entries[i] = new Entry(candidates.Count, (byte)list.Acquirers.Length, list.Strategy, isFinal);
            for (int c = 0; c < list.Acquirers.Length; c++)
                candidates.Add(new Candidate(1.0 / list.Weights[c], list.Acquirers[c]));
        }
        _entries = entries;
        _candidates = [.. candidates];
    }

    /// <summary>At most 64 candidates, as listed.</summary>
    internal ReadOnlySpan<Candidate> Get(int list, out RouteStrategy strategy)
    {
        ref readonly Entry entry = ref _entries[list];
        strategy = entry.Strategy;
        return _candidates.AsSpan(entry.Start, entry.Count);
    }

    /// <summary>Whether nobody is asked after the candidates of this list.</summary>
    internal bool IsFinal(int list) => _entries[list].IsFinal;

    private readonly record struct Entry(int Start, byte Count, RouteStrategy Strategy, bool IsFinal);
}

/// <summary>One candidate of one list.</summary>
internal readonly record struct Candidate(double ReciprocalWeight, byte Acquirer);
