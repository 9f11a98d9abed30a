namespace Switch.Settlement.Reconciliation;

/// <summary>How far two amounts may be apart and still be one: the larger of the two bounds.</summary>
/// <param name="AmountMinor">Minor units.</param>
/// <param name="PartsPerMillion">Millionths of our amount, rounded down to a minor unit.</param>
internal readonly record struct Tolerance(long AmountMinor, int PartsPerMillion)
{
    private const int Million = 1_000_000;

    /// <summary>Whether their amount passes for ours.</summary>
    public bool Covers(long oursMinor, long theirsMinor)
    {
        var difference = Int128.Abs((Int128)theirsMinor - oursMinor);
        return difference <= AmountMinor || difference <= Int128.Abs(oursMinor) * PartsPerMillion / Million;
    }
}

/// <summary>What is tolerated when two sides are compared. Immutable.</summary>
internal sealed record MatchTerms
{
    /// <summary>Days that two business dates may be apart.</summary>
    public int TimingDays { get; init; } = 3;

    /// <summary>By ISO 4217 code; a currency that is not named has no tolerance.</summary>
    public IReadOnlyDictionary<string, Tolerance> Tolerances { get; init; } = new Dictionary<string, Tolerance>();

    /// <summary>The tolerance of a currency.</summary>
    public Tolerance Of(string currency) => Tolerances.GetValueOrDefault(currency);
}
