namespace Switch.Routing;

/// <summary>
/// Finds the cell of a card: the first six digits choose a bucket, which rarely holds more than a handful of segments,
/// and a binary search does the rest. Segments cover all numbers without a gap and never cross a bucket.
/// </summary>
internal sealed class BinIndex
{
    private const int BucketDigits = 6;

    private readonly int[] _bucketStarts;
    private readonly Segment[] _segments;
    private readonly CardCell[] _cells;

    /// <summary>Takes segments in ascending order, the first of which starts at 0.</summary>
    internal BinIndex(IReadOnlyList<BinSegment> segments, CardCell[] cells)
    {
        var bucketStarts = new int[BucketCount + 1];
        var all = new List<Segment>(segments.Count + BucketCount);
        int next = 0;
        for (int bucket = 0; bucket < BucketCount; bucket++)
        {
            bucketStarts[bucket] = all.Count;
            long low = bucket * BucketSize;
            if (next == segments.Count || segments[next].Start > low)
                all.Add(new Segment(0, segments[next - 1].Cell));
            for (; next < segments.Count && segments[next].Start < low + BucketSize; next++)
                all.Add(new Segment((uint)(segments[next].Start - low), segments[next].Cell));
        }
        bucketStarts[BucketCount] = all.Count;
        _bucketStarts = bucketStarts;
        _segments = [.. all];
        _cells = cells;
    }

    private static int BucketCount => (int)BinDigits.PowerOfTen(BucketDigits);

    private static long BucketSize => BinDigits.PowerOfTen(RoutingLimits.BinDigits - BucketDigits);

    internal ref readonly CardCell Find(BinDigits bin)
    {
        // The constant divisor becomes a multiplication.
        ulong bucket = (ulong)bin.Padded / 100_000UL;
        uint rest = (uint)((ulong)bin.Padded - (bucket * 100_000UL));
        int start = _bucketStarts[(int)bucket];
        ReadOnlySpan<Segment> segments = _segments.AsSpan(start, _bucketStarts[(int)bucket + 1] - start);

        int found = 0;
        int length = segments.Length;
        while (length > 1)
        {
            int half = length >> 1;
            // -1 where the segment starts at or before the rest, otherwise 0. Arithmetic, because card numbers are as
            // good as random and a branch would be mispredicted every other time.
            int isBefore = (int)((segments[found + half].Start - (long)rest - 1) >> 63);
            found += half & isBefore;
            length -= half;
        }
        return ref _cells[segments[found].Cell];
    }

    // The start counts from the beginning of the bucket. Start and cell lie side by side, so that the last step of a
    // search brings the answer into the cache.
    private readonly record struct Segment(uint Start, int Cell);
}

/// <summary>Card numbers from <paramref name="Start"/> (eleven digits) to the next segment share a cell.</summary>
internal readonly record struct BinSegment(long Start, int Cell);
