using Switch.Service.Journal;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Ports;

/// <summary>
/// One process's journal on its disk. Commits come in order and take time; what was acknowledged is on the disk for
/// good, what was not may or may not be when the process dies. The disk may fail, and after a failed commit nobody
/// knows.
/// </summary>
internal sealed class DiskJournal : IJournal
{
    private readonly Life _life;
    private readonly Scheduler _scheduler;
    private readonly Trace _trace;
    // Few, so that the relay reads from the disk as well, and goes from one to the other.
    private const int TailMax = 8;

    private readonly UnsettledOutcomes _unsettled = new();
    private readonly OutboxTail _tail;
    private readonly Queue<Write> _waiting = [];
    private readonly Signal _events = new();
    private readonly Signal _advices = new();
    private bool _isCommitting;
    private JournalFault _breakage;

    public DiskJournal(Disk disk, Life life, Scheduler scheduler, Trace trace)
    {
        Disk = disk;
        _life = life;
        _scheduler = scheduler;
        _trace = trace;
        StoreNote = disk.StoreNote;
        foreach (var ghost in disk.Ghosts) _ = scheduler.Draw(500) ? disk.Apply(ghost) : JournalFault.None;
        disk.Ghosts.Clear();
        _tail = new OutboxTail(TailMax, disk.LastEvent);
        LoadUnsettled();
        if (disk.Outbox.Count > 0) _events.Set();
        life.OnDeath(LeaveBehind);
    }

    public Disk Disk { get; }

    public ulong Id => Disk.Id;

    public string StoreNote { get; private set; }

    public JournalFault Health { get; private set; }

    public string LastError => Health == JournalFault.None ? "" : "as the plan says";

    public JournalFault Admission => Health;

    public long OutboxDepth => Disk.Outbox.Count;

    public long OpenIntents => Disk.Intents.Count;

    public long PendingAdvices => Disk.Advices.Count;

    public int Supersessions => _unsettled.Supersessions;

    public int UnsettledCount => _unsettled.Count;

    /// <summary>From now on commits fail like that; None: they work again, which the next probe finds out.</summary>
    public void Break(JournalFault how) => _breakage = how;

    public ValueTask<JournalFault> WriteAsync(JournalStep step)
    {
        Assert.True(step.IsWithinBounds(), "a step is out of bounds");
        if (Health != JournalFault.None) return ValueTask.FromResult(JournalFault.NotWritten);
        return Enqueue(new Write { Step = step });
    }

    public ValueTask<JournalFault> SetStoreNoteAsync(string identity) => Enqueue(new Write { Identity = identity });

    public ValueTask<JournalFault> RemovePublishedAsync(IReadOnlyList<PendingEvent> told) =>
        told.Count == 0
            ? ValueTask.FromResult(JournalFault.None)
            : Enqueue(new Write { Published = [.. told.Select(static e => e.Sequence)] });

    public bool IsUnsettled(string transactionId) => _unsettled.Contains(transactionId);

    public void Settle(string transactionId)
    {
        if (_unsettled.Settle(transactionId)) _events.Set();
    }

    public void Supersede(string transactionId)
    {
        _unsettled.Supersede(transactionId);
        _events.Set();
    }

    public IReadOnlyList<string> UnsettledTransactions() => _unsettled.Transactions();

    public OutcomeRow? FindUnsettled(string transactionId)
    {
        if (_unsettled.Find(transactionId) is not { } sequence || sequence > Disk.Outcomes.Count) return null;
        MustBeReadable();
        return Disk.Outcomes[(int)sequence - 1].Outcome;
    }

    public IReadOnlyList<KeptOutcome> ReadOutcomes(long beforeSequence, int max) =>
    [
        .. Disk.Outcomes.Where(kept => kept.Sequence < beforeSequence).Reverse().Take(max).Select(kept => kept with
        {
            Outcome = kept.Outcome with
            {
                IsSettled = kept.Outcome.IsSettled || !_unsettled.Contains(kept.Outcome.TransactionId),
            },
        }),
    ];

    public IReadOnlyList<DeferredReversal> ReadDeferredReversals(long afterSequence, int max) =>
        [.. Disk.Deferred.Where(deferred => deferred.Sequence > afterSequence).Take(max)];

    public IntentRow? FindIntent(string transactionId)
    {
        MustBeReadable();
        return Disk.Intents.FirstOrDefault(row => row.TransactionId == transactionId);
    }

    public long NewestEvent => _tail.Last;

    public ValueTask<IReadOnlyList<PendingEvent>> ReadOutboxAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<PendingEvent>>(
            _tail.TryRead(afterSequence, max)
            ?? [.. Disk.Outbox.Where(row => row.Sequence > afterSequence).Take(max)]);

    public IReadOnlyList<IntentRow> ReadOpenIntents() => [.. Disk.Intents];

    public IReadOnlyList<AdviceRow> ReadAdvices() => [.. Disk.Advices];

    public ValueTask<IReadOnlyList<AdviceRow>> ReadAdvicesAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<AdviceRow>>(
            [.. Disk.Advices.Where(row => row.Sequence > afterSequence).Take(max)]);

    public ValueTask<AdviceRow?> FindAdviceAsync(string adviceId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Disk.FindAdvice(adviceId));

    public ValueTask WaitForAdvicesAsync(CancellationToken cancellationToken) => _advices.WaitAsync(cancellationToken);

    public ValueTask WaitForOutboxAsync(CancellationToken cancellationToken) => _events.WaitAsync(cancellationToken);

    // On the scheduler, and not where the journal's own list of what is unsettled would go on.
    public async ValueTask WaitForSettledAsync(
        string transactionId, int supersessions, CancellationToken cancellationToken)
    {
        while (IsUnsettled(transactionId) && Supersessions == supersessions) await _events.WaitAsync(cancellationToken);
    }

    // A disk that fails to write may fail to read, in the midst of whatever needs to know what stands on it.
    private void MustBeReadable()
    {
        if (_breakage == JournalFault.Failing) throw new DiskReadException();
    }

    private ValueTask<JournalFault> Enqueue(Write write)
    {
        if (!_life.Reach("journal")) return new ValueTask<JournalFault>(write.Task);
        _waiting.Enqueue(write);
        if (!_isCommitting) _life.Do(BeginCommit);
        _isCommitting = true;
        return new ValueTask<JournalFault>(write.Task);
    }

    // Everything that waits goes into one commit, as the one writer thread does it.
    private void BeginCommit()
    {
        var group = _waiting.Count;
        var takes = _scheduler.Draw(30) ? _scheduler.Between(5, 80) : _scheduler.Between(0.2, 1);
        _scheduler.After(takes, () => _life.Do(() => Commit(group)));
    }

    private void Commit(int count)
    {
        var fault = _breakage;
        // What a write wakes may be the end of it all.
        for (; count > 0 && !_life.IsDead; count--)
        {
            var write = _waiting.Dequeue();
            var result = fault == JournalFault.None ? Apply(write) : Fail(write, fault);
            _trace.Say(_life.Name, "journal", $"{NameOf(write)} {result}");
            if (!_life.Reach("journal")) return;
            write.TrySetResult(result);
        }

        if (_life.IsDead) return;
        if (fault == JournalFault.None) Disk.Ghosts.Clear();
        else TurnBad(fault);
        _isCommitting = _waiting.Count > 0;
        if (_isCommitting) BeginCommit();
    }

    private JournalFault Apply(Write write)
    {
        Disk.SettledThrough = _unsettled.SettledThrough;
        Disk.Changes.Clear();
        if (write.Published is { } published) Disk.Remove(published);
        if (write.Identity is { } identity) Disk.StoreNote = StoreNote = identity;
        var result = write.Step is { } applied ? Disk.Apply(applied) : JournalFault.None;
        _tail.Apply(Disk.Changes);
        if (write.Step is { RemoveEvents.Count: > 0 }) _unsettled.Void();
        if (write.Step is not { } step) return JournalFault.None;

        if (result != JournalFault.None) return result;
        if (step.Outcome is { } outcome)
        {
            if (outcome.IsSettled) _unsettled.Advance(Disk.Outcomes.Count);
            else _unsettled.Add(outcome.TransactionId, Disk.Outcomes.Count);
        }

        if (step.Events.Count > 0) _events.Set();
        if (step.Advice is not null) _advices.Set();
        return JournalFault.None;
    }

    private JournalFault Fail(Write write, JournalFault fault)
    {
        if (write.Step is { } step && fault == JournalFault.Failing) Disk.Ghosts.Add(step);
        return fault;
    }

    private void TurnBad(JournalFault fault)
    {
        if (Health != JournalFault.None) return;
        Health = fault;
        Probe();
    }

    private void Probe() => _scheduler.After(_scheduler.Between(100, 400), () => _life.Do(() =>
    {
        if (_breakage == JournalFault.None)
        {
            Disk.Ghosts.Clear();
            Health = JournalFault.None;
        }
        else
        {
            Probe();
        }
    }));

    // The process is gone; of what it had handed to the disk, a beginning may have got there.
    private void LeaveBehind()
    {
        while (_waiting.TryDequeue(out var write) && _breakage == JournalFault.None && _scheduler.Draw(500))
            Apply(write);
    }

    private void LoadUnsettled()
    {
        _unsettled.Advance(Disk.SettledThrough);
        var recall = new UnsettledRecall(_unsettled);
        foreach (var (sequence, outcome) in Disk.Outcomes.Where(kept => kept.Sequence > Disk.SettledThrough))
            recall.Take(sequence, outcome);
    }

    private static string NameOf(Write write) => write.Step switch
    {
        { OpenIntent: { } intent } => $"intent {intent.TransactionId[..4]}.{intent.Attempt}",
        { CloseIntent: { } closed, Outcome: { } } => $"outcome {closed[..4]}",
        { CloseIntent: { } closed } => $"close {closed[..4]}",
        { Outcome: { } kept } => $"keep {kept.TransactionId[..4]}",
        { CloseAdvice: { } advice } => $"close advice {advice[..4]}",
        { UpdateAdvice: { } update } => $"advice {update.AdviceId[..4]} {update.State} {update.Tries}",
        { DeferReversal: { } deferred } => $"defer {deferred.TransactionId[..4]}",
        { CloseDeferred: { } seenTo } => $"deferred {seenTo[..4]}",
        null => write.Identity is null ? "published" : "identity",
        _ => "step",
    };

    private sealed class Write : TaskCompletionSource<JournalFault>
    {
        public JournalStep? Step { get; init; }

        public long[]? Published { get; init; }

        public string? Identity { get; init; }
    }
}
