namespace Switch.Service.Journal;

/// <summary>
/// What one commit changes in the outbox, write by write in their order: a later write may take out what an earlier one
/// put in, and a step may put in an event under an id that it takes out first.
/// </summary>
internal sealed class OutboxChanges
{
    /// <summary>Events that are in the outbox with the commit and were not before, in order.</summary>
    public List<PendingEvent> Inserted { get; private set; } = [];

    /// <summary>Sequences of events that were in it before and are not any more.</summary>
    public List<long> Removed { get; private set; } = [];

    public void Insert(PendingEvent e) => Inserted.Add(e);

    public void Remove(long sequence)
    {
        // Sequences rise, and what Kafka has acknowledged was never put in by the same commit.
        if (Inserted.Count == 0 || sequence < Inserted[0].Sequence) Removed.Add(sequence);
        else Inserted.RemoveAll(e => e.Sequence == sequence);
    }

    /// <summary>What there is now, to go back to.</summary>
    public (List<PendingEvent> Inserted, List<long> Removed) Save() => ([.. Inserted], [.. Removed]);

    /// <summary>Goes back to what <see cref="Save"/> gave.</summary>
    public void Restore((List<PendingEvent> Inserted, List<long> Removed) saved) => (Inserted, Removed) = saved;

    public void Clear()
    {
        Inserted.Clear();
        Removed.Clear();
    }
}
