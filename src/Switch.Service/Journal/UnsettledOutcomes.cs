namespace Switch.Service.Journal;

/// <summary>
/// Outcomes that are durable here and not yet known to stand in the shared store. Their events stay in the outbox until
/// they are: another instance may have taken the request over and ended it otherwise. Safe for any number of callers.
/// </summary>
internal sealed class UnsettledOutcomes
{
    // One lock, because the two indexes change together; held for the time of a tree look-up.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _byTransaction = new(StringComparer.Ordinal);
    private readonly SortedSet<long> _sequences = [];
    private long _lastSequence;
    private int _supersessions;

    // What the relay waits for; null while it waits for nothing here.
    private (string TransactionId, TaskCompletionSource Settled)? _awaited;

    /// <summary>Counts outcomes that did not stand; events read before it counted up may be void.</summary>
    public int Supersessions => Volatile.Read(ref _supersessions);

    /// <summary>Every outcome up to this sequence is settled.</summary>
    public long SettledThrough
    {
        get
        {
            lock (_gate) return _sequences.Count == 0 ? _lastSequence : _sequences.Min - 1;
        }
    }

    /// <summary>The last sequence that was given out.</summary>
    public long LastSequence
    {
        get
        {
            lock (_gate) return _lastSequence;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate) return _byTransaction.Count;
        }
    }

    /// <summary>Notes a sequence that was given out.</summary>
    public void Advance(long sequence)
    {
        lock (_gate) _lastSequence = Math.Max(_lastSequence, sequence);
    }

    /// <summary>Adds an outcome, in place of an earlier one of the transaction.</summary>
    /// <returns>The sequence of that earlier one, or null: what <see cref="Undo"/> needs.</returns>
    public long? Add(string transactionId, long sequence)
    {
        lock (_gate)
        {
            long? earlier = _byTransaction.TryGetValue(transactionId, out var found) ? found : null;
            if (earlier is { } gone) _sequences.Remove(gone);
            _byTransaction[transactionId] = sequence;
            _sequences.Add(sequence);
            _lastSequence = Math.Max(_lastSequence, sequence);
            return earlier;
        }
    }

    /// <summary>Takes back an <see cref="Add"/> whose commit failed: the earlier outcome stands as it stood.</summary>
    public void Undo(string transactionId, long? earlier)
    {
        lock (_gate)
        {
            if (_byTransaction.Remove(transactionId, out var sequence)) _sequences.Remove(sequence);
            if (earlier is not { } stands)
            {
                Tell(transactionId);
                return;
            }

            _byTransaction[transactionId] = stands;
            _sequences.Add(stands);
        }
    }

    public bool Contains(string transactionId)
    {
        lock (_gate) return _byTransaction.ContainsKey(transactionId);
    }

    /// <summary>The sequence of a transaction's unsettled outcome, or null.</summary>
    public long? Find(string transactionId)
    {
        lock (_gate) return _byTransaction.TryGetValue(transactionId, out var sequence) ? sequence : null;
    }

    /// <summary>Whether it was unsettled.</summary>
    public bool Settle(string transactionId)
    {
        lock (_gate)
        {
            if (!_byTransaction.Remove(transactionId, out var sequence)) return false;
            _sequences.Remove(sequence);
            Tell(transactionId);
            return true;
        }
    }

    /// <summary>
    /// Ends once a transaction's outcome is not unsettled, or <see cref="Supersessions"/> is not what it was. For the
    /// one relay: a later call takes the place of an earlier one.
    /// </summary>
    public Task WhenSettledAsync(string transactionId, int supersessions)
    {
        lock (_gate)
        {
            if (_supersessions != supersessions || !_byTransaction.ContainsKey(transactionId))
                return Task.CompletedTask;
            // Whoever settles must not go on with the relay's work.
            var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited = (transactionId, settled);
            return settled.Task;
        }
    }

    /// <summary>Settled, but not as this journal says: what was read of its events is void.</summary>
    public void Supersede(string transactionId)
    {
        Void();
        Settle(transactionId);
    }

    /// <summary>Events go that somebody may have read.</summary>
    public void Void()
    {
        lock (_gate)
        {
            _supersessions++;
            if (_awaited is { } awaited) Tell(awaited.TransactionId);
        }
    }

    public IReadOnlyList<string> Transactions()
    {
        lock (_gate) return [.. _byTransaction.OrderBy(static pair => pair.Value).Select(static pair => pair.Key)];
    }

    // Under the lock. Of thousands that are settled a moment the relay waits for one.
    private void Tell(string transactionId)
    {
        if (_awaited is not { } awaited || awaited.TransactionId != transactionId) return;
        _awaited = null;
        awaited.Settled.SetResult();
    }
}
