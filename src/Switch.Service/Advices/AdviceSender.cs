using Switch.Service.Acquirers;
using Switch.Service.Events;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;

namespace Switch.Service.Advices;

/// <summary>
/// Sends one advice once and makes what came of it durable. The journal knows of a first transmission before its first
/// byte leaves, so that after a crash it is repeated as a repeat (0421) and never sent as new; and nothing is told or
/// forgotten as settled before the journal has it.
/// </summary>
internal sealed class AdviceSender
{
    private readonly IJournal _journal;
    private readonly TransactionEvents _events;
    private readonly AdviceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<AdviceSender> _logger;
    private readonly Random _random;

    public AdviceSender(
        IJournal journal, TransactionEvents events, AdviceMetrics metrics, TimeProvider time,
        ILogger<AdviceSender> logger, Random? random = null)
    {
        _journal = journal;
        _events = events;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _random = random ?? Random.Shared;
    }

    /// <summary>
    /// Awaited after an acquirer has settled an advice, which a crash in between loses, and before a person's decision
    /// to close one is written; the row is as it was. Gives whether everybody else knows that nothing is owed. An
    /// exception is logged and counts as no.
    /// </summary>
    public Func<AdviceRow, ValueTask<bool>>? Settled { get; set; }

    /// <summary>One transmission from look-up to its durable end.</summary>
    /// <exception cref="OperationCanceledException">Stopped before the end was durable: repeated later.</exception>
    public async ValueTask<AdviceEnd> SendAsync(AdviceEntry entry, CancellationToken stoppingToken)
    {
        var row = await _journal.FindAdviceAsync(entry.Id, stoppingToken);
        if (row is null || row.Sequence != entry.Sequence) return AdviceEnd.Gone;
        if (AdviceRecords.TryParse(row) is not { } record) return await ParkUnreadableAsync(entry, stoppingToken);

        if (entry.Lane.Acquirer is { } acquirer)
        {
            var fault = await MarkAsync(entry);
            if (fault == JournalFault.NotFound) return AdviceEnd.Gone;
            if (fault != JournalFault.None) return AdviceEnd.Again(AdvicePauses.JournalMax);
            var result = await acquirer.ReverseAsync(record, isRepeat: entry.Tries > 0);
            return await EndAsync(entry, row, record, result, stoppingToken);
        }

        var unknown = ReversalResult.Unsendable("acquirer_unknown");
        return await EndAsync(entry, row, record, unknown, stoppingToken);
    }

    /// <summary>Tells whoever asked that an advice is not owed any more, and gives whether it took.</summary>
    public async ValueTask<bool> TellAsync(AdviceRow row)
    {
        if (Settled is not { } settled) return true;
        try
        {
            return await settled(row);
        }
        catch (Exception e)
        {
            Log.AdviceNotTold(_logger, row.AdviceId, e);
            return false;
        }
    }

    private async ValueTask<JournalFault> MarkAsync(AdviceEntry entry)
    {
        if (entry.IsMarked) return JournalFault.None;
        var mark = new AdviceUpdate(entry.Id, AdviceStates.Pending, 1, NowMs, "");
        var fault = await _journal.WriteAsync(new JournalStep { UpdateAdvice = mark });
        entry.IsMarked = fault == JournalFault.None;
        return fault;
    }

    private async ValueTask<AdviceEnd> EndAsync(
        AdviceEntry entry, AdviceRow row, ReversalRecord record, ReversalResult result, CancellationToken stoppingToken)
    {
        if (result.Kind is ReversalKind.Replied or ReversalKind.SentUnknown) entry.Tries++;
        var verdict = entry.Lane.Rules.Decide(result, entry.Tries);
        _metrics.Transmitted(entry.Lane.Name, verdict.Fate);
        if (verdict.Fate == AdviceFate.TryAgainSoon)
            return AdviceEnd.Again(AdvicePauses.AfterNotSent(++entry.NotSent), pausesLink: true);

        entry.NotSent = 0;
        return verdict.Fate switch
        {
            AdviceFate.Settled => await CloseAsync(entry, row, record, result.Code, stoppingToken),
            AdviceFate.RetryLater => await RetryAsync(entry, verdict.Reason),
            _ => await ParkAsync(entry, record, result.Code, verdict.Reason, stoppingToken),
        };
    }

    private async ValueTask<AdviceEnd> CloseAsync(
        AdviceEntry entry, AdviceRow row, ReversalRecord record, string code, CancellationToken stoppingToken)
    {
        var step = new JournalStep
        {
            CloseAdvice = entry.Id,
            Events = [_events.ReversalAcknowledged(record, code)],
        };
        if (await WriteAsync(entry, step, stoppingToken) == JournalFault.Refused)
            return AdviceEnd.Again(entry.Lane.Options.RetryMax);
        Log.AdviceSettled(_logger, entry.TransactionId, entry.Lane.Name, code, entry.Tries);
        await TellAsync(row);
        return AdviceEnd.Gone;
    }

    private async ValueTask<AdviceEnd> RetryAsync(AdviceEntry entry, string reason)
    {
        var pause = AdvicePauses.AfterTry(entry.Tries, entry.Lane.Options, _random);
        Log.AdviceRetried(_logger, entry.Tries, entry.TransactionId, entry.Lane.Name, reason, pause);
        var update = new AdviceUpdate(
            entry.Id, AdviceStates.Pending, entry.Tries, NowMs + (long)pause.TotalMilliseconds, reason);
        // Should this be lost, a restart repeats sooner and counts one try less; no money hangs on it.
        var fault = await _journal.WriteAsync(new JournalStep { UpdateAdvice = update });
        return fault == JournalFault.NotFound ? AdviceEnd.Gone : AdviceEnd.Again(pause);
    }

    private async ValueTask<AdviceEnd> ParkAsync(
        AdviceEntry entry, ReversalRecord record, string code, string reason, CancellationToken stoppingToken)
    {
        var step = new JournalStep
        {
            UpdateAdvice = new AdviceUpdate(entry.Id, AdviceStates.Parked, entry.Tries, NowMs, reason),
            Events = [_events.ReversalParked(record, code, reason)],
        };
        return await ParkAsync(entry, step, reason, stoppingToken);
    }

    private ValueTask<AdviceEnd> ParkUnreadableAsync(AdviceEntry entry, CancellationToken stoppingToken)
    {
        // Without its record there are no facts for an event; the row, the metric and the log still show it.
        const string Reason = "record_not_readable";
        var update = new AdviceUpdate(entry.Id, AdviceStates.Parked, entry.Tries, NowMs, Reason);
        return ParkAsync(entry, new JournalStep { UpdateAdvice = update }, Reason, stoppingToken);
    }

    private async ValueTask<AdviceEnd> ParkAsync(
        AdviceEntry entry, JournalStep step, string reason, CancellationToken stoppingToken)
    {
        switch (await WriteAsync(entry, step, stoppingToken))
        {
            case JournalFault.NotFound:
                return AdviceEnd.Gone;
            case JournalFault.Refused:
                return AdviceEnd.Again(entry.Lane.Options.RetryMax);
            default:
                Log.AdviceParked(_logger, entry.TransactionId, entry.Lane.Name, reason);
                return AdviceEnd.Parked;
        }
    }

    // A journal that has no room or no disk now has it later; the acquirer's answer is not asked for again meanwhile.
    private async ValueTask<JournalFault> WriteAsync(
        AdviceEntry entry, JournalStep step, CancellationToken stoppingToken)
    {
        var pause = AdvicePauses.JournalMin;
        while (true)
        {
            var fault = await _journal.WriteAsync(step);
            if (fault is JournalFault.None or JournalFault.NotFound or JournalFault.Refused) return fault;
            stoppingToken.ThrowIfCancellationRequested();
            Log.AdviceNotJournalled(_logger, entry.Id, fault);
            await Task.Delay(pause, _time, stoppingToken);
            pause = pause * 2 < AdvicePauses.JournalMax ? pause * 2 : AdvicePauses.JournalMax;
        }
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
