namespace Switch.Service.Journal;

/// <summary>
/// The newest events of the outbox as they were committed, so that the relay need not read back from the disk what was
/// in memory a moment ago. The disk has them all; an event that is too old to be here is read from there. Safe for any
/// number of callers at once.
/// </summary>
/// <param name="capacity">Sequences it spans at most; about a kilobyte each.</param>
/// <param name="lastSequence">The last that was given out before it began.</param>
internal sealed class OutboxTail(int capacity, long lastSequence)
{
    // One lock, held for a few look-ups: the writer adds and removes, the relay reads.
    private readonly Lock _gate = new();
    private readonly Dictionary<long, PendingEvent> _events = [];
    private long _last = lastSequence;

    // Every event after this one that is in the outbox is here.
    private long _after = lastSequence;

    /// <summary>The highest sequence so far.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Takes in what was committed.</summary>
    public void Apply(OutboxChanges committed)
    {
        lock (_gate)
        {
            foreach (var sequence in committed.Removed) _events.Remove(sequence);
            foreach (var e in committed.Inserted)
            {
                _events[e.Sequence] = e;
                _last = e.Sequence;
            }

            while (_last - _after > capacity) _events.Remove(++_after);
        }
    }

    /// <summary>The events after a sequence, in order; null when only the disk knows all of them.</summary>
    public List<PendingEvent>? TryRead(long afterSequence, int max)
    {
        lock (_gate)
        {
            if (afterSequence < _after) return null;
            var read = new List<PendingEvent>((int)Math.Min(max, Math.Max(_last - afterSequence, 0)));
            for (var sequence = afterSequence + 1; sequence <= _last && read.Count < max; sequence++)
                if (_events.TryGetValue(sequence, out var e)) read.Add(e);
            return read;
        }
    }
}
