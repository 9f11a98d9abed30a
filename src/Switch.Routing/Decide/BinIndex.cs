namespace Switch.Routing;

/// <summary>
/// Finds the cell of a card: the first six digits choose a bucket, which rarely holds more than a handful of segments,
/// and a binary search does the rest. Segments cover all numbers without a gap. Four bytes a bucket, 4 MB in all, and
/// eight a segment.
/// </summary>
internal sealed class BinIndex
{
    // A segment is its start above its cell in one word, so that the last step of a search brings the answer along.
    private const int CellBits = 26;
    private const long CellMask = (1L << CellBits) - 1;
    private const int BucketDigits = 6;
    private const ulong BucketSize = 100_000;

    private readonly int[] _bucketStarts;
    private readonly long[] _segments;
    private readonly CardCell[] _cells;

    /// <summary>Takes segments in ascending order, the first of which starts at 0.</summary>
    internal BinIndex(IReadOnlyList<BinSegment> segments, CardCell[] cells)
    {
        _cells = cells;
        _segments = new long[segments.Count];
        for (int i = 0; i < _segments.Length; i++)
            _segments[i] = (segments[i].Start << CellBits) | (uint)segments[i].Cell;

        _bucketStarts = new int[(int)BinDigits.PowerOfTen(BucketDigits) + 1];
        int segment = 0;
        for (int bucket = 0; bucket < _bucketStarts.Length; bucket++)
        {
            // The segment that holds the first number of the bucket.
            long first = bucket * (long)BucketSize;
            while (segment + 1 < segments.Count && segments[segment + 1].Start <= first) segment++;
            _bucketStarts[bucket] = segment;
        }
    }

    internal ref readonly CardCell Find(BinDigits bin)
    {
        // The constant divisor becomes a multiplication.
        int bucket = (int)((ulong)bin.Padded / BucketSize);
        int found = _bucketStarts[bucket];
        int length = _bucketStarts[bucket + 1] - found + 1;
        long last = (bin.Padded << CellBits) | CellMask;
        while (length > 1)
        {
            int half = length >> 1;
            // -1 where the segment starts at or before the number, otherwise 0. Arithmetic, because card numbers are
            // as good as random and a branch would be mispredicted every other time.
            found += half & (int)((_segments[found + half] - last - 1) >> 63);
            length -= half;
        }
        return ref _cells[_segments[found] & CellMask];
    }
}

/// <summary>Card numbers from <paramref name="Start"/> (eleven digits) to the next segment share a cell.</summary>
internal readonly record struct BinSegment(long Start, int Cell);
