namespace Switch.Service.Journal;

/// <content>What is kept of requests that are ended, and what stands beside it.</content>
internal sealed partial class JournalStatements
{
    /// <summary>Adds a kept record.</summary>
    public void InsertOutcome(long sequence, OutcomeRow row)
    {
        _insertOutcome.Bind(1, sequence);
        _insertOutcome.Bind(2, row.TransactionId);
        _insertOutcome.Bind(3, row.AtMs);
        _insertOutcome.Bind(4, row.IsSettled ? 1 : 0);
        _insertOutcome.Bind(5, row.Record.Span);
        _insertOutcome.Execute();
    }

    /// <summary>Removes the oldest kept records.</summary>
    /// <param name="through">None after this sequence.</param>
    /// <param name="max">At most this many.</param>
    /// <param name="beforeMs">None from this time on.</param>
    /// <returns>How many there were.</returns>
    public int TrimOutcomes(long through, int max, long beforeMs)
    {
        _trimOutcomes.Bind(1, through);
        _trimOutcomes.Bind(2, max);
        _trimOutcomes.Bind(3, beforeMs);
        return _trimOutcomes.Execute();
    }

    /// <summary>When the oldest kept record was written; null when there is none.</summary>
    public long? OldestOutcomeMs() => _oldestOutcome.Number();

    /// <summary>Removes an event from the outbox; false when it is not at that sequence.</summary>
    public bool RemoveEvent(long sequence, string eventId)
    {
        _removeEvent.Bind(1, sequence);
        _removeEvent.Bind(2, eventId);
        return _removeEvent.Execute() > 0;
    }

    /// <summary>Notes a reversal that is to be looked into later; a second time changes nothing.</summary>
    public void DeferReversal(DeferredReversal deferred, long atMs)
    {
        _defer.Parameters[0].Value = deferred.TransactionId;
        _defer.Parameters[1].Value = (int)deferred.Reason;
        _defer.Parameters[2].Value = atMs;
        _defer.ExecuteNonQuery();
    }

    /// <summary>Forgets a deferred reversal.</summary>
    public void CloseDeferred(string transactionId)
    {
        _closeDeferred.Parameters[0].Value = transactionId;
        _closeDeferred.ExecuteNonQuery();
    }

    /// <summary>Writes a note.</summary>
    public void SetNote(string name, string value)
    {
        _setNote.Parameters[0].Value = name;
        _setNote.Parameters[1].Value = value;
        _setNote.ExecuteNonQuery();
    }
}
