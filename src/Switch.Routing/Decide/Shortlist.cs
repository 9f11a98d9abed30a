using System.Runtime.CompilerServices;

namespace Switch.Routing;

/// <summary>The best candidates so far, at most four, kept on the stack.</summary>
internal ref struct Shortlist
{
    private Slots _scores;
    private uint _acquirers;
    private int _sealed;

    internal int Count { get; private set; }

    internal ulong Taken { get; private set; }

    internal readonly uint Acquirers => _acquirers;

    internal readonly bool IsFull => Count == RoutingLimits.CandidatesPerPlan;

    /// <summary>Keeps what is in it ahead of whatever comes.</summary>
    internal void Seal() => _sealed = Count;

    /// <summary>Adds at the end; the list must not be full.</summary>
    internal void Append(int acquirer)
    {
        _acquirers |= (uint)acquirer << (Count * 8);
        Taken |= 1UL << acquirer;
        Count++;
    }

    /// <summary>Inserts by ascending score behind what is sealed and behind equals; the worst falls off a full list.</summary>
    internal void Insert(int acquirer, ulong score)
    {
        int position = Count;
        while (position > _sealed && score < _scores[position - 1]) position--;
        if (position == RoutingLimits.CandidatesPerPlan) return;

        int last = IsFull ? RoutingLimits.CandidatesPerPlan - 1 : Count;
        for (int i = last; i > position; i--) _scores[i] = _scores[i - 1];
        _scores[position] = score;

        uint below = (1u << (position * 8)) - 1;
        _acquirers = (_acquirers & below) | ((uint)acquirer << (position * 8)) | ((_acquirers & ~below) << 8);
        if (!IsFull) Count++;
    }

    /// <summary>Marks everything in it as taken, so that the fallback does not list it again.</summary>
    internal void TakeAll()
    {
        for (int i = 0; i < Count; i++) Taken |= 1UL << (int)((_acquirers >> (i * 8)) & 0xFF);
    }

    [InlineArray(RoutingLimits.CandidatesPerPlan)]
    private struct Slots
    {
        private ulong _first;
    }
}
