namespace Switch.Service.Journal;

/// <summary>
/// The one thread that writes. It takes everything that waits, commits it as one transaction (group commit: one fsync
/// for all), and then tells each waiter its own result. It waits for no group to fill; when it is idle it is woken
/// behind the work that waits in the thread pool, see <see cref="JournalQueue"/>.
/// </summary>
internal sealed partial class JournalWriter
{
    /// <summary>Commits between two looks at the length of the write-ahead log.</summary>
    private const int CommitsPerWalCheck = 64;

    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromSeconds(1);

    private readonly JournalOptions _options;
    private readonly JournalStatements _statements;
    private readonly JournalApplier _applier;
    private readonly JournalUpkeep _upkeep;
    private readonly UnsettledOutcomes _unsettled;
    private readonly OutboxTail _tail;
    private readonly JournalState _state;
    private readonly JournalQueue _queue;
    private readonly JournalMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ITimer _probeTimer;
    private readonly ITimer _upkeepTimer;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _probeDelay;
    private int _commitsSinceWalCheck;
    private long _badSince;
    private TimeSpan _probeWait;

    public JournalWriter(
        JournalOptions options, JournalStatements statements, JournalApplier applier, JournalUpkeep upkeep,
        UnsettledOutcomes unsettled, OutboxTail tail, JournalState state, JournalQueue queue, JournalMetrics metrics,
        TimeProvider time)
    {
        _options = options;
        _statements = statements;
        _applier = applier;
        _upkeep = upkeep;
        _unsettled = unsettled;
        _tail = tail;
        _state = state;
        _queue = queue;
        _metrics = metrics;
        _time = time;
        _probeDelay = options.ProbeDelayMin;
        _probeTimer = time.CreateTimer(
            static queue => ((JournalQueue)queue!).Wake(), queue, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _upkeepTimer = time.CreateTimer(
            static queue => ((JournalQueue)queue!).Wake(), queue, UpkeepInterval, UpkeepInterval);
        _thread = new Thread(Run) { Name = "journal", IsBackground = true };
    }

    /// <summary>Ends when the queue is closed and all that waited is written.</summary>
    public Task Ended => _ended.Task;

    public void Start() => _thread.Start();

    private void Run()
    {
        var group = new List<PendingWrite>(_options.GroupMax);
        try
        {
            while (_queue.Take(group, _options.GroupMax, out var woken))
            {
                if (woken) OnTimer();
                if (group.Count > 0) Write(group);
                group.Clear();
            }

            // What is settled and not noted yet: the next start need not look it up again.
            if (_state.Health == JournalFault.None && _upkeep.IsDue(_state.Levels)) Write([]);
            if (_state.Health == JournalFault.None) TryTruncateWal();
        }
        catch (Exception e)
        {
            // A bug here must not leave waiters hanging: everything waiting and everything later is told so.
            _state.SetHealth(JournalFault.Failing, $"The journal's thread ended: {e.GetType().Name}.");
            _queue.Close();
            do
            {
                foreach (var write in group) write.Fault = JournalFault.Failing;
                TellWaiters.Queue(group);
                group.Clear();
            }
            while (_queue.Take(group, _options.GroupMax, out _));
        }
        finally
        {
            _probeTimer.Dispose();
            _upkeepTimer.Dispose();
            _ended.SetResult();
        }
    }

    private void OnTimer()
    {
        if (_state.Health != JournalFault.None)
        {
            if (_time.GetElapsedTime(_badSince) >= _probeWait) Probe();
            return;
        }

        if (_state.WalTooLong) CheckWal();
        // An idle journal too forgets what it has kept long enough, and remembers what was settled.
        if (_upkeep.IsDue(_state.Levels)) Write([]);
    }

    private void Write(List<PendingWrite> group)
    {
        // While the disk is bad only removals are tried: they are what can make room again.
        if (_state.Health != JournalFault.None) FailSteps(group);
        if (group.Count == 0 && _state.Health != JournalFault.None) return;

        var started = _time.GetTimestamp();
        var fault = TryCommit(group, apart: false);
        // One bad step must not fail its neighbours: a second try sets each step apart.
        if (fault == JournalFault.Refused) fault = TryCommit(group, apart: true);
        if (fault == JournalFault.None) _metrics.Committed(_time.GetElapsedTime(started), group.Count);

        if (fault != JournalFault.None)
            foreach (var write in group) write.Fault = fault;
        Complete(group);
        if (fault != JournalFault.None) return;
        // A removal was durable although the disk was bad: worth a probe at once.
        if (_state.Health != JournalFault.None) Probe();
        if (++_commitsSinceWalCheck >= CommitsPerWalCheck) CheckWal();
    }

    private JournalFault TryCommit(List<PendingWrite> group, bool apart)
    {
        var before = _state.Levels;
        var levels = before;
        var isCommitting = false;
        _applier.Changes.Clear();
        try
        {
            _statements.Begin();
            foreach (var write in group)
                write.Fault = apart ? ApplyApart(write, ref levels) : _applier.Apply(write, ref levels);
            _upkeep.Run(group.Count, _applier.LastEvent, ref levels);
            // Inside the transaction: nothing may fail once the steps are durable.
            levels = levels with { UsedPages = _statements.UsedPages() };
            isCommitting = true;
            _statements.Commit();
        }
        catch (Exception e)
        {
            var fault = Classify(e);
            // Apart, a refusal has no step to blame, so something greater is wrong.
            if (apart && fault == JournalFault.Refused) fault = JournalFault.Failing;
            if (!TryRollback()) fault = JournalFault.Failing;
            _applier.Intents.Restore(0);
            _applier.Events.Restore(0);
            // The last first: the first of a transaction knows what stood before.
            for (var i = group.Count - 1; i >= 0; i--) Unkeep(group[i]);
            _upkeep.Undo();
            // While the disk is bad a removal may fail again and again; only a probe may put off the next probe.
            if ((fault is JournalFault.Full or JournalFault.Failing) && _state.Health == JournalFault.None)
                TurnBad(fault, e);
            // Only a commit that failed leaves it open whether a crash brings the steps back.
            return fault == JournalFault.Failing && !isCommitting ? JournalFault.NotWritten : fault;
        }

        _applier.Intents.Commit();
        _applier.Events.Commit();
        _state.Publish(levels);
        // Before anyone is told that there is something to read, or that something read is void.
        _tail.Apply(_applier.Changes);
        // Only now: who read the outbox before the commit has read what is gone, and looks here before it tells it.
        if (HasAny(group, static step => step.RemoveEvents.Count > 0)) _unsettled.Void();
        // By what was written, not by the level: one event may come in the very group in which another leaves.
        if (HasAny(group, static step => step.Events.Count > 0)) _state.SignalEvents();
        if (HasAny(group, static step => step.Advice is not null)) _state.SignalAdvices();
        return JournalFault.None;
    }

    private static bool HasAny(List<PendingWrite> group, Func<JournalStep, bool> has)
    {
        foreach (var write in group)
            if (write.Step is { } step && has(step)) return true;

        return false;
    }

    private JournalFault ApplyApart(PendingWrite write, ref JournalLevels levels)
    {
        var before = levels;
        var changes = _applier.Changes.Save();
        var intents = _applier.Intents.Save();
        var events = _applier.Events.Save();
        _statements.BeginStep();
        try
        {
            var fault = _applier.Apply(write, ref levels);
            _statements.KeepStep();
            return fault;
        }
        catch (Exception e) when (Classify(e) == JournalFault.Refused)
        {
            _statements.UndoStep();
            _applier.Changes.Restore(changes);
            _applier.Intents.Restore(intents);
            _applier.Events.Restore(events);
            Unkeep(write);
            levels = before;
            return JournalFault.Refused;
        }
    }

    private void Unkeep(PendingWrite write)
    {
        if (write.IsOutcomeAdded) _unsettled.Undo(write.Step!.Outcome!.TransactionId, write.EarlierOutcome);
        write.IsOutcomeAdded = false;
    }

    private void FailSteps(List<PendingWrite> group)
    {
        var steps = group.FindAll(static write => write.Step is not null);
        foreach (var write in steps) write.Fault = JournalFault.NotWritten;
        Complete(steps);
        group.RemoveAll(static write => write.Step is not null);
    }

    private void Complete(List<PendingWrite> writes)
    {
        foreach (var write in writes)
            if (write.Fault != JournalFault.None) _metrics.Refused(write.Fault);
        TellWaiters.Queue(writes);
    }
}
