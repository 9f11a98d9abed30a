namespace Switch.Routing;

/// <summary>What each acquirer charges for each scheme.</summary>
internal sealed class FeeTable
{
    /// <summary>
    /// Costs are counted in millionths of a minor unit: hundredths of a basis point of one minor unit.
    /// </summary>
    internal const long UnitsPerMinor = 1_000_000;

    private readonly int _schemes;
    private readonly Fee[] _fees;

    /// <summary>
    /// Takes <paramref name="schemes"/> fees for each acquirer, the first of which is for unknown cards.
    /// </summary>
    internal FeeTable(int schemes, Fee[] fees)
    {
        _schemes = schemes;
        _fees = fees;
    }

    /// <summary>
    /// In millionths of a minor unit. At most 10^6 fixed · 10^6 + 10^12 amount · 10^5 rate, a little above 10^17:
    /// below <see cref="Shortlist.ScoreEnd"/>, 1.4 · 10^17.
    /// </summary>
    internal long Cost(int acquirer, int scheme, long amountMinor)
    {
        ref readonly Fee fee = ref _fees[(acquirer * _schemes) + scheme];
        return (fee.FixedMinor * UnitsPerMinor) + (amountMinor * fee.RateMillionths);
    }
}

/// <summary>A fixed part in minor units, and millionths of the amount (a basis point is a hundred of them).</summary>
internal readonly record struct Fee(long FixedMinor, int RateMillionths);
