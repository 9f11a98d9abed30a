namespace Switch.Load.Payments;

/// <summary>
/// Random numbers of one payment (SplitMix64), from the seed and its number alone: the same whoever asks, in whatever
/// order.
/// </summary>
internal struct Draws
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong _state;

    public Draws(long seed, long number) => _state = Mix(((ulong)seed * Golden) + (ulong)number);

    /// <summary>From 0 to below the bound.</summary>
    public int Below(int bound) => (int)((UInt128)Next() * (uint)bound >> 64);

    /// <summary>Whether what happens to so many in a hundred happens.</summary>
    public bool Percent(double percent) => InHundred() < percent;

    /// <summary>From 0 to below 100.</summary>
    public double InHundred() => (Next() >> 11) * (100.0 / (1UL << 53));

    private ulong Next() => Mix(_state += Golden);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
