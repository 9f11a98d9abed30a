using System.Globalization;

namespace Switch.Service.Journal;

/// <summary>
/// Forgets kept records and remembers what is settled, inside transactions that are committed anyway. The writer's
/// thread only.
/// </summary>
internal sealed class JournalUpkeep(
    JournalOptions options, JournalStatements statements, JournalBounds bounds, UnsettledOutcomes unsettled,
    JournalMetrics metrics, TimeProvider time)
{
    /// <summary>Every outcome up to this sequence is known to stand in the shared store.</summary>
    public const string SettledNote = "settled_through";

    /// <summary>After a restart no event is given a sequence up to this one.</summary>
    public const string EventsNote = "events_through";

    /// <summary>Sequences of events that one note sets aside, so that few commits have one.</summary>
    private const int EventsAside = 1000;

    /// <summary>Kept records removed in one commit beyond twice those that it adds.</summary>
    private const int TrimMin = 256;

    private long _settledThrough = unsettled.SettledThrough;
    private long _oldestOutcomeMs;
    private long _eventsThrough = -1;

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private long KeptSinceMs => (time.GetUtcNow() - options.OutcomeRetention).ToUnixTimeMilliseconds();

    /// <summary>Whether an idle journal has a reason to commit.</summary>
    public bool IsDue(in JournalLevels levels) =>
        IsTrimDue(levels) || unsettled.SettledThrough != _settledThrough;

    /// <summary>The commit that was to hold what was done failed: it is due again.</summary>
    public void Undo()
    {
        _settledThrough = -1;
        _eventsThrough = -1;
    }

    /// <summary>Does what is due.</summary>
    /// <param name="writes">Writes of the transaction.</param>
    /// <param name="lastEvent">The last sequence that an event was given.</param>
    /// <param name="levels">The levels after them.</param>
    public void Run(int writes, long lastEvent, ref JournalLevels levels)
    {
        if (lastEvent > _eventsThrough)
        {
            _eventsThrough = lastEvent + EventsAside;
            Note(EventsNote, _eventsThrough);
        }

        var settled = unsettled.SettledThrough;
        if (settled != _settledThrough)
        {
            Note(SettledNote, settled);
            _settledThrough = settled;
        }

        if (!IsTrimDue(levels)) return;
        var max = (writes * 2) + TrimMin;
        var removed = statements.TrimOutcomes(settled, max, KeptSinceMs);
        levels = levels with { OutcomeRows = levels.OutcomeRows - removed };
        if (removed < max && IsCrowded(levels))
        {
            // No more than are too many, unless it is the file that is crowded: then who knows how many are.
            var excess = levels.UsedPages > bounds.CrowdedPages ? max : levels.OutcomeRows - options.OutcomeRowsMax;
            var early = statements.TrimOutcomes(settled, (int)Math.Min(excess, max - removed), long.MaxValue);
            metrics.ForgottenEarly(early);
            levels = levels with { OutcomeRows = levels.OutcomeRows - early };
        }

        // With none left the next to come is the oldest, and is not written before now.
        _oldestOutcomeMs = statements.OldestOutcomeMs() ?? NowMs;
    }

    private void Note(string name, long through) =>
        statements.SetNote(name, through.ToString(CultureInfo.InvariantCulture));

    private bool IsCrowded(in JournalLevels levels) =>
        levels.OutcomeRows > options.OutcomeRowsMax || levels.UsedPages > bounds.CrowdedPages;

    private bool IsTrimDue(in JournalLevels levels) =>
        levels.OutcomeRows > 0 && (_oldestOutcomeMs < KeptSinceMs || IsCrowded(levels));
}
