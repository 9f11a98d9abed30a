namespace Switch.Service.Journal;

/// <summary>How full the journal is. One value belongs to one commit.</summary>
/// <param name="OutboxRows">Events that wait for Kafka.</param>
/// <param name="OpenIntents">Attempts without an outcome.</param>
/// <param name="AdviceRows">Advices that wait for an acquirer.</param>
/// <param name="UsedPages">Pages of the file that hold something.</param>
/// <param name="OutcomeRows">Records kept for a store that loses its own.</param>
internal readonly record struct JournalLevels(
    long OutboxRows, long OpenIntents, long AdviceRows, long UsedPages, long OutcomeRows = 0);

/// <summary>
/// Decides what may still be written. An accepted payment can always record its outcome: every open intent has the
/// room for its outcome set aside, and new money is refused when there is none left to set aside. Because one thread
/// writes and knows all open intents, the reserve is exact and needs no setting.
/// </summary>
/// <remarks>
/// Set aside for each open intent: <see cref="JournalStep.EventsMax"/> rows of the outbox, one advice, and pages:
/// 4 rows of the outbox, at most one page each · 1 advice, one leaf page and one overflow page (3,072 bytes and its
/// texts may not fit one page) · its entry in the unique index on advice_id, 1 page · 1 kept record, at most one page ·
/// interior pages of four trees, far below one in fifty, counted as 2. Together 10 pages, 40 KiB.
/// What this cannot promise is space on a disk that others fill too; then an outcome is refused with
/// <see cref="JournalFault.Full"/>, and the intent that stays behind is reversed by recovery.
/// </remarks>
internal sealed class JournalBounds(JournalOptions options, long pagesMax)
{
    /// <summary>Pages that an outcome can take, as derived above.</summary>
    public const int OutcomePagesMax = 10;

    /// <summary>
    /// The event that goes with a change of an advice: leaf and interior pages. Less than an outcome, so that
    /// a file that takes no new money for want of room still lets go of advices.
    /// </summary>
    public const int AdviceEventPagesMax = 3;

    /// <summary>An intent: leaf, overflow page, interior page.</summary>
    public const int IntentPagesMax = 3;

    /// <summary>The probe's filler (8 pages of zeros) and the schema's roots, rounded up.</summary>
    private const int FixedPages = 32;

    /// <summary>Pages above which kept records go before their time: three in four.</summary>
    public long CrowdedPages => pagesMax / 4 * 3;

    /// <summary>Whether writes that nothing was set aside for still fit.</summary>
    /// <param name="levels">The levels before them.</param>
    /// <param name="intents">Intents to open.</param>
    /// <param name="events">Events to add.</param>
    /// <param name="advices">Advices to add.</param>
    public JournalFault Admit(in JournalLevels levels, int intents, int events, int advices)
    {
        var open = levels.OpenIntents + intents;
        if (!HasPlaceFor(events, levels.OutboxRows, open)) return JournalFault.OutboxFull;
        if (levels.AdviceRows + advices + open > options.AdviceRowsMax) return JournalFault.AdvicesFull;
        if (options.ReservedPagesPerIntent == 0) return JournalFault.None;

        var pages = levels.UsedPages + FixedPages + (open * options.ReservedPagesPerIntent);
        pages += intents * IntentPagesMax;
        if (events + advices > 0) pages += OutcomePagesMax;
        return pages > pagesMax ? JournalFault.Full : JournalFault.None;
    }

    /// <summary>Whether the events of a change to an advice fit. The number of advices cannot stand in its
    /// way.</summary>
    public JournalFault AdmitAdviceEvents(in JournalLevels levels, int events)
    {
        if (!HasPlaceFor(events, levels.OutboxRows, levels.OpenIntents)) return JournalFault.OutboxFull;
        if (options.ReservedPagesPerIntent == 0) return JournalFault.None;
        var pages = levels.UsedPages + FixedPages + (levels.OpenIntents * options.ReservedPagesPerIntent);
        return pages + AdviceEventPagesMax > pagesMax ? JournalFault.Full : JournalFault.None;
    }

    private bool HasPlaceFor(int events, long outboxRows, long openIntents) =>
        outboxRows + events + (openIntents * JournalStep.EventsMax) <= options.OutboxRowsMax;
}
