namespace Switch.Routing;

/// <summary>
/// Weighted rendezvous hashing: every candidate draws a number from the transaction and its own name, and the lowest
/// draw leads. A candidate leads in proportion to its weight, the order of the others does not depend on one that is
/// skipped, and neither the position in the list nor the instance that decides has a say.
/// </summary>
internal static class SplitScore
{
    private const int DrawBits = 53;

    /// <summary>
    /// Not negative; lower is better. An exponential draw of rate <c>weight</c>: the smallest of several such draws
    /// belongs to each with a probability proportional to its rate.
    /// </summary>
    internal static double Draw(ulong splitHash, ulong nameHash, double reciprocalWeight)
    {
        // Odd, so that the draw is never zero; 53 bits, so that a double holds it exactly.
        ulong uniform = (Mix(splitHash ^ nameHash) >> (64 - DrawBits)) | 1;
        return (DrawBits - Log2(uniform)) * reciprocalWeight;
    }

    /// <summary>
    /// The logarithm of 1 to 2^53, to 0.00001. Being nothing but additions and multiplications it is the same to the
    /// last bit on every processor, as two instances need it to be; it is also faster than the library's.
    /// </summary>
    internal static double Log2(ulong value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int exponent = (int)(bits >> 52) - 1023;
        double x = BitConverter.UInt64BitsToDouble((bits & 0xF_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000) - 1.0;
        // log2(1 + x) as x + x(1 - x)g(x): exact at both ends, so that powers of two join without a step. The
        // coefficients interpolate g at the Chebyshev nodes of 0 to 1.
        double g = 0.4426540724897777 + (x * (-0.2765695030487941 + (x * (0.18410082887395296
            + (x * (-0.09720183373309971 + (x * 0.025691262678292203)))))));
        return exponent + x + (x * (1.0 - x) * g);
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
