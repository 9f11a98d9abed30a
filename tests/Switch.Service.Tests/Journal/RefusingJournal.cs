using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>A real journal that refuses the steps it is told to.</summary>
internal sealed class RefusingJournal(IJournal journal) : IJournal
{
    /// <summary>The fault of a step; None lets it through.</summary>
    public Func<JournalStep, JournalFault> Refuse { get; set; } = static _ => JournalFault.None;

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

    public ValueTask<JournalFault> RemovePublishedAsync(IReadOnlyList<long> sequences) =>
        journal.RemovePublishedAsync(sequences);

    public IReadOnlyList<IntentRow> ReadOpenIntents() => journal.ReadOpenIntents();

    public IReadOnlyList<AdviceRow> ReadAdvices() => journal.ReadAdvices();

    public ValueTask<IReadOnlyList<AdviceRow>> ReadAdvicesAsync(
        long afterSequence, int max, CancellationToken cancellationToken) =>
        journal.ReadAdvicesAsync(afterSequence, max, cancellationToken);

    public ValueTask<AdviceRow?> FindAdviceAsync(string adviceId, CancellationToken cancellationToken) =>
        journal.FindAdviceAsync(adviceId, cancellationToken);

    public ValueTask WaitForOutboxAsync(CancellationToken cancellationToken) =>
        journal.WaitForOutboxAsync(cancellationToken);

    public ValueTask WaitForAdvicesAsync(CancellationToken cancellationToken) =>
        journal.WaitForAdvicesAsync(cancellationToken);
}
