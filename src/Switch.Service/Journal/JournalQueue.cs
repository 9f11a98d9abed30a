namespace Switch.Service.Journal;

/// <summary>A write that waits for its commit; the task ends when it is durable, or is known not to be.</summary>
/// <remarks>Its waiter's code runs where it is set: only a <see cref="TellWaiters"/> may.</remarks>
internal sealed class PendingWrite : TaskCompletionSource<JournalFault>
{
    /// <summary>The step to write; null when events are to be removed.</summary>
    public JournalStep? Step { get; init; }

    /// <summary>Events to remove; null when a step is to be written.</summary>
    public IReadOnlyList<PendingEvent>? Published { get; init; }

    /// <summary>A note to write; null when a step is to be written.</summary>
    public (string Name, string Value)? Note { get; init; }

    /// <summary>Whether the step's outcome was added to the unsettled ones; the writer's thread only.</summary>
    public bool IsOutcomeAdded { get; set; }

    /// <summary>The sequence of the outcome that it took the place of; the writer's thread only.</summary>
    public long? EarlierOutcome { get; set; }

    /// <summary>What became of this write within its group; the writer's thread only.</summary>
    public JournalFault Fault { get; set; }
}

/// <summary>
/// The bounded queue between everyone and the writer's thread. A lock and not a channel, because the one reader is a
/// thread that blocks, takes all that waits at once, and also has to wake up when a probe is due. That thread is woken
/// at the thread pool's next turn, behind the work that waits there already: what that work adds is in the same commit.
/// </summary>
internal sealed class JournalQueue(int capacity) : IThreadPoolWorkItem
{
    private readonly object _gate = new();
    private readonly Queue<PendingWrite> _waiting = new();
    private bool _closed;
    private bool _woken;
    private bool _readerBlocked;
    private bool _turnAsked;

    /// <summary>Adds a write: None, Busy when the bound is reached, Stopped after <see cref="Close"/>.</summary>
    public JournalFault TryAdd(PendingWrite write)
    {
        lock (_gate)
        {
            if (_closed) return JournalFault.Stopped;
            if (_waiting.Count >= capacity) return JournalFault.Busy;
            _waiting.Enqueue(write);
            if (!_readerBlocked || _turnAsked) return JournalFault.None;
            _turnAsked = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return JournalFault.None;
    }

    /// <summary>The pool's turn.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate)
        {
            _turnAsked = false;
            if (_readerBlocked) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Lets <see cref="Take"/> return although nothing waits.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            if (_readerBlocked) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Refuses further writes; those that wait are still taken.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            if (_readerBlocked) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Blocks until something waits, then takes up to <paramref name="max"/> writes in their order.</summary>
    /// <param name="group">Filled; empty after <see cref="Wake"/> with nothing waiting.</param>
    /// <param name="max">Most writes to take.</param>
    /// <param name="woken">Whether <see cref="Wake"/> was called since the last time.</param>
    /// <returns>False once the queue is closed and empty.</returns>
    public bool Take(List<PendingWrite> group, int max, out bool woken)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_woken && !_closed)
            {
                _readerBlocked = true;
                Monitor.Wait(_gate);
                _readerBlocked = false;
            }

            woken = _woken;
            _woken = false;
            while (group.Count < max && _waiting.TryDequeue(out var write)) group.Add(write);
            return group.Count > 0 || !_closed;
        }
    }
}
