using System.Buffers.Binary;
using Switch.Contracts.V1;
using Switch.Service.Events;
using Switch.Service.Hosting;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
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
    private readonly TransactionEvents _events;
    private readonly Answers _answers;
    private readonly Outcomes _outcomes;
    private readonly Conclusions _conclusions;
    private readonly InDoubt _doubts;
    private readonly IJournal _journal;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly TimeSpan _reserve;
    private readonly ILogger<AuthorizePipeline> _logger;

    public AuthorizePipeline(
        InFlightGate gate, ServiceState state, RequestValidator validator, PaymentRouter router,
        RequestCoordinator requests, AttemptRunner attempts, TransactionEvents events, Answers answers,
        Outcomes outcomes,
        Conclusions conclusions, InDoubt doubts, IJournal journal,
        AuthorizationTelemetry telemetry, SwitchOptions options, ILogger<AuthorizePipeline> logger)
    {
        _gate = gate;
        _state = state;
        _validator = validator;
        _router = router;
        _requests = requests;
        _attempts = attempts;
        _events = events;
        _answers = answers;
        _outcomes = outcomes;
        _conclusions = conclusions;
        _doubts = doubts;
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
        if (!_journal.CanAccept) return await LookAsync(request, Refusal.JournalUnavailable);
        if (AttemptRules.IsTooLate(deadline.LeftBut(_reserve)))
            return await LookAsync(request, Refusal.DeadlineExceeded);

        var route = Route(request);
        var run = new AttemptRun(_events.Draft(request, route));
        var first = AttemptRunner.Prepare(request, route, run);
        EnterResult entry;
        using (_telemetry.Begin(Stages.Claim))
            entry = await _requests.EnterAsync(ClaimOf(request, route, first), deadline.LeftBut(_reserve), aborted);
        return entry.Kind switch
        {
            EnterKind.Owner => await ProcessAsync(request, route, run, first, entry.Claim!, deadline),
            EnterKind.TakenOver => await FinishInDoubtAsync(entry.Claim!, deadline),
            EnterKind.Tombstoned => await DeclineTombstonedAsync(request, route, entry.Claim!, deadline),
            EnterKind.Replay => Conclusions.Replay(entry.Answer),
            EnterKind.KeyReused => Reused(request),
            EnterKind.InProgress => Refusal.InProgress,
            _ => Refusal.StoreUnavailable,
        };
    }

    // It can't be sent now, but an earlier call with the same key may have been.
    private async ValueTask<AuthorizationResult> LookAsync(PaymentRequest request, Refusal otherwise)
    {
        using var stage = _telemetry.Begin(Stages.Claim);
        var known = await _requests.LookAsync(request.TransactionId, FingerprintOf(request));
        return known?.Kind switch
        {
            EnterKind.Replay => Conclusions.Replay(known.Value.Answer),
            EnterKind.KeyReused => Reused(request),
            EnterKind.InProgress => Refusal.InProgress,
            _ => otherwise,
        };
    }

    // This request owns its key: whatever happens now, the claim is ended in one of three ways.
    private async ValueTask<AuthorizationResult> ProcessAsync(
        PaymentRequest request, PaymentRoute route, AttemptRun run, AttemptRecord? first, Claim claim,
        Deadline deadline)
    {
        try
        {
            await _attempts.RunAsync(request, route, run, first, claim, deadline);
            if (run.Refusal is { } refusal) return await ReleaseAsync(claim, run, refusal);

            var answer = _answers.Of(request, run);
            if (!run.WasSent) return await AnswerNotSentAsync(claim, run, answer);
            return await _conclusions.ConcludeAsync(claim, _outcomes.Final(run, answer), deadline.LeftBut(_reserve));
        }
        catch (Exception e)
        {
            Log.AuthorizationFailed(_logger, request.TransactionId, e);
            _conclusions.LeaveUnfinished(claim, nothingSent: false);
            return Refusal.Internal;
        }
    }

    // Its owner is gone, and nobody can say what that one sent (S8).
    private async ValueTask<AuthorizationResult> FinishInDoubtAsync(Claim claim, Deadline deadline)
    {
        try
        {
            return await _doubts.FinishAsync(claim, deadline.LeftBut(_reserve));
        }
        catch (Exception e)
        {
            Log.AuthorizationFailed(_logger, claim.TransactionId, e);
            return Refusal.Internal;
        }
    }

    // Nothing of it reached an acquirer: no final answer exists, and a retry runs afresh (S2).
    private async ValueTask<AuthorizationResult> AnswerNotSentAsync(
        Claim claim, AttemptRun run, AuthorizeResponse answer)
    {
        JournalFault fault;
        using (_telemetry.Begin(Stages.JournalOutcome))
            fault = await _journal.WriteAsync(_outcomes.NotSent(run, answer));
        if (fault != JournalFault.None && run.Count > 0)
        {
            // Its intent is still on disk, and recovery would reverse whatever a retry achieved under this key.
            _conclusions.LeaveUnfinished(claim, nothingSent: true);
            return Refusal.JournalUnavailable;
        }

        await _requests.ReleaseAsync(claim);
        return fault == JournalFault.None ? answer : Refusal.JournalUnavailable;
    }

    private async ValueTask<AuthorizationResult> ReleaseAsync(Claim claim, AttemptRun run, Refusal refusal)
    {
        // The first intent was refused before it was written, so the key may go at once.
        if (run.Count == 0 && ReferenceEquals(refusal, Refusal.JournalUnavailable))
        {
            await _requests.ReleaseAsync(claim);
            return refusal;
        }

        // An intent may be on disk, of an earlier attempt or of this one; it was provably never sent, so nothing is
        // owed for it. It has to go before the key does, or recovery would reverse what a retry achieves.
        var closed = ReferenceEquals(refusal, Refusal.JournalFailing)
            ? JournalFault.Failing
            : await _journal.WriteAsync(new JournalStep { CloseIntent = claim.TransactionId });
        if (closed == JournalFault.None) await _requests.ReleaseAsync(claim);
        else _conclusions.LeaveUnfinished(claim, nothingSent: true);
        return refusal;
    }

    private async ValueTask<AuthorizationResult> DeclineTombstonedAsync(
        PaymentRequest request, PaymentRoute route, Claim claim, Deadline deadline)
    {
        try
        {
            var conclusion = _outcomes.Tombstoned(request, route, _answers.Tombstoned(request));
            return await _conclusions.ConcludeAsync(claim, conclusion, deadline.LeftBut(_reserve));
        }
        catch (Exception e)
        {
            Log.AuthorizationFailed(_logger, request.TransactionId, e);
            _requests.Abandon(claim);
            return Refusal.Internal;
        }
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

    private static ClaimRequest ClaimOf(PaymentRequest request, PaymentRoute route, AttemptRecord? first) => new(
        request.TransactionId, FingerprintOf(request), route.FirstName, request.Rrn, first?.Encoded);

    private static UInt128 FingerprintOf(PaymentRequest request) =>
        BinaryPrimitives.ReadUInt128LittleEndian(request.Fingerprint.ToArray());

    private Refusal Reused(PaymentRequest request)
    {
        Log.KeyReused(_logger, request.TransactionId);
        return Refusal.KeyReused;
    }
}
