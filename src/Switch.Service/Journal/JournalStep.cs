namespace Switch.Service.Journal;

/// <summary>
/// One durable step: all of it commits or none of it. It opens an intent, or closes one, or changes an advice that is
/// there, or does none of these; never two.
/// </summary>
internal sealed record JournalStep
{
    /// <summary>
    /// Most events of one step. An outcome has one, and one more when it owes a reversal; the bound is what the reserve
    /// for open intents is computed from, see <see cref="JournalBounds"/>.
    /// </summary>
    public const int EventsMax = 4;

    /// <summary>
    /// Most bytes of a payload or detail. With four texts of <see cref="TextMax"/> bytes a row of the outbox still fits
    /// one 4,096-byte page of SQLite (4,061 usable): 3,072 + 4 × 128 = 3,584.
    /// </summary>
    public const int BytesMax = 3_072;

    /// <summary>Most characters of any text in a row; they are all ASCII in practice.</summary>
    public const int TextMax = 128;

    /// <summary>The attempt that is about to be sent.</summary>
    public IntentRow? OpenIntent { get; init; }

    /// <summary>The transaction id whose intent ends with this step.</summary>
    public string? CloseIntent { get; init; }

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<OutboxRow> Events { get; init; } = [];

    /// <summary>What is owed to the acquirer.</summary>
    public AdviceRow? Advice { get; init; }

    /// <summary>The id of an advice in whose place <see cref="Advice"/> is owed; it may be gone already.</summary>
    public string? ReplaceAdvice { get; init; }

    /// <summary>The record that the shared store is to have, or to lose when its bytes are empty.</summary>
    public OutcomeRow? Outcome { get; init; }

    /// <summary>Ids of events that must not be told: what they say did not stand.</summary>
    public IReadOnlyList<string> RemoveEvents { get; init; } = [];

    /// <summary>A terminal's reversal that is accepted and cannot be looked into yet.</summary>
    public DeferredReversal? DeferReversal { get; init; }

    /// <summary>The transaction of a deferred reversal that has been looked into.</summary>
    public string? CloseDeferred { get; init; }

    /// <summary>What changes in an advice that waits already.</summary>
    public AdviceUpdate? UpdateAdvice { get; init; }

    /// <summary>The id of an advice that nobody owes any more; its row goes, and the sealed card with it.</summary>
    public string? CloseAdvice { get; init; }

    /// <summary>Whether an advice that waits already is changed or closed.</summary>
    public bool ChangesAdvice => UpdateAdvice is not null || CloseAdvice is not null;

    /// <summary>
    /// Whether every row keeps the bounds above; checked before a step may join others in a transaction.
    /// </summary>
    public bool IsWithinBounds()
    {
        if (OpenIntent is not null && CloseIntent is not null) return false;
        if (ChangesAdvice && !IsAdviceChange()) return false;
        if (OpenIntent is { } intent && !IsWithinBounds(intent)) return false;
        if (CloseIntent is not null && !IsText(CloseIntent)) return false;
        if (Advice is { } advice && !IsWithinBounds(advice)) return false;
        if (ReplaceAdvice is not null && (Advice is null || !IsText(ReplaceAdvice))) return false;
        if (Outcome is { } outcome && (!IsText(outcome.TransactionId) || outcome.Record.Length > BytesMax))
            return false;
        if (DeferReversal is not null && !IsText(DeferReversal.TransactionId)) return false;
        if (CloseDeferred is not null && !IsText(CloseDeferred)) return false;
        if (Events.Count > EventsMax) return false;
        for (var i = 0; i < Events.Count; i++)
            if (!IsWithinBounds(Events[i])) return false;

        return true;
    }

    private static bool IsWithinBounds(IntentRow row) =>
        IsText(row.TransactionId) && IsText(row.Acquirer) && IsText(row.Rrn) && row.Detail.Length <= BytesMax;

    private static bool IsWithinBounds(AdviceRow row) =>
        IsText(row.AdviceId) && IsText(row.TransactionId) && IsText(row.Acquirer) && IsText(row.Kind)
        && IsText(row.State) && IsText(row.Rrn) && row.Reason.Length <= TextMax && row.Detail.Length <= BytesMax;

    private bool IsAdviceChange()
    {
        if (OpenIntent is not null || CloseIntent is not null || Advice is not null) return false;
        if (UpdateAdvice is not { } update) return IsText(CloseAdvice);
        return CloseAdvice is null && IsText(update.AdviceId) && IsText(update.State)
            && update.Reason.Length <= TextMax;
    }

    private static bool IsWithinBounds(OutboxRow row) =>
        IsText(row.EventId) && IsText(row.PartitionKey) && IsText(row.Type)
        && (row.TraceParent is null || row.TraceParent.Length <= TextMax) && row.Payload.Length <= BytesMax;

    private static bool IsText(string? text) => text is { Length: > 0 and <= TextMax };
}
