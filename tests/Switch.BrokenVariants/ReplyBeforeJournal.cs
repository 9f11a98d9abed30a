using Switch.Service.Journal;

namespace Switch.BrokenVariants;

/// <summary>
/// A journal that breaks "durable before anyone is told": an outcome counts as written before it is. Everything else
/// goes to the journal behind it.
/// </summary>
internal sealed class ReplyBeforeJournal(IJournal inner) : IJournal, IAsyncDisposable
{
    public ulong Id => inner.Id;

    public string StoreNote => inner.StoreNote;

    public JournalFault Health => inner.Health;

    public string LastError => inner.LastError;

    public JournalFault Admission => inner.Admission;

    public long OutboxDepth => inner.OutboxDepth;

    public long OpenIntents => inner.OpenIntents;

    public long PendingAdvices => inner.PendingAdvices;

    public int Supersessions => inner.Supersessions;

    public ValueTask<JournalFault> WriteAsync(JournalStep step)
    {
        var written = inner.WriteAsync(step);
        return step.CloseIntent is null || step.Outcome is null ? written : ValueTask.FromResult(JournalFault.None);
    }

    public ValueTask<JournalFault> SetStoreNoteAsync(string identity) => inner.SetStoreNoteAsync(identity);

    public bool IsUnsettled(string transactionId) => inner.IsUnsettled(transactionId);

    public void Settle(string transactionId) => inner.Settle(transactionId);

    public void Supersede(string transactionId) => inner.Supersede(transactionId);

    public IReadOnlyList<string> UnsettledTransactions() => inner.UnsettledTransactions();

    public OutcomeRow? FindUnsettled(string transactionId) => inner.FindUnsettled(transactionId);

    public IReadOnlyList<KeptOutcome> ReadOutcomes(long beforeSequence, int max) =>
        inner.ReadOutcomes(beforeSequence, max);

    public IReadOnlyList<DeferredReversal> ReadDeferredReversals(long afterSequence, int max) =>
        inner.ReadDeferredReversals(afterSequence, max);

    public IntentRow? FindIntent(string transactionId) => inner.FindIntent(transactionId);

    public ValueTask<IReadOnlyList<PendingEvent>> ReadOutboxAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        inner.ReadOutboxAsync(afterSequence, max, cancellationToken);

    public long NewestEvent => inner.NewestEvent;

    public ValueTask<JournalFault> RemovePublishedAsync(IReadOnlyList<PendingEvent> told) =>
        inner.RemovePublishedAsync(told);

    public IReadOnlyList<IntentRow> ReadOpenIntents() => inner.ReadOpenIntents();

    public IReadOnlyList<AdviceRow> ReadAdvices() => inner.ReadAdvices();

    public ValueTask<IReadOnlyList<AdviceRow>> ReadAdvicesAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        inner.ReadAdvicesAsync(afterSequence, max, cancellationToken);

    public ValueTask<AdviceRow?> FindAdviceAsync(string adviceId, CancellationToken cancellationToken) =>
        inner.FindAdviceAsync(adviceId, cancellationToken);

    public ValueTask WaitForAdvicesAsync(CancellationToken cancellationToken) =>
        inner.WaitForAdvicesAsync(cancellationToken);

    public ValueTask WaitForOutboxAsync(CancellationToken cancellationToken) =>
        inner.WaitForOutboxAsync(cancellationToken);

    public ValueTask WaitForSettledAsync(
        string transactionId, int supersessions, CancellationToken cancellationToken) =>
        inner.WaitForSettledAsync(transactionId, supersessions, cancellationToken);

    public ValueTask DisposeAsync() => inner is IAsyncDisposable disposable ? disposable.DisposeAsync() : default;
}
