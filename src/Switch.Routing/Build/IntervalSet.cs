namespace Switch.Routing;

/// <summary>
/// The values that satisfy one condition, as sorted intervals that neither touch nor overlap. Every dimension of a
/// rule is one, so that matching, shadowing and explaining need to be right only once.
/// </summary>
internal sealed class IntervalSet
{
    private readonly Interval[] _intervals;

    private IntervalSet(Interval[] intervals) => _intervals = intervals;

    internal ReadOnlySpan<Interval> Intervals => _intervals;

    internal bool IsEmpty => _intervals.Length == 0;

    internal static IntervalSet Of(List<Interval> intervals)
    {
        intervals.Sort(static (a, b) => a.Low.CompareTo(b.Low));
        var merged = new List<Interval>(intervals.Count);
        foreach (Interval next in intervals)
        {
            if (merged.Count > 0 && next.Low <= merged[^1].High + 1)
                merged[^1] = new Interval(merged[^1].Low, Math.Max(merged[^1].High, next.High));
            else
                merged.Add(next);
        }
        return new IntervalSet([.. merged]);
    }

    internal bool Contains(long value)
    {
        int low = 0;
        int high = _intervals.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (value < _intervals[middle].Low) high = middle - 1;
            else if (value > _intervals[middle].High) low = middle + 1;
            else return true;
        }
        return false;
    }

    internal bool Contains(IntervalSet other)
    {
        int mine = 0;
        foreach (Interval theirs in other._intervals)
        {
            while (mine < _intervals.Length && _intervals[mine].High < theirs.Low) mine++;
            if (mine == _intervals.Length) return false;
            if (_intervals[mine].Low > theirs.Low || _intervals[mine].High < theirs.High) return false;
        }
        return true;
    }
}

/// <summary>Both ends included, <paramref name="Low"/> not above <paramref name="High"/>.</summary>
internal readonly record struct Interval(long Low, long High);
