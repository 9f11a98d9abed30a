namespace Switch.Service.Journal;

/// <summary>
/// What this instance still owes: intents without an outcome, events not yet on Kafka, advices not yet acknowledged.
/// What is written is durable before anyone is told so (S4). Safe for any number of callers at once.
/// </summary>
internal interface IJournal
{
    /// <summary>A number drawn when the journal was made: it outlives the process, and goes with the disk.</summary>
    ulong Id { get; }

    /// <summary>
    /// What the guard of the shared store noted last: for which incarnation of it everything that this journal holds
    /// was put there, and which other journals it knew. Empty in a new journal.
    /// </summary>
    string StoreNote { get; }

    /// <summary>None, or Full or Failing until the disk has worked again.</summary>
    JournalFault Health { get; }

    /// <summary>Whether the disk worked when it was last used.</summary>
    bool IsHealthy => Health == JournalFault.None;

    /// <summary>What the disk last said, for the readiness report; holds no data of any payment.</summary>
    string LastError { get; }

    /// <summary>
    /// Why new money cannot be taken now; None when it can. It is the answer as of the last commit, for shedding
    /// cheaply; each intent is checked again, exactly, when it is written.
    /// </summary>
    JournalFault Admission { get; }

    /// <summary>Whether new money can be taken now, see <see cref="Admission"/>.</summary>
    bool CanAccept => Admission == JournalFault.None;

    /// <summary>Events that wait for Kafka.</summary>
    long OutboxDepth { get; }

    /// <summary>Attempts without an outcome.</summary>
    long OpenIntents { get; }

    /// <summary>Advices that wait for an acquirer.</summary>
    long PendingAdvices { get; }

    /// <summary>
    /// Writes one step. Ends only when it is on the disk (None) or is known not to be promised (anything else, see
    /// <see cref="JournalFault"/>). It takes no cancellation: a caller that gave up leaves no half-known outcome.
    /// </summary>
    ValueTask<JournalFault> WriteAsync(JournalStep step);

    /// <summary>Writes <see cref="StoreNote"/>.</summary>
    ValueTask<JournalFault> SetStoreNoteAsync(string note);

    /// <summary>
    /// Whether an outcome is durable here and not yet known to stand in the shared store. Its events must not be told.
    /// </summary>
    bool IsUnsettled(string transactionId);

    /// <summary>The outcome stands in the shared store: its events may be told.</summary>
    void Settle(string transactionId);

    /// <summary>
    /// The outcome does not stand, and the step that says so and removes its events is durable. Whatever was read from
    /// the outbox before has to be read again, see <see cref="Supersessions"/>.
    /// </summary>
    void Supersede(string transactionId);

    /// <summary>Counts up with each <see cref="Supersede"/>.</summary>
    int Supersessions { get; }

    /// <summary>Every transaction whose outcome is unsettled, oldest first.</summary>
    IReadOnlyList<string> UnsettledTransactions();

    /// <summary>The outcome of a transaction if it is unsettled.</summary>
    OutcomeRow? FindUnsettled(string transactionId);

    /// <summary>Kept records, newest first.</summary>
    /// <param name="beforeSequence">Only earlier ones; the largest number for all.</param>
    /// <param name="max">At most this many, 1 or more.</param>
    IReadOnlyList<KeptOutcome> ReadOutcomes(long beforeSequence, int max);

    /// <summary>Reversals that are accepted and not yet looked into, oldest first.</summary>
    /// <param name="afterSequence">Only those with a higher sequence; 0 for all.</param>
    /// <param name="max">At most this many, 1 or more.</param>
    IReadOnlyList<DeferredReversal> ReadDeferredReversals(long afterSequence, int max);

    /// <summary>The intent of a transaction, or null.</summary>
    IntentRow? FindIntent(string transactionId);

    /// <summary>The highest sequence of an event so far; 0 when there never was one.</summary>
    long NewestEvent { get; }

    /// <summary>Reads events that wait for Kafka, in the order of their commits.</summary>
    /// <param name="afterSequence">Only events with a higher sequence; 0 for all.</param>
    /// <param name="max">At most this many, 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait for an earlier reader.</param>
    ValueTask<IReadOnlyList<PendingEvent>> ReadOutboxAsync(
        long afterSequence, int max, CancellationToken cancellationToken);

    /// <summary>
    /// Removes events that Kafka has acknowledged; those that are gone already are passed over. Tried on a bad disk
    /// too, because it makes room. After any other answer than None the events are read again.
    /// </summary>
    /// <param name="told">As read; best in their order: a run without gaps is one statement. Not to be changed.</param>
    ValueTask<JournalFault> RemovePublishedAsync(IReadOnlyList<PendingEvent> told);

    /// <summary>Every intent without an outcome, oldest first; after a crash, what was possibly sent.</summary>
    IReadOnlyList<IntentRow> ReadOpenIntents();

    /// <summary>Every advice that waits, oldest first.</summary>
    IReadOnlyList<AdviceRow> ReadAdvices();

    /// <summary>Reads advices that wait, in the order of their commits.</summary>
    /// <param name="afterSequence">Only advices with a higher sequence; 0 for all.</param>
    /// <param name="max">At most this many, 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait for an earlier reader.</param>
    ValueTask<IReadOnlyList<AdviceRow>> ReadAdvicesAsync(
        long afterSequence, int max, CancellationToken cancellationToken);

    /// <summary>One advice as it stands; null when nobody owes it (any more).</summary>
    ValueTask<AdviceRow?> FindAdviceAsync(string adviceId, CancellationToken cancellationToken);

    /// <summary>
    /// Ends when advices may have been added since it ended last. For the one queue: each signal wakes one caller.
    /// </summary>
    ValueTask WaitForAdvicesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Ends when events may have been added since it ended last; at once after a start with events waiting. For the one
    /// relay: each signal wakes one caller.
    /// </summary>
    ValueTask WaitForOutboxAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Ends once the outcome of a transaction is not unsettled, or <see cref="Supersessions"/> is not what it was. For
    /// the one relay: one call at a time.
    /// </summary>
    ValueTask WaitForSettledAsync(string transactionId, int supersessions, CancellationToken cancellationToken);
}
