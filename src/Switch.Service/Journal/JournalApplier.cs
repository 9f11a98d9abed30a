namespace Switch.Service.Journal;

/// <summary>
/// Turns one write into statements inside the writer's open transaction, and counts what they changed. What it counts
/// becomes true with the commit, so the writer publishes it only then.
/// </summary>
internal sealed class JournalApplier(
    JournalStatements statements, JournalBounds bounds, UnsettledOutcomes unsettled, TimeProvider time, long lastEvent,
    long lastOutcome)
{
    private long _lastEvent = lastEvent;
    private long _lastOutcome = lastOutcome;

    /// <summary>The last sequence that an event was given, or may have been before. None is given twice.</summary>
    public long LastEvent => _lastEvent;

    /// <summary>What the writes since the writer cleared this change in the outbox.</summary>
    public OutboxChanges Changes { get; } = new();

    /// <summary>Which intents there are, with what the writes since the last commit change.</summary>
    public RowKeys<string> Intents { get; } = new();

    /// <summary>Which events wait in the outbox, likewise.</summary>
    public RowKeys<UInt128> Events { get; } = new();

    /// <summary>Applies one write, or nothing of it.</summary>
    public JournalFault Apply(PendingWrite write, ref JournalLevels levels)
    {
        if (write.Published is { } published)
        {
            levels = levels with { OutboxRows = levels.OutboxRows - Remove(published) };
            return JournalFault.None;
        }

        if (write.Note is { } note)
        {
            statements.SetNote(note.Name, note.Value);
            return JournalFault.None;
        }

        var step = write.Step!;
        var fault = step switch
        {
            { OpenIntent: { } intent } => OpenIntent(intent, step, ref levels),
            { ChangesAdvice: true } => ChangeAdvice(step, ref levels),
            _ => CloseIntent(step, ref levels),
        };
        if (fault != JournalFault.None) return fault;

        for (var i = 0; i < step.RemoveEvents.Count; i++) RemoveUntold(step.RemoveEvents[i], ref levels);
        if (step.Outcome is { } outcome) Keep(write, outcome, ref levels);
        if (step.DeferReversal is { } deferred)
            statements.DeferReversal(deferred, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (step.CloseDeferred is { } closed) statements.CloseDeferred(closed);
        for (var i = 0; i < step.Events.Count; i++) Insert(step.Events[i], ref levels);
        if (step.ReplaceAdvice is { } replaced && statements.DeleteAdvice(replaced))
            levels = levels with { AdviceRows = levels.AdviceRows - 1 };
        if (step.Advice is { } advice && statements.InsertAdvice(advice))
            levels = levels with { AdviceRows = levels.AdviceRows + 1 };
        return JournalFault.None;
    }

    private void Insert(OutboxRow e, ref JournalLevels levels)
    {
        var key = EventKey.Of(e.EventId);
        if (Events.Find(key) is not null) return;
        var sequence = ++_lastEvent;
        statements.InsertEvent(sequence, e);
        Events.Add(key, sequence);
        levels = levels with { OutboxRows = levels.OutboxRows + 1 };
        Changes.Insert(new PendingEvent(
            sequence, e.EventId, e.PartitionKey, e.Type, e.TraceParent, e.OccurredAtMs, e.Payload));
    }

    private void RemoveUntold(string eventId, ref JournalLevels levels)
    {
        var key = EventKey.Of(eventId);
        if (Events.Find(key) is not { } sequence || !statements.RemoveEvent(sequence, eventId)) return;
        Events.Remove(key);
        levels = levels with { OutboxRows = levels.OutboxRows - 1 };
        Changes.Remove(sequence);
    }

    private void Keep(PendingWrite write, OutcomeRow outcome, ref JournalLevels levels)
    {
        var sequence = ++_lastOutcome;
        statements.InsertOutcome(sequence, outcome);
        levels = levels with { OutcomeRows = levels.OutcomeRows + 1 };
        // Before the commit: from then on the relay can see the events, and must not take them for settled. Should the
        // commit fail, the writer takes it back.
        if (outcome.IsSettled)
        {
            unsettled.Advance(sequence);
            return;
        }

        write.EarlierOutcome = unsettled.Add(outcome.TransactionId, sequence);
        write.IsOutcomeAdded = true;
    }

    private JournalFault OpenIntent(IntentRow intent, JournalStep step, ref JournalLevels levels)
    {
        var fault = bounds.Admit(levels, 1, step.Events.Count, step.Advice is null ? 0 : 1);
        var key = Intents.Find(intent.TransactionId);
        // A further attempt of an open transaction has its room set aside already, for its outcome and no more.
        var isBare = step.Events.Count == 0 && step.Advice is null;
        if (fault != JournalFault.None && (key is null || !isBare)) return fault;
        if (key is { } known)
        {
            // A row that is another's says that memory and file have parted: nothing may be sent on the strength of it.
            return statements.ReplaceIntent(known, intent) ? JournalFault.None : JournalFault.Refused;
        }

        Intents.Add(intent.TransactionId, statements.InsertIntent(intent));
        levels = levels with
        {
            OpenIntents = levels.OpenIntents + 1,
            UsedPages = levels.UsedPages + JournalBounds.IntentPagesMax,
        };
        return JournalFault.None;
    }

    private JournalFault CloseIntent(JournalStep step, ref JournalLevels levels)
    {
        if (step.CloseIntent is { } transactionId && Intents.Find(transactionId) is { } key
            && statements.DeleteIntent(key, transactionId))
        {
            Intents.Remove(transactionId);
            // What the step writes now was set aside when the intent was opened.
            levels = levels with
            {
                OpenIntents = levels.OpenIntents - 1,
                UsedPages = levels.UsedPages + JournalBounds.OutcomePagesMax,
            };
            return JournalFault.None;
        }

        if (step.Events.Count == 0 && step.Advice is null && step.DeferReversal is null) return JournalFault.None;
        // It takes back an outcome at which the relay stands still: to refuse it for want of room would keep the room
        // from ever coming. It frees about as many rows as it needs.
        if (step.RemoveEvents.Count > 0) return JournalFault.None;
        var fault = bounds.Admit(levels, 0, step.Events.Count, step.Advice is null ? 0 : 1);
        levels = levels with { UsedPages = levels.UsedPages + JournalBounds.OutcomePagesMax };
        return fault;
    }

    private JournalFault ChangeAdvice(JournalStep step, ref JournalLevels levels)
    {
        if (step.Events.Count > 0)
        {
            var fault = bounds.AdmitAdviceEvents(levels, step.Events.Count);
            if (fault != JournalFault.None) return fault;
        }

        var isThere = step.CloseAdvice is { } closed
            ? statements.DeleteAdvice(closed)
            : statements.UpdateAdvice(step.UpdateAdvice!);
        if (!isThere) return JournalFault.NotFound;

        levels = levels with
        {
            AdviceRows = levels.AdviceRows - (step.CloseAdvice is null ? 0 : 1),
            UsedPages = levels.UsedPages + (step.Events.Count == 0 ? 0 : JournalBounds.AdviceEventPagesMax),
        };
        return JournalFault.None;
    }

    private int Remove(IReadOnlyList<PendingEvent> told)
    {
        var removed = 0;
        for (var i = 0; i < told.Count;)
        {
            // The relay mostly gives runs; a run without a gap is one statement.
            var first = told[i].Sequence;
            var last = first;
            while (++i < told.Count && told[i].Sequence == last + 1) last = told[i].Sequence;
            removed += statements.DeleteEvents(first, last);
        }

        foreach (var e in told)
        {
            Changes.Remove(e.Sequence);
            var key = EventKey.Of(e.EventId);
            // It may have been taken out, and an event of the same id put in, while Kafka was told.
            if (Events.Find(key) == e.Sequence) Events.Remove(key);
        }

        return removed;
    }
}
