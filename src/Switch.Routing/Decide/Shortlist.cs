using System.Numerics;
using System.Runtime.Intrinsics;

namespace Switch.Routing;

/// <summary>
/// The four lowest of the keys that it is offered, in order. A key is a score and, below it, the position in the list,
/// which settles ties. Without a branch: scores are as good as random, and half of the comparisons would be
/// mispredicted.
/// </summary>
internal ref struct Shortlist
{
    /// <summary>Bits of a key that hold the position: 64 candidates at most.</summary>
    internal const int PositionBits = 6;

    /// <summary>The highest score that a key has room for, exclusive; keys are positive longs.</summary>
    internal const long ScoreEnd = 1L << (63 - PositionBits);

    private const long Nobody = long.MaxValue;

    private Vector256<long> _keys = Vector256.Create(Nobody);

    /// <summary>Begins empty.</summary>
    public Shortlist()
    {
    }

    /// <summary>Offers a candidate; one that is not usable (0 instead of 1) comes behind everybody.</summary>
    internal void Offer(long score, int position, long usable)
    {
        long key = ((score << PositionBits) | (uint)position) | ((usable - 1) & Nobody);
        // Each place gets the higher of its left neighbour and the lower of itself and the new key, which inserts into
        // an ascending row of four; index 4 is outside and reads as 0, the lowest key there is.
        Vector256<long> left = Vector256.Shuffle(_keys, Vector256.Create(4L, 0, 1, 2));
        _keys = Vector256.Max(left, Vector256.Min(_keys, Vector256.Create(key)));
    }

    /// <summary>
    /// Adds the acquirers to a plan of <paramref name="count"/>, eight bits each, as long as there is room.
    /// </summary>
    internal readonly void AppendTo(ref uint plan, ref int count, ReadOnlySpan<Candidate> list)
    {
        uint some = ~Vector256.Equals(_keys, Vector256.Create(Nobody)).ExtractMostSignificantBits();
        int added = Math.Min(BitOperations.TrailingZeroCount(~some), RoutingLimits.CandidatesPerPlan - count);
        for (int i = 0; i < added; i++)
        {
            int position = (int)(_keys.GetElement(i) & ((1 << PositionBits) - 1));
            plan |= (uint)list[position].Acquirer << (count * 8);
            count++;
        }
    }
}
