namespace Switch.Routing;

/// <summary>Whom to ask, best first. Indexes are of the table that made the plan: keep the two together.</summary>
public readonly struct RoutePlan
{
    private readonly uint _acquirers;

    internal RoutePlan(uint acquirers, int count, int ruleCandidates, int ruleIndex, CardInfo card)
    {
        _acquirers = acquirers;
        Count = (byte)count;
        RuleCandidates = (byte)ruleCandidates;
        RuleIndex = (short)ruleIndex;
        Card = card;
    }

    /// <summary>0 to 4; 0 means that nobody can be asked, answered 91.</summary>
    public byte Count { get; }

    /// <summary>How many of them the matched rule gave; the fallback gave the rest.</summary>
    public byte RuleCandidates { get; }

    /// <summary>Index of the matched rule in <see cref="RouteTable.RuleNames"/>, or -1 when none matched.</summary>
    public short RuleIndex { get; }

    /// <summary>What the BIN table says of the card.</summary>
    public CardInfo Card { get; }

    /// <summary>Index of a candidate in <see cref="RouteTable.AcquirerNames"/>.</summary>
    /// <param name="position">0 for the best, below <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such candidate.</exception>
    public int this[int position]
    {
        get
        {
            if ((uint)position >= Count) ThrowNoSuchCandidate(position, Count);
            return (int)((_acquirers >> (position * 8)) & 0xFF);
        }
    }

    private static void ThrowNoSuchCandidate(int position, int count) =>
        throw new ArgumentOutOfRangeException(
            nameof(position), position, $"The plan has {count} candidates, counted from 0.");
}
