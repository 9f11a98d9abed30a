namespace Switch.Simulator;

/// <summary>
/// A seeded sequence of numbers for several threads without a lock (SplitMix64 over a counter): the n-th draw depends
/// on the seed alone, so a printed seed replays a run.
/// </summary>
internal sealed class SeededDraws
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private readonly ulong _seed;
    private long _drawn;

    public SeededDraws(ulong seed) => _seed = seed;

    /// <summary>The next number, uniform in [0, 1).</summary>
    public double Next() =>
        (Mix(_seed + (ulong)Interlocked.Increment(ref _drawn) * Golden) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Spreads the bits of a number; a bijection.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
