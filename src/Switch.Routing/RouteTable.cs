using System.Collections.Frozen;

namespace Switch.Routing;

/// <summary>
/// A routing table that was checked as a whole. Immutable, so any number of threads may read it; a change is a new one.
/// Made by <see cref="RouteTableBuilder"/>.
/// </summary>
public sealed class RouteTable
{
    private readonly FrozenDictionary<string, int> _acquirerIndexes;
    private readonly ulong[] _acquirersByCurrency;
    private readonly ulong[] _nameHashes;
    private readonly ReasonTexts _reasons;

    internal RouteTable(RouteTableParts parts)
    {
        Version = parts.Version;
        AcquirerNames = parts.AcquirerNames.AsReadOnly();
        SchemeNames = parts.SchemeNames.AsReadOnly();
        Rules = parts.Rules;
        RuleNames = Array.AsReadOnly(Array.ConvertAll(parts.Rules, static rule => rule.Name));
        _reasons = new ReasonTexts(RuleNames);
        BinRangeCount = parts.BinRangeCount;
        Fallback = parts.Fallback;
        Bins = parts.Bins;
        Matrix = parts.Matrix;
        Fees = parts.Fees;
        Candidates = new CandidateTable(parts.Rules, parts.Fallback);
        _acquirersByCurrency = parts.AcquirersByCurrency;
        _nameHashes = Array.ConvertAll(parts.AcquirerNames, SplitScore.OfName);
        _acquirerIndexes = parts.AcquirerNames
            .Select(static (name, index) => KeyValuePair.Create(name, index))
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Which table this is; given by whoever built it, counted up with every reload.</summary>
    public long Version { get; }

    /// <summary>Names by acquirer index, the index that plans and statuses speak of.</summary>
    public IReadOnlyList<string> AcquirerNames { get; }

    /// <summary>How many acquirers there are, at most 64.</summary>
    public int AcquirerCount => AcquirerNames.Count;

    /// <summary>Names of schemes; <see cref="CardInfo.Scheme"/> counts from 1.</summary>
    public IReadOnlyList<string> SchemeNames { get; }

    /// <summary>Names of rules in order, by rule index.</summary>
    public IReadOnlyList<string> RuleNames { get; }

    /// <summary>How many BIN ranges were written.</summary>
    public int BinRangeCount { get; }

    internal CompiledRule[] Rules { get; }

    internal CompiledCandidates Fallback { get; }

    /// <summary>Index of the fallback's list in <see cref="Candidates"/>.</summary>
    internal int FallbackList => Rules.Length;

    internal BinIndex Bins { get; }

    internal RuleMatrix Matrix { get; }

    internal FeeTable Fees { get; }

    internal CandidateTable Candidates { get; }

    /// <summary>The index of an acquirer by its name.</summary>
    /// <returns>False when the table does not know it.</returns>
    public bool TryGetAcquirerIndex(string name, out int index) => _acquirerIndexes.TryGetValue(name, out index);

    /// <summary>Name of a card's scheme, or the empty string when unknown.</summary>
    public string SchemeName(CardInfo card) => card.Scheme == 0 ? "" : SchemeNames[card.Scheme - 1];

    /// <summary>
    /// Why a candidate is in a plan: <c>rule debit-eur, candidate 2 of 3</c>, or <c>fallback, candidate 1 of 2</c>, or
    /// <c>fallback after rule debit-eur, candidate 3 of 3</c>. It
    /// allocates the first time only.
    /// </summary>
    /// <param name="plan">A plan of this table.</param>
    /// <param name="position">0 for the best.</param>
    public string Reason(RoutePlan plan, int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, plan.Count);
        return _reasons.Of(plan, position);
    }

    /// <summary>One bit for each acquirer that takes a currency.</summary>
    internal ulong AcquirersTaking(CurrencyCode currency) => _acquirersByCurrency[currency.Number];

    internal ulong NameHash(int acquirer) => _nameHashes[acquirer];
}

/// <summary>What a <see cref="RouteTable"/> is made of.</summary>
internal sealed class RouteTableParts
{
    internal required long Version { get; init; }

    internal required string[] AcquirerNames { get; init; }

    internal required string[] SchemeNames { get; init; }

    internal required int BinRangeCount { get; init; }

    internal required CompiledRule[] Rules { get; init; }

    internal required CompiledCandidates Fallback { get; init; }

    internal required BinIndex Bins { get; init; }

    internal required RuleMatrix Matrix { get; init; }

    internal required FeeTable Fees { get; init; }

    /// <summary>By <see cref="CurrencyCode.Number"/>: one bit for each acquirer that takes it.</summary>
    internal required ulong[] AcquirersByCurrency { get; init; }
}
