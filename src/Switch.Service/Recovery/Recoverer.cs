using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;

namespace Switch.Service.Recovery;

/// <summary>
/// Ends what the journal of this instance says is not ended (S8): intents without an outcome, and outcomes of which it
/// is not known whether they stand. Take the claim, then act: two recoverers never both do.
/// </summary>
internal sealed class Recoverer
{
    private readonly RecordStore _records;
    private readonly RequestCoordinator _requests;
    private readonly OpenClaimIndex _index;
    private readonly InDoubt _doubts;
    private readonly LateReversals _late;
    private readonly IJournal _journal;
    private readonly ILogger<Recoverer> _logger;

    public Recoverer(
        RecordStore records, RequestCoordinator requests, OpenClaimIndex index, InDoubt doubts, LateReversals late,
        IJournal journal, ILogger<Recoverer> logger)
    {
        _records = records;
        _index = index;
        _requests = requests;
        _doubts = doubts;
        _late = late;
        _journal = journal;
        _logger = logger;
    }

    /// <summary>Whether the intent is ended, here or elsewhere.</summary>
    public async ValueTask<bool> TryEndIntentAsync(IntentRow intent)
    {
        if (!IdempotencyRecord.TryDecode(intent.Detail, out var record, out var fault)
            || !AttemptRecord.TryParse(record.ReversalData, out var attempt))
        {
            // Nothing can be reversed from it; it stays for a person to look at.
            Log.IntentUnreadable(_logger, intent.TransactionId, fault);
            return true;
        }

        var (claim, taken) = await _requests.TryTakeAsync(intent.TransactionId, record, holderIsGone: true);
        if (claim is null && taken.Record is { HasValue: true, State: RecordState.InFlight } standing)
            (claim, taken) = await TakeOverAsync(intent.TransactionId, standing);
        if (claim is not null) return await FinishAsync(claim);

        // Unavailable, or somebody is at work on the request.
        if (taken.Record is not { HasValue: true } ended || ended.State == RecordState.InFlight) return false;
        return await EndAsSupersededAsync(intent.TransactionId, attempt, record.Fence, ended);
    }

    /// <summary>Whether it is known whether an unsettled outcome stands, and the consequences are drawn.</summary>
    public async ValueTask<bool> TrySettleAsync(string transactionId)
    {
        IdempotencyRecord standing;
        using (var hold = _requests.TryHold(transactionId))
        {
            if (hold is null) return false;
            if (_journal.FindUnsettled(transactionId) is not { } outcome) return true;
            if (!IdempotencyRecord.TryDecode(outcome.Record, out var kept, out _))
            {
                _journal.Settle(transactionId);
                return true;
            }

            if (kept.ReversalOwed && !await _index.KeepAsync(transactionId)) return false;
            var completed = await _records.CompleteKeptAsync(transactionId, kept);
            if (completed.Kind == FencedKind.Done)
            {
                _journal.Settle(transactionId);
                return true;
            }

            if (completed.Kind != FencedKind.LostClaim) return false;
            standing = completed.Current;
            if (standing.State != RecordState.InFlight)
                return await _late.SupersedeAsync(transactionId, kept.ReversalData, kept.Flags, standing)
                    == JournalFault.None;
        }

        // The claim was taken over and is not ended; until it is, what is known here stays.
        var (claim, _) = await TakeOverAsync(transactionId, standing);
        return claim is not null && await FinishAsync(claim);
    }

    /// <summary>Whether a request that this process had to leave is ended.</summary>
    public async ValueTask<bool> TryEndAsync(UnfinishedRequest unfinished)
    {
        var transactionId = unfinished.Claim.TransactionId;
        // What has an outcome in the journal is settled with the others.
        if (_journal.IsUnsettled(transactionId)) return true;
        if (unfinished.NothingSent) return await TryReleaseAsync(unfinished.Claim);
        return _journal.FindIntent(transactionId) is not { } intent || await TryEndIntentAsync(intent);
    }

    private async ValueTask<bool> TryReleaseAsync(Claim claim)
    {
        // Whoever has the seat waits for this very claim to go, unless it was taken over since: then the intent is that
        // of another claim, which may have been sent.
        if (_journal.FindIntent(claim.TransactionId) is { } intent
            && IdempotencyRecord.TryDecode(intent.Detail, out var record, out _) && record.Fence == claim.Fence
            && !await WriteAsync(new JournalStep { CloseIntent = claim.TransactionId }))
            return false;
        return await _records.ReleaseAsync(claim) != FencedKind.Unavailable;
    }

    // A claim that was taken over before. By this journal's instance, which then died or gave up: take it again. By
    // another: that one ends it, or its lease ends.
    private ValueTask<(Claim? Claim, ClaimResult Result)> TakeOverAsync(
        string transactionId, IdempotencyRecord standing) =>
        _requests.TryTakeAsync(transactionId, standing, holderIsGone: standing.Owner.Journal == _journal.Id);

    // Whether it has an answer; otherwise a later round looks again.
    private async ValueTask<bool> FinishAsync(Claim claim) =>
        (await _doubts.FinishAsync(claim, InDoubt.RecoveryPatience)).Answer is not null;

    // The request was ended by another. Whether that one knows of our attempt decides.
    private async ValueTask<bool> EndAsSupersededAsync(
        string transactionId, AttemptRecord attempt, Fence fence, IdempotencyRecord standing)
    {
        if (standing.Fence == fence || standing.Covers(attempt))
            return await WriteAsync(new JournalStep { CloseIntent = transactionId });

        // Another attempt of the same request, made after the store had lost our claim.
        Log.IntentSuperseded(_logger, transactionId, standing.IsApprovalAt(attempt.Acquirer));
        return await _late.ReverseIntentAsync(attempt, standing) == JournalFault.None;
    }

    private async ValueTask<bool> WriteAsync(JournalStep step) =>
        await _journal.WriteAsync(step) == JournalFault.None;
}
