using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Hosting;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>One authorization from admission to answer; the steps are those of docs/architecture.md.</summary>
internal sealed class AuthorizePipeline
{
    private readonly InFlightGate _gate;
    private readonly ServiceState _state;
    private readonly RequestValidator _validator;
    private readonly PaymentRouter _router;
    private readonly RequestCoordinator _requests;
    private readonly AttemptRunner _attempts;
    private readonly Answers _answers;
    private readonly Outcomes _outcomes;
    private readonly IJournal _journal;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly TimeSpan _reserve;
    private readonly ILogger<AuthorizePipeline> _logger;

    public AuthorizePipeline(
        InFlightGate gate, ServiceState state, RequestValidator validator, PaymentRouter router,
        RequestCoordinator requests, AttemptRunner attempts, Answers answers, Outcomes outcomes, IJournal journal,
        AuthorizationTelemetry telemetry, SwitchOptions options, ILogger<AuthorizePipeline> logger)
    {
        _gate = gate;
        _state = state;
        _validator = validator;
        _router = router;
        _requests = requests;
        _attempts = attempts;
        _answers = answers;
        _outcomes = outcomes;
        _journal = journal;
        _telemetry = telemetry;
        _reserve = options.Deadlines.AnswerReserve;
        _logger = logger;
    }

    /// <summary>
    /// The final answer, or why there is none. Never throws for what may happen in production. Once this request owns
    /// its key the work runs to its outcome whatever becomes of the caller (S5); <paramref name="aborted"/> ends only
    /// the wait for another's answer.
    /// </summary>
    public async ValueTask<AuthorizationResult> ExecuteAsync(
        AuthorizeRequest message, CallerIdentity caller, Deadline deadline, CancellationToken aborted)
    {
        var started = _telemetry.Now;
        AuthorizationResult result;
        try
        {
            result = await AdmitAsync(message, caller, deadline, aborted);
        }
        catch (Exception e)
        {
            // Before a claim was made: nothing was sent, and nothing is left to end.
            Log.CallFailed(_logger, nameof(ExecuteAsync), e);
            result = Refusal.Internal;
        }

        if (result.Answer is { } answer) _telemetry.Answered(answer, message.EntryMode, started);
        else _telemetry.Refused(result.Refusal!.Reason);
        return result;
    }

    private async ValueTask<AuthorizationResult> AdmitAsync(
        AuthorizeRequest message, CallerIdentity caller, Deadline deadline, CancellationToken aborted)
    {
        using var permit = _gate.TryEnter();
        if (!permit.IsGranted) return Refusal.Overloaded;
        if (_state.Refuses is { } closed) return closed;

        var request = Validate(message, caller, out var refusal);
        if (request is null) return refusal!;
        if (deadline.LeftBut(_reserve) < AttemptRules.AttemptMin) return Refusal.DeadlineExceeded;

        var route = Route(request);
        var entry = await ClaimAsync(request, route, deadline, aborted);
        return entry.Kind switch
        {
            EnterKind.Owner => await ProcessAsync(request, route, entry.Claim!, deadline),
            EnterKind.Replay => Replay(entry.Answer),
            EnterKind.KeyReused => Reused(request),
            EnterKind.Tombstoned => await DeclineTombstonedAsync(request, route),
            EnterKind.InProgress => Refusal.InProgress,
            _ => Refusal.StoreUnavailable,
        };
    }

    // This request owns its key: whatever happens now, the claim is ended in one of three ways.
    private async ValueTask<AuthorizationResult> ProcessAsync(
        PaymentRequest request, PaymentRoute route, Claim claim, Deadline deadline)
    {
        try
        {
            var run = await _attempts.RunAsync(request, route, claim, deadline);
            if (run.Refusal is { } refusal) return await ReleaseAsync(claim, run, refusal);

            var answer = _answers.Of(request, run);
            if (!run.WasSent) return await AnswerNotSentAsync(claim, run, answer);

            var fault = await JournalAsync(_outcomes.Final(run, answer));
            if (fault != JournalFault.None)
            {
                // The intent is still on disk, so recovery will reverse; until then nobody may act on this key.
                Log.OutcomeNotJournalled(_logger, request.TransactionId, fault);
                _requests.Abandon(claim);
                return Refusal.InProgress;
            }

            return await CompleteAsync(claim, run, answer);
        }
        catch (Exception e)
        {
            Log.AuthorizationFailed(_logger, request.TransactionId, e);
            _requests.Abandon(claim);
            return Refusal.Internal;
        }
    }

    private async ValueTask<AuthorizationResult> CompleteAsync(Claim claim, AttemptRun run, AuthorizeResponse answer)
    {
        using var stage = _telemetry.Begin(Stages.Complete);
        var completed = await _requests.CompleteAsync(claim, answer.ToByteArray(), Outcomes.ReversalData(run));
        if (completed.Kind != FencedKind.LostClaim) return answer;

        Log.ClaimLost(_logger, claim.TransactionId);
        return Refusal.InProgress;
    }

    // Nothing of it reached an acquirer: no final answer exists, and a retry runs afresh (S2).
    private async ValueTask<AuthorizationResult> AnswerNotSentAsync(Claim claim, AttemptRun run, AuthorizeResponse answer)
    {
        var fault = await JournalAsync(_outcomes.NotSent(run, answer));
        if (fault != JournalFault.None && run.Count > 0)
        {
            // Its intent is still on disk, and recovery would reverse whatever a retry achieved under this key.
            _requests.Abandon(claim);
            return Refusal.JournalUnavailable;
        }

        await _requests.ReleaseAsync(claim);
        return fault == JournalFault.None ? answer : Refusal.JournalUnavailable;
    }

    private async ValueTask<AuthorizationResult> ReleaseAsync(Claim claim, AttemptRun run, Refusal refusal)
    {
        if (ReferenceEquals(refusal, Refusal.JournalFailing))
        {
            _requests.Abandon(claim);
            return refusal;
        }

        // An earlier attempt may have left its intent; it was provably never sent, so nothing is owed for it.
        if (run.Count > 0) await _journal.WriteAsync(new JournalStep { CloseIntent = claim.TransactionId });
        await _requests.ReleaseAsync(claim);
        return refusal;
    }

    private async ValueTask<AuthorizationResult> DeclineTombstonedAsync(PaymentRequest request, PaymentRoute route)
    {
        var answer = _answers.Tombstoned(request);
        var fault = await JournalAsync(_outcomes.Tombstoned(request, route, answer));
        return fault == JournalFault.None ? answer : Refusal.JournalUnavailable;
    }

    private PaymentRequest? Validate(AuthorizeRequest message, CallerIdentity caller, out Refusal? refusal)
    {
        using var stage = _telemetry.Begin(Stages.Validate);
        var request = _validator.TryAccept(message, out refusal);
        if (request is null) return null;
        refusal = caller.Refuses(request.Merchant, request.TerminalId);
        return refusal is null ? request : null;
    }

    private PaymentRoute Route(PaymentRequest request)
    {
        using var stage = _telemetry.Begin(Stages.Route);
        return _router.Route(request);
    }

    private async ValueTask<EnterResult> ClaimAsync(
        PaymentRequest request, PaymentRoute route, Deadline deadline, CancellationToken aborted)
    {
        using var stage = _telemetry.Begin(Stages.Claim);
        return await _requests.EnterAsync(
            request.TransactionId, request.Fingerprint.ToArray(), route.FirstName, request.Rrn, deadline.LeftBut(_reserve), aborted);
    }

    private async ValueTask<JournalFault> JournalAsync(JournalStep step)
    {
        using var stage = _telemetry.Begin(Stages.JournalOutcome);
        return await _journal.WriteAsync(step);
    }

    private Refusal Reused(PaymentRequest request)
    {
        Log.KeyReused(_logger, request.TransactionId);
        return Refusal.KeyReused;
    }

    private static AuthorizeResponse Replay(ReadOnlyMemory<byte> stored)
    {
        var answer = AuthorizeResponse.Parser.ParseFrom(stored.Span);
        answer.Replayed = true;
        return answer;
    }
}
