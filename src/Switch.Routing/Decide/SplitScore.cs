namespace Switch.Routing;

/// <summary>
/// Weighted rendezvous hashing: every candidate draws a number from the transaction and its own name, and the lowest
/// draw leads. A candidate leads in proportion to its weight, the order of the others does not depend on one that is
/// skipped, and neither the position in the list nor the instance that decides has a say.
/// </summary>
internal static class SplitScore
{
    /// <summary>
    /// Not negative; lower is better. An exponential draw of rate <c>weight</c>: the smallest of several such draws
    /// belongs to each with a probability proportional to its rate.
    /// </summary>
    internal static double Draw(ulong splitHash, ulong nameHash, double reciprocalWeight)
    {
        ulong mixed = Mix(splitHash ^ nameHash);
        // 53 bits and a half, so that the draw lies strictly between 0 and 1.
        double uniform = ((mixed >> 11) + 0.5) * (1.0 / (1UL << 53));
        return -Math.Log(uniform) * reciprocalWeight;
    }

    /// <summary>The same on every machine and in every version, unlike <see cref="string.GetHashCode()"/>.</summary>
    internal static ulong OfName(string name)
    {
        // FNV-1a, then mixed because short names differ in few bits only.
        ulong hash = 0xCBF29CE484222325;
        foreach (char letter in name) hash = (hash ^ letter) * 0x100000001B3;
        return Mix(hash);
    }

    // The finalizer of SplitMix64: every input bit changes every output bit with probability one half.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
