using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>A real journal that refuses the steps it is told to.</summary>
internal sealed class RefusingJournal(IJournal journal) : IJournal
{
    /// <summary>The fault of a step; None lets it through.</summary>
    public Func<JournalStep, JournalFault> Refuse { get; set; } = static _ => JournalFault.None;

    public ulong Id => journal.Id;

    public string StoreNote => journal.StoreNote;

    public int Supersessions => journal.Supersessions;

    public JournalFault Health => journal.Health;

    public string LastError => journal.LastError;

    public JournalFault Admission => journal.Admission;

    public long OutboxDepth => journal.OutboxDepth;

    public long OpenIntents => journal.OpenIntents;

    public long PendingAdvices => journal.PendingAdvices;

    public ValueTask<JournalFault> WriteAsync(JournalStep step) =>
        Refuse(step) is var fault and not JournalFault.None ? ValueTask.FromResult(fault) : journal.WriteAsync(step);

    public ValueTask<IReadOnlyList<PendingEvent>> ReadOutboxAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        journal.ReadOutboxAsync(afterSequence, max, cancellationToken);

    public long NewestEvent => journal.NewestEvent;

    public ValueTask<JournalFault> RemovePublishedAsync(IReadOnlyList<PendingEvent> told) =>
        journal.RemovePublishedAsync(told);

    public ValueTask<JournalFault> SetStoreNoteAsync(string identity) => journal.SetStoreNoteAsync(identity);

    public bool IsUnsettled(string transactionId) => journal.IsUnsettled(transactionId);

    public void Settle(string transactionId) => journal.Settle(transactionId);

    public void Supersede(string transactionId) => journal.Supersede(transactionId);

    public IReadOnlyList<string> UnsettledTransactions() => journal.UnsettledTransactions();

    public OutcomeRow? FindUnsettled(string transactionId) => journal.FindUnsettled(transactionId);

    public IReadOnlyList<KeptOutcome> ReadOutcomes(long beforeSequence, int max) =>
        journal.ReadOutcomes(beforeSequence, max);

    public IReadOnlyList<DeferredReversal> ReadDeferredReversals(long afterSequence, int max) =>
        journal.ReadDeferredReversals(afterSequence, max);

    public IntentRow? FindIntent(string transactionId) => journal.FindIntent(transactionId);

    public IReadOnlyList<IntentRow> ReadOpenIntents() => journal.ReadOpenIntents();

    public IReadOnlyList<AdviceRow> ReadAdvices() => journal.ReadAdvices();

    public ValueTask<IReadOnlyList<AdviceRow>> ReadAdvicesAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        journal.ReadAdvicesAsync(afterSequence, max, cancellationToken);

    public ValueTask<AdviceRow?> FindAdviceAsync(string adviceId, CancellationToken cancellationToken) =>
        journal.FindAdviceAsync(adviceId, cancellationToken);

    public ValueTask WaitForOutboxAsync(CancellationToken cancellationToken) =>
        journal.WaitForOutboxAsync(cancellationToken);

    public ValueTask WaitForSettledAsync(
        string transactionId, int supersessions, CancellationToken cancellationToken) =>
        journal.WaitForSettledAsync(transactionId, supersessions, cancellationToken);

    public ValueTask WaitForAdvicesAsync(CancellationToken cancellationToken) =>
        journal.WaitForAdvicesAsync(cancellationToken);
}
