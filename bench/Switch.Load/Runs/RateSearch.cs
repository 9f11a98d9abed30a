namespace Switch.Load.Runs;

/// <summary>
/// Which rate is tried next: half as much again until one fails, then the middle between the highest that held and the
/// lowest that failed, until they are close. Pure.
/// </summary>
internal sealed class RateSearch
{
    private const double Growth = 1.5;
    private readonly double _to;
    private readonly double _precision;
    private double? _failed;

    /// <summary>Begins.</summary>
    /// <param name="from">The first rate.</param>
    /// <param name="to">No rate is above it.</param>
    /// <param name="precision">Ends when the gap is at most this share of the rate that failed.</param>
    public RateSearch(double from, double to, double precision)
    {
        Next = from;
        _to = to;
        _precision = precision;
    }

    /// <summary>What to try; null: it is over.</summary>
    public double? Next { get; private set; }

    /// <summary>The highest rate that held; null: none did.</summary>
    public double? Best { get; private set; }

    /// <summary>Takes what came of <see cref="Next"/>.</summary>
    public void Tell(bool holds)
    {
        if (Next is not { } tried) return;
        if (holds) Best = tried;
        else _failed = tried;
        Next = (Best, _failed) switch
        {
            (null, _) => null,
            ({ } best, null) => best >= _to ? null : Math.Min(best * Growth, _to),
            ({ } best, { } failed) => failed - best <= failed * _precision ? null : (best + failed) / 2,
        };
    }
}
