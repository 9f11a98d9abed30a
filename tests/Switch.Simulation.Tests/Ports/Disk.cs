using Switch.Service.Journal;

namespace Switch.Simulation.Tests.Ports;

/// <summary>
/// What is on one instance's disk: the rows that SqliteJournal keeps, changed step by step as JournalApplier changes
/// them. It outlives the process, unless it is destroyed.
/// </summary>
internal sealed class Disk(ulong id)
{
    private readonly SortedDictionary<long, PendingEvent> _outbox = [];
    private readonly Dictionary<string, long> _eventIds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, AdviceRow> _advices = [];
    private readonly Dictionary<string, long> _adviceIds = new(StringComparer.Ordinal);
    private readonly List<IntentRow> _intents = [];
    private readonly List<DeferredReversal> _deferred = [];
    private long _deferredSequence;
    private long _events;
    private long _adviceCount;

    public ulong Id { get; } = id;

    public string StoreNote { get; set; } = "";

    /// <summary>Every outcome up to this one is known to stand in the shared store.</summary>
    public long SettledThrough { get; set; }

    /// <summary>In the order of commits; sequences count from 1.</summary>
    public List<KeptOutcome> Outcomes { get; } = [];

    public IReadOnlyCollection<PendingEvent> Outbox => _outbox.Values;

    public IReadOnlyCollection<AdviceRow> Advices => _advices.Values;

    public IReadOnlyList<IntentRow> Intents => _intents;

    public IReadOnlyList<DeferredReversal> Deferred => _deferred;

    /// <summary>Writes that failed and may yet turn up, should the process end before the next good one.</summary>
    public List<JournalStep> Ghosts { get; } = [];

    public AdviceRow? FindAdvice(string adviceId) =>
        _adviceIds.TryGetValue(adviceId, out var sequence) ? _advices[sequence] : null;

    /// <summary>The last sequence that was given to an event.</summary>
    public long LastEvent => _events;

    /// <summary>What was changed in the outbox since the process cleared this.</summary>
    public OutboxChanges Changes { get; } = new();

    public void Remove(IEnumerable<long> sequences)
    {
        foreach (var sequence in sequences)
        {
            if (_outbox.Remove(sequence, out var gone)) _eventIds.Remove(gone.EventId);
            Changes.Remove(sequence);
        }
    }

    /// <summary>One step, or nothing of it.</summary>
    public JournalFault Apply(JournalStep step)
    {
        if (step.ChangesAdvice && !ChangeAdvice(step)) return JournalFault.NotFound;
        if (step.OpenIntent is { } intent)
        {
            RemoveIntent(intent.TransactionId);
            _intents.Add(intent);
        }

        if (step.CloseIntent is { } closed) RemoveIntent(closed);
        foreach (var eventId in step.RemoveEvents)
        {
            if (!_eventIds.Remove(eventId, out var sequence)) continue;
            _outbox.Remove(sequence);
            Changes.Remove(sequence);
        }

        if (step.Outcome is { } outcome) Outcomes.Add(new KeptOutcome(Outcomes.Count + 1, outcome));
        if (step.DeferReversal is { } deferred && !_deferred.Exists(row => row.TransactionId == deferred.TransactionId))
            _deferred.Add(deferred with { Sequence = ++_deferredSequence });
        if (step.CloseDeferred is { } seenTo) _deferred.RemoveAll(row => row.TransactionId == seenTo);
        foreach (var row in step.Events) Add(row);
        if (step.ReplaceAdvice is { } replaced && _adviceIds.Remove(replaced, out var old)) _advices.Remove(old);
        if (step.Advice is { } advice && !_adviceIds.ContainsKey(advice.AdviceId))
        {
            _adviceIds[advice.AdviceId] = ++_adviceCount;
            _advices[_adviceCount] = advice with { Sequence = _adviceCount };
        }

        return JournalFault.None;
    }

    private void Add(OutboxRow row)
    {
        if (!_eventIds.TryAdd(row.EventId, _events + 1)) return;
        _events++;
        _outbox[_events] = new PendingEvent(
            _events, row.EventId, row.PartitionKey, row.Type, row.TraceParent, row.OccurredAtMs, row.Payload);
        Changes.Insert(_outbox[_events]);
    }

    private bool ChangeAdvice(JournalStep step)
    {
        var id = step.CloseAdvice ?? step.UpdateAdvice!.AdviceId;
        if (!_adviceIds.TryGetValue(id, out var sequence)) return false;
        if (step.UpdateAdvice is not { } update)
        {
            _adviceIds.Remove(id);
            return _advices.Remove(sequence);
        }

        _advices[sequence] = _advices[sequence] with
        {
            State = update.State,
            Tries = update.Tries,
            NextAttemptAtMs = update.NextAttemptAtMs,
            Reason = update.Reason,
        };
        return true;
    }

    private void RemoveIntent(string transactionId) => _intents.RemoveAll(row => row.TransactionId == transactionId);
}
