using Switch.Contracts.V1;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>
/// Ends a request that this instance has the claim of: journal, store, answer, in this order. The journal comes first
/// because a terminal must never know more than it does. The store decides whether the outcome stands: until it has
/// said so no terminal is told and no event leaves, for whoever finds the claim's lease run out may end it otherwise.
/// What does not stand is taken back.
/// </summary>
internal sealed class Conclusions
{
    private readonly RecordStore _records;
    private readonly RequestCoordinator _requests;
    private readonly OpenClaimIndex _index;
    private readonly UnfinishedRequests _unfinished;
    private readonly LateReversals _late;
    private readonly IJournal _journal;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly ILogger<Conclusions> _logger;

    public Conclusions(
        RecordStore records, RequestCoordinator requests, OpenClaimIndex index, UnfinishedRequests unfinished,
        LateReversals late, IJournal journal, AuthorizationTelemetry telemetry, TimeProvider time,
        ILogger<Conclusions> logger)
    {
        _records = records;
        _requests = requests;
        _index = index;
        _unfinished = unfinished;
        _late = late;
        _journal = journal;
        _telemetry = telemetry;
        _time = time;
        _logger = logger;
    }

    /// <summary>The answer that stands, or why there is none yet. The claim is ended, or left to recovery.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="conclusion">How it is to end.</param>
    /// <param name="patience">
    /// How long to wait for a store that does not answer, or infinite; the end goes on without the caller after that.
    /// </param>
    public async ValueTask<AuthorizationResult> ConcludeAsync(Claim claim, Conclusion conclusion, TimeSpan patience)
    {
        JournalFault fault;
        using (_telemetry.Begin(Stages.JournalOutcome)) fault = await JournalAsync(claim, conclusion);
        if (fault != JournalFault.None)
        {
            // The intent is still on disk, so recovery will reverse; until then nobody may act on this key.
            Log.OutcomeNotJournalled(_logger, claim.TransactionId, fault);
            LeaveUnfinished(claim, nothingSent: false);
            return Refusal.InProgress;
        }

        if (conclusion.Doubt is { } doubt)
            Log.TakenBack(_logger, doubt.Attempt, claim.TransactionId, doubt.Acquirer, doubt.Cause, doubt.Detail);

        FencedResult completed;
        using (_telemetry.Begin(Stages.Complete)) completed = await CompleteAsync(claim, conclusion);

        if (completed.Kind != FencedKind.Unavailable) return await SettleAsync(claim, conclusion, completed);

        var later = ConcludeLaterAsync(claim, conclusion);
        if (patience == Timeout.InfiniteTimeSpan) return await later;
        try
        {
            return await later.WaitAsync(patience > TimeSpan.Zero ? patience : TimeSpan.Zero, _time);
        }
        catch (TimeoutException)
        {
            return Refusal.InProgress;
        }
    }

    /// <summary>Ends a claim whose request nobody here can end now; recovery will.</summary>
    public void LeaveUnfinished(Claim claim, bool nothingSent)
    {
        _requests.Abandon(claim, nothingSent);
        _unfinished.Add(new UnfinishedRequest(claim, nothingSent));
    }

    private ValueTask<JournalFault> JournalAsync(Claim claim, Conclusion conclusion)
    {
        var record = _records.EncodeFinal(claim, conclusion.Final);
        var outcome = new OutcomeRow(claim.TransactionId, _time.GetUtcNow().ToUnixTimeMilliseconds(), record);
        var step = conclusion.Step with { Outcome = outcome };
        return _journal.IsUnsettled(claim.TransactionId) ? ReplaceAsync(claim, step) : _journal.WriteAsync(step);
    }

    // There is an outcome of a claim that was lost. Of the same attempt: this one takes its place, in the same commit.
    // Of another: that one is taken back first, for it has a reversal of its own.
    private async ValueTask<JournalFault> ReplaceAsync(Claim claim, JournalStep step)
    {
        var fault = await _late.SupersedeOtherAsync(claim);
        if (fault != JournalFault.None) return fault;
        return await _journal.WriteAsync(Outcomes.InPlaceOf(claim.TransactionId, step));
    }

    private ValueTask<FencedResult> CompleteAsync(Claim claim, Conclusion conclusion) =>
        conclusion.Step.Advice is null
            ? _requests.CompleteAsync(claim, conclusion.Final)
            : CompleteOwingAsync(claim, conclusion);

    // Should this instance and its disk be lost, somebody else has to know what is owed: the note in the index is there
    // before the record says so.
    private async ValueTask<FencedResult> CompleteOwingAsync(Claim claim, Conclusion conclusion)
    {
        if (!await _index.KeepAsync(claim.TransactionId)) return new FencedResult(FencedKind.Unavailable, default);
        return await _requests.CompleteAsync(claim, conclusion.Final);
    }

    // Whatever becomes of the caller. Never throws: nobody may be waiting any more.
    private async Task<AuthorizationResult> ConcludeLaterAsync(Claim claim, Conclusion conclusion)
    {
        try
        {
            var completed = await _requests.CompleteUntilKnownAsync(() => CompleteAsync(claim, conclusion));
            if (completed.Kind != FencedKind.Unavailable) return await SettleAsync(claim, conclusion, completed);
        }
        catch (Exception e)
        {
            Log.AuthorizationFailed(_logger, claim.TransactionId, e);
        }

        // The service stops, or has a bug: the journal says what is left to do.
        _requests.Abandon(claim);
        return Refusal.InProgress;
    }

    private async ValueTask<AuthorizationResult> SettleAsync(
        Claim claim, Conclusion conclusion, FencedResult completed)
    {
        if (completed.Kind == FencedKind.Done)
        {
            _journal.Settle(claim.TransactionId);
            _requests.End(claim, conclusion.Final.Answer);
            return conclusion.Answer;
        }

        Log.ClaimLost(_logger, claim.TransactionId);
        if (completed.Current is { HasValue: true, State: RecordState.InFlight })
        {
            // Whoever took over has not ended it, and may die as well: what the journal knows of it stays until it is
            // ended.
            _requests.Abandon(claim);
            return Refusal.InProgress;
        }

        var (_, data, flags) = conclusion.Final;
        if (await _late.SupersedeAsync(claim.TransactionId, data, flags, completed.Current) != JournalFault.None)
        {
            LeaveUnfinished(claim, nothingSent: false);
            return Refusal.InProgress;
        }

        if (completed.Current is not { HasValue: true, State: RecordState.Final } standing)
        {
            _requests.Abandon(claim);
            return Refusal.InProgress;
        }

        _requests.End(claim, standing.Answer);
        return Replay(standing.Answer);
    }

    /// <summary>A stored answer as a repeat gets it.</summary>
    public static AuthorizeResponse Replay(ReadOnlyMemory<byte> stored)
    {
        var answer = AuthorizeResponse.Parser.ParseFrom(stored.Span);
        answer.Replayed = true;
        return answer;
    }
}
