using System.Globalization;

namespace Switch.Service.Recovery;

/// <summary>
/// The instances, by their journals, that may hold records which a store has lost: every one that was heard of within
/// the time for which journals keep records, whether it lives, was killed, or has left in good order.
/// </summary>
internal sealed class KnownPeers
{
    private const char Separator = ',';

    private readonly Dictionary<ulong, long> _heard = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _memory;

    /// <param name="time">The clock.</param>
    /// <param name="memory">For how long one that is not heard of may be needed.</param>
    public KnownPeers(TimeProvider time, TimeSpan memory)
    {
        _time = time;
        _memory = memory;
    }

    /// <summary>They live now.</summary>
    /// <returns>Whether one of them was not known.</returns>
    public bool Hear(IEnumerable<ulong> journals)
    {
        var isNew = false;
        foreach (var journal in journals)
        {
            isNew |= !_heard.ContainsKey(journal);
            _heard[journal] = _time.GetTimestamp();
        }

        return isNew;
    }

    /// <summary>Those that may be needed.</summary>
    public IReadOnlyCollection<ulong> Awaited()
    {
        foreach (var (journal, at) in _heard.ToList())
            if (_time.GetElapsedTime(at) > _memory) _heard.Remove(journal);
        return _heard.Keys;
    }

    /// <summary>As text, for a note that outlives the process.</summary>
    public string Write() =>
        string.Join(Separator, Awaited().Select(static j => j.ToString("x16", CultureInfo.InvariantCulture)));

    /// <summary>What an earlier process noted; when it heard of them is not known, so it counts as now.</summary>
    public void Read(string text) => Hear(
        text.Split(Separator, StringSplitOptions.RemoveEmptyEntries)
            .Select(static j => ulong.Parse(j, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
}
