using Switch.Contracts.V1;
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
    private readonly Conclusions _conclusions;
    private readonly Outcomes _outcomes;
    private readonly IJournal _journal;
    private readonly ILogger<Recoverer> _logger;

    public Recoverer(
        RecordStore records, RequestCoordinator requests, OpenClaimIndex index, InDoubt doubts, Conclusions conclusions,
        Outcomes outcomes, IJournal journal, ILogger<Recoverer> logger)
    {
        _records = records;
        _index = index;
        _requests = requests;
        _doubts = doubts;
        _conclusions = conclusions;
        _outcomes = outcomes;
        _journal = journal;
        _logger = logger;
    }

    /// <summary>Whether the intent is ended, here or elsewhere.</summary>
    public async ValueTask<bool> TryEndIntentAsync(IntentRow intent)
    {
        if (!IdempotencyRecord.TryDecode(intent.Detail, out var record, out var fault))
        {
            // Nothing can be reversed from it; it stays for a person to look at.
            Log.IntentUnreadable(_logger, intent.TransactionId, fault);
            return true;
        }

        var (claim, taken) = await _requests.TryTakeAsync(intent.TransactionId, record, holderIsGone: true);
        if (claim is null && taken.Record is { HasValue: true, State: RecordState.InFlight } standing)
        {
            // Taken over before. By this journal's instance, which then died or gave up: take it again. By another:
            // that one ends it, or its lease ends; the intent stays until then, for that one may die as well.
            var isOwn = standing.Owner.Journal == _journal.Id;
            (claim, taken) = await _requests.TryTakeAsync(intent.TransactionId, standing, holderIsGone: isOwn);
            if (claim is not null && !claim.Attempt.Span.SequenceEqual(record.ReversalData.Span))
            {
                // Another attempt than ours: both have to be reversed, ours on its own, and first, for the end of the
                // request takes the intent with it.
                var ours = AttemptRecord.Parser.ParseFrom(record.ReversalData.Span);
                var isOwed = await WriteAsync(_outcomes.LateReversal(ours, isParked: false));
                if (isOwed) await _doubts.FinishAsync(claim, Timeout.InfiniteTimeSpan);
                else _requests.Abandon(claim);
                return isOwed;
            }
        }

        if (claim is not null)
        {
            await _doubts.FinishAsync(claim, Timeout.InfiniteTimeSpan);
            return true;
        }

        // Unavailable, or somebody is at work on the request.
        if (taken.Record is not { HasValue: true } ended || ended.State == RecordState.InFlight) return false;
        return await EndAsSupersededAsync(intent, record, ended);
    }

    /// <summary>Whether it is known whether the outcome stands, and the consequences are drawn.</summary>
    public async ValueTask<bool> TrySettleAsync(OutcomeRow outcome)
    {
        if (!IdempotencyRecord.TryDecode(outcome.Record, out var record, out _))
        {
            _journal.Settle(outcome.TransactionId);
            return true;
        }

        if (record.ReversalOwed && !await _index.KeepAsync(outcome.TransactionId)) return false;
        var completed = await _records.CompleteKeptAsync(outcome.TransactionId, record);
        switch (completed.Kind)
        {
            case FencedKind.Done:
                _journal.Settle(outcome.TransactionId);
                return true;
            case FencedKind.LostClaim when completed.Current.State == RecordState.InFlight:
                return await TryReplaceAsync(outcome.TransactionId, record, completed.Current);
            case FencedKind.LostClaim:
                return await _conclusions.TrySupersedeAsync(
                    outcome.TransactionId, new FinalAnswer(record.Answer, record.ReversalData, record.Flags));
            default:
                return false;
        }
    }

    // The claim was taken over and is not ended. As with an intent: this journal's own is taken again, another's when
    // its lease has ended; until then what is known here stays.
    private async ValueTask<bool> TryReplaceAsync(
        string transactionId, IdempotencyRecord kept, IdempotencyRecord standing)
    {
        var isOwn = standing.Owner.Journal == _journal.Id;
        var (claim, _) = await _requests.TryTakeAsync(transactionId, standing, holderIsGone: isOwn);
        if (claim is null) return false;
        if (!kept.ReversalData.IsEmpty && !kept.ReversalOwed)
        {
            // An approval. It is reversed with the claim's attempt, unless that is another one.
            var attempt = ReversalRecord.Parser.ParseFrom(kept.ReversalData.Span).Original;
            var isClaimed = !claim.Attempt.IsEmpty
                && attempt.Equals(AttemptRecord.Parser.ParseFrom(claim.Attempt.Span));
            if (!isClaimed && !await WriteAsync(_outcomes.LateReversal(attempt, isParked: false)))
            {
                _requests.Abandon(claim);
                return false;
            }
        }

        await _doubts.FinishAsync(claim, Timeout.InfiniteTimeSpan);
        return true;
    }

    /// <summary>Whether a request that this process had to leave is ended.</summary>
    public async ValueTask<bool> TryEndAsync(UnfinishedRequest unfinished)
    {
        var transactionId = unfinished.Claim.TransactionId;
        // What has an outcome in the journal is settled with the others.
        if (_journal.IsUnsettled(transactionId)) return true;
        if (unfinished.NothingSent)
        {
            var closed = await _journal.WriteAsync(new JournalStep { CloseIntent = transactionId });
            return closed == JournalFault.None
                && await _records.ReleaseAsync(unfinished.Claim) != FencedKind.Unavailable;
        }

        return _journal.FindIntent(transactionId) is not { } intent || await TryEndIntentAsync(intent);
    }

    // The request was ended, or is being ended, by another. Whether that one knows of our attempt decides.
    private async ValueTask<bool> EndAsSupersededAsync(
        IntentRow intent, IdempotencyRecord record, IdempotencyRecord standing)
    {
        var attempt = AttemptRecord.Parser.ParseFrom(record.ReversalData.Span);
        if (standing.Fence == record.Fence || Covers(standing, attempt))
            return await WriteAsync(new JournalStep { CloseIntent = intent.TransactionId });

        // Another attempt of the same request, made after the store had lost our claim.
        var isApproved = standing.State == RecordState.Final && IsApproval(standing);
        Log.IntentSuperseded(_logger, intent.TransactionId, isApproved);
        return await WriteAsync(_outcomes.LateReversal(attempt, isParked: isApproved));
    }

    private static bool Covers(IdempotencyRecord standing, AttemptRecord attempt)
    {
        if (standing.ReversalData.IsEmpty) return false;
        var reversed = ReversalRecord.Parser.ParseFrom(standing.ReversalData.Span).Original;
        return reversed.Acquirer == attempt.Acquirer && reversed.Stan == attempt.Stan
            && reversed.TransmissionDateTime == attempt.TransmissionDateTime;
    }

    private static bool IsApproval(IdempotencyRecord standing) =>
        AuthorizeResponse.Parser.ParseFrom(standing.Answer.Span).Outcome
            is Outcome.Approved or Outcome.PartiallyApproved;

    private async ValueTask<bool> WriteAsync(JournalStep step) =>
        await _journal.WriteAsync(step) == JournalFault.None;
}
