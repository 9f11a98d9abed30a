namespace Switch.Routing;

/// <summary>
/// Finds the cell of a card: the first four digits choose a bucket, a short binary search over the segment starts of
/// that bucket does the rest. Segments cover all numbers without a gap and never cross a bucket.
/// </summary>
internal sealed class BinIndex
{
    private const int BucketDigits = 4;

    private readonly int[] _bucketStarts;
    private readonly uint[] _segmentStarts;
    private readonly int[] _segmentCells;
    private readonly CardCell[] _cells;

    /// <summary>Takes segments in ascending order, the first of which starts at 0.</summary>
    internal BinIndex(IReadOnlyList<BinSegment> segments, CardCell[] cells)
    {
        var bucketStarts = new int[BucketCount + 1];
        var starts = new List<uint>(segments.Count + BucketCount);
        var segmentCells = new List<int>(segments.Count + BucketCount);
        int next = 0;
        for (int bucket = 0; bucket < BucketCount; bucket++)
        {
            bucketStarts[bucket] = starts.Count;
            long low = bucket * BucketSize;
            if (next == segments.Count || segments[next].Start > low)
            {
                starts.Add(0);
                segmentCells.Add(segments[next - 1].Cell);
            }
            for (; next < segments.Count && segments[next].Start < low + BucketSize; next++)
            {
                starts.Add((uint)(segments[next].Start - low));
                segmentCells.Add(segments[next].Cell);
            }
        }
        bucketStarts[BucketCount] = starts.Count;
        _bucketStarts = bucketStarts;
        _segmentStarts = [.. starts];
        _segmentCells = [.. segmentCells];
        _cells = cells;
    }

    private static int BucketCount => (int)BinDigits.PowerOfTen(BucketDigits);

    private static long BucketSize => BinDigits.PowerOfTen(RoutingLimits.BinDigits - BucketDigits);

    internal ref readonly CardCell Find(BinDigits bin)
    {
        // The constant divisor becomes a multiplication.
        ulong bucket = (ulong)bin.Padded / 10_000_000UL;
        uint rest = (uint)((ulong)bin.Padded - (bucket * 10_000_000UL));
        int start = _bucketStarts[(int)bucket];
        ReadOnlySpan<uint> starts = _segmentStarts.AsSpan(start, _bucketStarts[(int)bucket + 1] - start);

        // The last segment that starts at or before the rest. Halving without a branch on the comparison's outcome:
        // card numbers are as good as random, so a branch would be mispredicted every other time.
        int found = 0;
        int length = starts.Length;
        while (length > 1)
        {
            int half = length >> 1;
            found += starts[found + half] <= rest ? half : 0;
            length -= half;
        }
        return ref _cells[_segmentCells[start + found]];
    }
}

/// <summary>Card numbers from <paramref name="Start"/> (eleven digits) to the next segment share a cell.</summary>
internal readonly record struct BinSegment(long Start, int Cell);
