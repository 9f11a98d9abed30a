namespace Switch.Routing;

/// <summary>
/// Finds the matrix row of an amount. Amounts of interest lie close together at the low end and far apart at the high
/// end, so buckets are a sixteenth of an octave wide: the exponent and the first four bits of the fraction that the
/// amount has as a double. A binary search over the few row changes within a bucket does the rest.
/// </summary>
internal sealed class AmountIndex
{
    private const int FractionBits = 4;
    private const int DoubleFractionBits = 52;
    private const ulong BucketOfOne = 1023UL << FractionBits;

    private readonly int[] _bucketStarts;
    private readonly long[] _starts;
    private readonly int[] _rows;

    /// <summary>Takes ascending amounts, the first of which is 0, and the row that holds from each on.</summary>
    internal AmountIndex(long[] starts, int[] rows)
    {
        _starts = starts;
        _rows = rows;
        _bucketStarts = new int[Bucket(RoutingLimits.AmountMinor) + 2];
        int before = 0;
        for (int bucket = 0; bucket < _bucketStarts.Length; bucket++)
        {
            while (before < starts.Length && starts[before] <= RoutingLimits.AmountMinor
                && Bucket(starts[before]) < bucket) before++;
            // The last change in an earlier bucket still holds where this one begins.
            _bucketStarts[bucket] = Math.Max(0, before - 1);
        }
    }

    /// <summary>The row of an amount of 0 to <see cref="RoutingLimits.AmountMinor"/>.</summary>
    internal int Row(long amountMinor)
    {
        int bucket = Bucket(amountMinor);
        int found = _bucketStarts[bucket];
        int length = _bucketStarts[bucket + 1] - found + 1;
        while (length > 1)
        {
            int half = length >> 1;
            // -1 where the change is at or before the amount, otherwise 0: arithmetic, as in BinIndex.
            found += half & (int)((_starts[found + half] - amountMinor - 1) >> 63);
            length -= half;
        }
        return _rows[found];
    }

    private static int Bucket(long amountMinor) => (int)(
        (BitConverter.DoubleToUInt64Bits(amountMinor + 1) >> (DoubleFractionBits - FractionBits)) - BucketOfOne);
}
