using Microsoft.Data.Sqlite;

namespace Switch.Service.Journal;

/// <summary>
/// What this instance still owes: intents without an outcome, events not yet on Kafka, advices not yet acknowledged.
/// One SQLite file, durable before anyone is told so (S4), and drained, so that it stays small. Safe for any number of
/// callers at once.
/// </summary>
internal sealed class SqliteJournal : IJournal, IAsyncDisposable
{
    private const string StoreNoteName = "store";
    private const int ReadMax = 1000;

    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;
    private readonly JournalStatements _statements;
    private readonly JournalReader _reader;
    private readonly JournalBounds _bounds;
    private readonly JournalState _state;
    private readonly JournalQueue _queue;
    private readonly JournalWriter _writer;
    private readonly JournalMetrics _metrics;
    private readonly UnsettledOutcomes _unsettled = new();
    private readonly OutboxTail _tail;
    private string _storeNote;
    private int _disposed;

    private SqliteJournal(
        JournalOptions options,
        TimeProvider time,
        JournalMetrics metrics,
        FileStream fileLock,
        SqliteConnection connection)
    {
        _lock = fileLock;
        _connection = connection;
        _metrics = metrics;
        _statements = new JournalStatements(connection);
        _reader = new JournalReader(JournalFile.OpenReader(options));
        _bounds = new JournalBounds(options, options.BytesMax / JournalFile.PageSize(connection));
        _state = new JournalState();
        _state.Publish(JournalReader.ReadLevels(connection));
        if (_state.Levels.OutboxRows > 0) _state.SignalEvents();
        _queue = new JournalQueue(options.QueueMax);
        Id = JournalFile.Identify(connection);
        _storeNote = JournalFile.Note(connection, StoreNoteName) ?? "";
        LoadUnsettled(connection);
        var lastEvent = JournalReader.LastEvent(connection);
        _tail = new OutboxTail(options.OutboxTailMax, lastEvent);
        // Of records also those that were trimmed: what is noted as settled must not come to mean another.
        var applier = new JournalApplier(
            _statements, _bounds, _unsettled, time, lastEvent, _unsettled.LastSequence);
        applier.Intents.Load(_reader.ReadIntentKeys());
        applier.Events.Load(_reader.ReadEventKeys());
        _writer = new JournalWriter(
            options, _statements, applier,
            new JournalUpkeep(options, _statements, _bounds, _unsettled, metrics, time), _unsettled, _tail, _state,
            _queue, metrics, time);
    }

    public ulong Id { get; }

    public string StoreNote => Volatile.Read(ref _storeNote);

    public int Supersessions => _unsettled.Supersessions;

    public IReadOnlyList<string> UnsettledTransactions() => _unsettled.Transactions();

    public bool IsUnsettled(string transactionId) => _unsettled.Contains(transactionId);

    public void Settle(string transactionId) => _unsettled.Settle(transactionId);

    public void Supersede(string transactionId) => _unsettled.Supersede(transactionId);

    /// <summary>Whether the disk worked when it was last used.</summary>
    public bool IsHealthy => Health == JournalFault.None;

    /// <summary>None, or Full or Failing until a probe has written to the disk again.</summary>
    public JournalFault Health => _state.Health;

    /// <summary>What the disk last said, for the readiness report; holds no data of any payment.</summary>
    public string LastError => _state.LastError;

    /// <summary>
    /// Why new money cannot be taken now; None when it can. It is the answer as of the last commit, for shedding
    /// cheaply; the writer checks each intent again, exactly.
    /// </summary>
    public JournalFault Admission
    {
        get
        {
            if (_state.Health != JournalFault.None) return _state.Health;
            if (_state.WalTooLong) return JournalFault.Full;
            return _bounds.Admit(_state.Levels, intents: 1, events: 0, advices: 0);
        }
    }

    /// <summary>Whether new money can be taken now, see <see cref="Admission"/>.</summary>
    public bool CanAccept => Admission == JournalFault.None;

    /// <summary>Events that wait for Kafka.</summary>
    public long OutboxDepth => _state.Levels.OutboxRows;

    /// <inheritdoc/>
    public long NewestEvent => _tail.Last;

    /// <summary>Attempts without an outcome.</summary>
    public long OpenIntents => _state.Levels.OpenIntents;

    /// <summary>Advices that wait for an acquirer.</summary>
    public long PendingAdvices => _state.Levels.AdviceRows;

    /// <summary>
    /// Told when <see cref="Health"/> changes, with <see cref="LastError"/>. Runs on the writer's thread, so it must be
    /// quick.
    /// </summary>
    public event Action<JournalFault, string>? HealthChanged
    {
        add => _state.HealthChanged += value;
        remove => _state.HealthChanged -= value;
    }

    /// <summary>Opens the journal, making it when it is missing, and starts its writer.</summary>
    /// <exception cref="JournalOpenException">
    /// Another process has it, it is of a newer schema, or the disk refuses. The message is for the operator.
    /// </exception>
    public static SqliteJournal Open(JournalOptions options, TimeProvider time, JournalMetrics metrics)
    {
        var fileLock = JournalFile.Lock(options.Path);
        SqliteConnection? connection = null;
        try
        {
            connection = JournalFile.OpenWriter(options);
            var journal = new SqliteJournal(options, time, metrics, fileLock, connection);
            metrics.Observe(journal._state);
            journal._writer.Start();
            return journal;
        }
        catch (Exception e)
        {
            connection?.Dispose();
            fileLock.Dispose();
            if (e is SqliteException)
                throw new JournalOpenException($"The journal {options.Path} cannot be opened: {e.Message}", e);
            throw;
        }
    }

    /// <summary>
    /// Writes one step. Ends only when it is on the disk (None) or is known not to be promised (anything else, see
    /// <see cref="JournalFault"/>). It takes no cancellation: a caller that gave up leaves no half-known outcome.
    /// </summary>
    public ValueTask<JournalFault> WriteAsync(JournalStep step)
    {
        if (!step.IsWithinBounds()) return Answer(JournalFault.Refused);
        if (_state.Health != JournalFault.None) return Answer(JournalFault.NotWritten);
        return Enqueue(new PendingWrite { Step = step });
    }

    /// <summary>
    /// Reads events that wait for Kafka, in the order of their commits: from memory what was committed just now, the
    /// rest from the disk. The read itself is synchronous and short.
    /// </summary>
    /// <param name="afterSequence">Only events with a higher sequence; 0 for all.</param>
    /// <param name="max">At most this many, 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait for an earlier reader.</param>
    public ValueTask<IReadOnlyList<PendingEvent>> ReadOutboxAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        OutboxDepth == 0
            ? ValueTask.FromResult<IReadOnlyList<PendingEvent>>([])
            : _tail.TryRead(afterSequence, max) is { } read
                ? ValueTask.FromResult<IReadOnlyList<PendingEvent>>(read)
                : _reader.ReadEventsAsync(afterSequence, max, cancellationToken);

    /// <summary>
    /// Removes events that Kafka has acknowledged; those that are gone already are passed over. Tried on a bad disk
    /// too, because it makes room. After any other answer than None the events are read again.
    /// </summary>
    /// <param name="told">As read; best in their order: a run without gaps is one statement. Not to be changed.</param>
    public ValueTask<JournalFault> RemovePublishedAsync(IReadOnlyList<PendingEvent> told) =>
        told.Count == 0
            ? ValueTask.FromResult(JournalFault.None)
            : Enqueue(new PendingWrite { Published = told });

    public OutcomeRow? FindUnsettled(string transactionId) =>
        _unsettled.Find(transactionId) is { } sequence
            && _reader.ReadOutcomesAfter(sequence - 1, 1) is [var kept] && kept.Sequence == sequence
                ? kept.Outcome
                : null;

    public IReadOnlyList<KeptOutcome> ReadOutcomes(long beforeSequence, int max)
    {
        var kept = _reader.ReadOutcomesBefore(beforeSequence, max);
        // An outcome may be settled between the read and here: a settled answer is put back as one, which is what it
        // is. While one of a transaction is unsettled, none before it is known to stand.
        return
        [
            .. kept.Select(row => row with
            {
                Outcome = row.Outcome with
                {
                    IsSettled = row.Outcome.IsSettled || !_unsettled.Contains(row.Outcome.TransactionId),
                },
            }),
        ];
    }

    public IReadOnlyList<DeferredReversal> ReadDeferredReversals(long afterSequence, int max) =>
        _reader.ReadDeferred(afterSequence, max);

    public IntentRow? FindIntent(string transactionId) => _reader.FindIntent(transactionId);

    public async ValueTask<JournalFault> SetStoreNoteAsync(string note)
    {
        var fault = await Enqueue(new PendingWrite { Note = (StoreNoteName, note) });
        if (fault == JournalFault.None) Volatile.Write(ref _storeNote, note);
        return fault;
    }

    /// <summary>Every intent without an outcome, oldest first; after a crash, what was possibly sent.</summary>
    public IReadOnlyList<IntentRow> ReadOpenIntents() => _reader.ReadIntents();

    /// <summary>Every advice that waits, oldest first.</summary>
    public IReadOnlyList<AdviceRow> ReadAdvices() => _reader.ReadAdvices();

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<AdviceRow>> ReadAdvicesAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        PendingAdvices == 0
            ? ValueTask.FromResult<IReadOnlyList<AdviceRow>>([])
            : _reader.ReadAdvicesAsync(afterSequence, max, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<AdviceRow?> FindAdviceAsync(string adviceId, CancellationToken cancellationToken) =>
        _reader.FindAdviceAsync(adviceId, cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitForAdvicesAsync(CancellationToken cancellationToken) =>
        new(_state.WaitForAdvicesAsync(cancellationToken));

    /// <summary>
    /// Ends when events may have been added since it ended last; at once after a start with events waiting. For the one
    /// relay: each signal wakes one caller.
    /// </summary>
    public ValueTask WaitForOutboxAsync(CancellationToken cancellationToken) =>
        new(_state.WaitForEventsAsync(cancellationToken));

    /// <inheritdoc/>
    public ValueTask WaitForSettledAsync(
        string transactionId, int supersessions, CancellationToken cancellationToken) =>
        new(_unsettled.WhenSettledAsync(transactionId, supersessions).WaitAsync(cancellationToken));

    /// <summary>Writes all that waits, refuses the rest, closes the file and frees it for another process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        _queue.Close();
        await _writer.Ended;
        // The reader first: the last connection to close removes the log, and only the writer's may.
        _reader.Dispose();
        _statements.Dispose();
        await _connection.DisposeAsync();
        await _lock.DisposeAsync();
        _state.Dispose();
    }

    // What was not known to be settled when the last process ended; a later row of a transaction replaces an earlier
    // one.
    private void LoadUnsettled(SqliteConnection connection)
    {
        var settled = JournalFile.NumberNote(connection, JournalUpkeep.SettledNote);
        _unsettled.Advance(settled);
        var recall = new UnsettledRecall(_unsettled);
        while (_reader.ReadOutcomesAfter(settled, ReadMax) is { Count: > 0 } page)
        {
            foreach (var (sequence, outcome) in page)
            {
                recall.Take(sequence, outcome);
                settled = sequence;
            }
        }
    }

    private ValueTask<JournalFault> Enqueue(PendingWrite write)
    {
        var fault = _queue.TryAdd(write);
        return fault == JournalFault.None ? new ValueTask<JournalFault>(write.Task) : Answer(fault);
    }

    private ValueTask<JournalFault> Answer(JournalFault fault)
    {
        _metrics.Refused(fault);
        return ValueTask.FromResult(fault);
    }
}
