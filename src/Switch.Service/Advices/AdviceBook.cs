using Switch.Service.Acquirers;
using Switch.Service.Journal;

namespace Switch.Service.Advices;

/// <summary>
/// Which advices wait, for whom and until when: in order within one original, which is one attempt of a transaction,
/// and independent otherwise. Holds ids and times only; its size is bounded by the journal's bound on advices.
/// </summary>
internal sealed class AdviceBook
{
    // Taken for moments only, by the queue, by operators' calls and by the metrics' reader.
    private readonly Lock _gate = new();
    private readonly Func<string, AdviceLane> _createLane;
    private readonly Dictionary<string, AdviceLane> _lanes = new(StringComparer.Ordinal);
    private readonly Dictionary<(string TransactionId, string Attempt), AdviceEntry> _heads = [];
    private readonly Dictionary<string, AdviceEntry> _parkedById = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, AdviceEntry> _parked = [];
    private readonly SortedDictionary<long, AdviceEntry> _all = [];

    public AdviceBook(Func<string, AdviceLane> createLane) => _createLane = createLane;

    /// <summary>Advices to send and advices for a person.</summary>
    public (int Pending, int Parked) Count
    {
        get { lock (_gate) return (_all.Count - _parked.Count, _parked.Count); }
    }

    /// <summary>When the oldest without an acknowledgement was queued, milliseconds since 1970; or null.</summary>
    public long? OldestMs
    {
        get
        {
            lock (_gate)
            {
                foreach (var entry in _all.Values) return entry.CreatedAtMs;
                return null;
            }
        }
    }

    /// <summary>Takes in a row of the journal, which is due at a time of the queue's clock.</summary>
    /// <returns>The advice of the same original that it waits for; null when there is none.</returns>
    public AdviceEntry? Add(AdviceRow row, TimeSpan due)
    {
        lock (_gate)
        {
            var entry = new AdviceEntry
            {
                Id = row.AdviceId,
                TransactionId = row.TransactionId,
                Attempt = row.Attempt,
                Sequence = row.Sequence,
                CreatedAtMs = row.CreatedAtMs,
                Lane = LaneOf(row.Acquirer),
                Tries = row.Tries,
                IsMarked = row.Tries > 0,
            };
            if (!_all.TryAdd(entry.Sequence, entry)) return WaitsFor(entry);
            if (row.State == AdviceStates.Parked) MarkParked(entry);
            if (_heads.TryAdd(entry.Original, entry))
            {
                if (!entry.IsParked) Enqueue(entry, due);
                return null;
            }

            var head = _heads[entry.Original];
            var last = head;
            while (last.Next is { } next) last = next;
            last.Next = entry;
            return head;
        }
    }

    /// <summary>How the link of an acquirer is told.</summary>
    public AdviceOptions OptionsOf(string acquirer)
    {
        lock (_gate) return LaneOf(acquirer).Options;
    }

    /// <summary>
    /// Takes every advice that is due and has room on its link. Each is given back: postponed, parked or removed.
    /// </summary>
    public void TakeDue(TimeSpan now, List<AdviceEntry> due)
    {
        lock (_gate)
        {
            foreach (var lane in _lanes.Values)
            {
                if (!lane.HasRoom || now < lane.PausedUntil) continue;
                if (!lane.IsOpen)
                {
                    lane.PausedUntil = now + AdvicePauses.LinkDown;
                    continue;
                }

                while (lane.HasRoom && lane.Waiting.TryPeek(out var entry, out var place) && place.Due <= now)
                {
                    lane.Waiting.Dequeue();
                    if (entry.IsForgotten) continue;
                    entry.IsTaken = true;
                    lane.InFlight++;
                    due.Add(entry);
                }
            }
        }
    }

    /// <summary>When <see cref="TakeDue"/> finds more if nothing else happens; null for never.</summary>
    public TimeSpan? NextDue()
    {
        lock (_gate)
        {
            TimeSpan? next = null;
            foreach (var lane in _lanes.Values)
            {
                if (!lane.HasRoom || !lane.Waiting.TryPeek(out _, out var place)) continue;
                var due = place.Due > lane.PausedUntil ? place.Due : lane.PausedUntil;
                if (next is null || due < next) next = due;
            }

            return next;
        }
    }

    /// <summary>Gives back an advice that was taken, to be due again.</summary>
    public void Postpone(AdviceEntry entry, TimeSpan due)
    {
        lock (_gate)
        {
            GiveBack(entry);
            Enqueue(entry, due);
        }
    }

    /// <summary>
    /// Gives back an advice that was taken; it and those after it wait for a person, unless another took its place.
    /// </summary>
    public void Park(AdviceEntry entry, TimeSpan now)
    {
        lock (_gate)
        {
            GiveBack(entry);
            if (entry.IsReplaced) Forget(entry, now);
            else MarkParked(entry);
        }
    }

    /// <summary>Gives back an advice that was taken and that nobody owes any more.</summary>
    public void Remove(AdviceEntry entry, TimeSpan now)
    {
        lock (_gate)
        {
            GiveBack(entry);
            Forget(entry, now);
        }
    }

    /// <summary>
    /// An advice is not in the journal any more: another took its place. One that is taken is left to whom it was
    /// given.
    /// </summary>
    public void DropReplaced(AdviceEntry entry, TimeSpan now)
    {
        lock (_gate)
        {
            entry.IsReplaced = entry.IsTaken || entry.IsBeingResolved;
            if (entry.IsTaken || entry.IsBeingResolved || entry.IsForgotten) return;
            if (entry.IsParked) Unpark(entry);
            Forget(entry, now);
        }
    }

    /// <summary>Nothing of this link is tried before a time.</summary>
    public void Pause(AdviceLane lane, TimeSpan until)
    {
        lock (_gate) lane.PausedUntil = until;
    }

    /// <summary>Parked advices in the order of the journal, from after a sequence on.</summary>
    public IReadOnlyList<(long Sequence, string Id)> Parked(long afterSequence, int max)
    {
        lock (_gate)
        {
            var page = _parked.Where(pair => pair.Key > afterSequence).Take(max);
            return [.. page.Select(pair => (pair.Key, pair.Value.Id))];
        }
    }

    /// <summary>Takes a parked advice for one person; null when it is not parked, or taken already.</summary>
    public AdviceEntry? TakeParked(string id)
    {
        lock (_gate)
        {
            if (!_parkedById.TryGetValue(id, out var entry) || entry.IsBeingResolved) return null;
            entry.IsBeingResolved = true;
            return entry;
        }
    }

    /// <summary>Gives back what <see cref="TakeParked"/> gave: still parked, unless another took its place.</summary>
    public void KeepParked(AdviceEntry entry, TimeSpan now)
    {
        lock (_gate)
        {
            entry.IsBeingResolved = false;
            if (!entry.IsReplaced) return;
            Unpark(entry);
            Forget(entry, now);
        }
    }

    /// <summary>Gives back what <see cref="TakeParked"/> gave: to be sent now.</summary>
    public void Resume(AdviceEntry entry, int tries, TimeSpan now)
    {
        lock (_gate)
        {
            Unpark(entry);
            entry.Tries = tries;
            entry.IsMarked = tries > 0;
            entry.NotSent = 0;
            if (_heads.GetValueOrDefault(entry.Original) == entry) Enqueue(entry, now);
        }
    }

    /// <summary>Gives back what <see cref="TakeParked"/> gave: nobody owes it any more.</summary>
    public void CloseParked(AdviceEntry entry, TimeSpan now)
    {
        lock (_gate)
        {
            Unpark(entry);
            Forget(entry, now);
        }
    }

    // Read once more after a fault: what it waited for has yet to be looked at.
    private AdviceEntry? WaitsFor(AdviceEntry entry) =>
        _heads.GetValueOrDefault(entry.Original) is { } head && head.Sequence != entry.Sequence ? head : null;

    private static void GiveBack(AdviceEntry entry)
    {
        entry.IsTaken = false;
        entry.Lane.InFlight--;
    }

    private void Forget(AdviceEntry entry, TimeSpan now)
    {
        entry.IsForgotten = true;
        _all.Remove(entry.Sequence);
        var head = _heads.GetValueOrDefault(entry.Original);
        if (head != entry)
        {
            while (head is not null && head.Next != entry) head = head.Next;
            if (head is not null) head.Next = entry.Next;
            return;
        }

        if (entry.Next is not { } next)
        {
            _heads.Remove(entry.Original);
            return;
        }

        _heads[entry.Original] = next;
        if (!next.IsParked) Enqueue(next, now);
    }

    private void MarkParked(AdviceEntry entry)
    {
        entry.IsParked = true;
        _parked[entry.Sequence] = entry;
        _parkedById[entry.Id] = entry;
    }

    private void Unpark(AdviceEntry entry)
    {
        entry.IsParked = false;
        entry.IsBeingResolved = false;
        _parked.Remove(entry.Sequence);
        _parkedById.Remove(entry.Id);
    }

    private static void Enqueue(AdviceEntry entry, TimeSpan due) =>
        entry.Lane.Waiting.Enqueue(entry, (due, entry.Sequence));

    private AdviceLane LaneOf(string acquirer)
    {
        if (_lanes.TryGetValue(acquirer, out var lane)) return lane;
        return _lanes[acquirer] = _createLane(acquirer);
    }
}
