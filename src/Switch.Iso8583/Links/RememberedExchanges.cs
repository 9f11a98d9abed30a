namespace Switch.Iso8583;

/// <summary>
/// Keys of the requests that ended without a reply, a bounded ring: a late reply finds its own attempt here and is
/// never given to a newer request (S7).
/// </summary>
internal sealed class RememberedExchanges
{
    private readonly int[] _hashes;
    private readonly MatchKey?[] _keys;
    private readonly bool[] _isUsed;
    private readonly long[] _endedTimestamps;
    private int _next;

    public RememberedExchanges(int capacity)
    {
        _hashes = new int[capacity];
        _keys = new MatchKey?[capacity];
        _isUsed = new bool[capacity];
        _endedTimestamps = new long[capacity];
    }

    public void Add(MatchKey key, long timestamp)
    {
        (_keys[_next] ??= new MatchKey()).CopyFrom(key);
        _hashes[_next] = key.Hash;
        _isUsed[_next] = true;
        _endedTimestamps[_next] = timestamp;
        _next = (_next + 1) % _keys.Length;
    }

    public bool Contains(MatchKey key) => Find(key) >= 0;

    /// <summary>Forgets the request; false when it is not remembered.</summary>
    public bool TryTake(MatchKey key, out long endedTimestamp)
    {
        endedTimestamp = 0;
        var at = Find(key);
        if (at < 0) return false;
        endedTimestamp = _endedTimestamps[at];
        _isUsed[at] = false;
        return true;
    }

    public MatchKey? Nearest(MatchKey reply, IsoMessage message, ref int best)
    {
        MatchKey? nearest = null;
        for (var i = 0; i < _keys.Length; i++)
        {
            if (!_isUsed[i] || _keys[i]!.Nearness(reply, message) is var score && score <= best) continue;
            best = score;
            nearest = _keys[i];
        }

        return nearest;
    }

    private int Find(MatchKey key)
    {
        for (var from = 0; from < _hashes.Length;)
        {
            var at = _hashes.AsSpan(from).IndexOf(key.Hash);
            if (at < 0) return -1;
            from += at;
            if (_isUsed[from] && _keys[from]!.Matches(key)) return from;
            from++;
        }

        return -1;
    }
}
