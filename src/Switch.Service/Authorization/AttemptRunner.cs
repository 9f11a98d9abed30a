using Google.Protobuf;
using Switch.Service.Acquirers;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>
/// Asks the candidates of a route one after the other until one gives a definite answer, or one is in doubt. Each
/// attempt is in the claim and in the journal before its first byte is sent (S5).
/// </summary>
internal sealed class AttemptRunner
{
    private readonly RecordStore _records;
    private readonly RequestCoordinator _requests;
    private readonly IJournal _journal;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly DeadlineOptions _deadlines;
    private readonly TimeProvider _time;
    private readonly ILogger<AttemptRunner> _logger;

    public AttemptRunner(
        RecordStore records, RequestCoordinator requests, IJournal journal, AuthorizationTelemetry telemetry,
        SwitchOptions options, TimeProvider time, ILogger<AttemptRunner> logger)
    {
        _records = records;
        _requests = requests;
        _journal = journal;
        _telemetry = telemetry;
        _deadlines = options.Deadlines;
        _time = time;
        _logger = logger;
    }

    /// <summary>Words the first attempt, so that the claim can carry it; null when there is nobody to ask.</summary>
    public static AttemptRecord? Prepare(PaymentRequest request, PaymentRoute route, AttemptRun run) =>
        route.Count == 0 ? null : route[0].Prepare(request, run.DraftFor(0, route.Reason(0)), 1);

    public async ValueTask RunAsync(
        PaymentRequest request, PaymentRoute route, AttemptRun run, AttemptRecord? first, Claim claim, Deadline deadline)
    {
        for (var i = 0; i < route.Count; i++)
        {
            var acquirer = route[i];
            var attempt = i == 0 ? first! : acquirer.Prepare(request, run.DraftFor(i, route.Reason(i)), i + 1);
            if (await OpenAsync(claim, acquirer, attempt) is { } refusal)
            {
                if (!run.WasSent) run.Refuse(refusal);
                return;
            }

            var result = await AskAsync(acquirer, request, attempt, deadline);
            run.Add(attempt, result);
            switch (Decide(request, result, i + 1 < route.Count, deadline))
            {
                case NextStep.TryNext:
                    continue;
                case NextStep.ReverseAndStop:
                    run.ReverseLast();
                    Log.InDoubt(_logger, attempt.Attempt, request.TransactionId, acquirer.Name, result.Reason);
                    return;
                default:
                    return;
            }
        }
    }

    private NextStep Decide(PaymentRequest request, in AttemptResult result, bool hasNext, Deadline deadline) =>
        AttemptRules.Decide(
            result, hasNext, deadline.LeftBut(_deadlines.AnswerReserve), request.AcceptsPartialApproval);

    // Before the first byte: from the second attempt on the claim, then the intent on disk; then a last look at the
    // claim.
    private async ValueTask<Refusal?> OpenAsync(Claim claim, IAcquirer acquirer, AttemptRecord attempt)
    {
        if (attempt.Attempt > 1 && !await RenewAsync(claim, attempt)) return Refusal.StoreUnavailable;

        JournalFault fault;
        using (_telemetry.Begin(Stages.JournalIntent))
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            var intent = new IntentRow(
                claim.TransactionId, attempt.Attempt, attempt.Acquirer, claim.Rrn, now, _records.Encode(claim));
            fault = await _journal.WriteAsync(new JournalStep { OpenIntent = intent });
        }

        if (fault != JournalFault.None)
        {
            // Whether a failing disk has it or not is not known, so recovery may meet it: the key must stay taken.
            return fault == JournalFault.Failing ? Refusal.JournalFailing : Refusal.JournalUnavailable;
        }

        // The store may have lost the claim while the disk was at work, or the lease may be over soon.
        if (!_requests.NeedsRenewal(claim, acquirer.ReplyTimeout)) return null;
        return await RenewAsync(claim, attempt) ? null : Refusal.StoreUnavailable;
    }

    private async ValueTask<bool> RenewAsync(Claim claim, AttemptRecord attempt)
    {
        using var stage = _telemetry.Begin(Stages.Claim);
        var updated = await _requests.UpdateAsync(
            claim, attempt.Acquirer, attempt.Draft.RetrievalReferenceNumber, attempt.ToByteArray());
        return updated.Kind == FencedKind.Done;
    }

    private async ValueTask<AttemptResult> AskAsync(
        IAcquirer acquirer, PaymentRequest request, AttemptRecord attempt, Deadline deadline)
    {
        if (deadline.LeftBut(_deadlines.AnswerReserve) < AttemptRules.AttemptMin)
            return AttemptResult.NotSent("deadline");
        using var stage = _telemetry.Begin(Stages.Attempt);
        return await acquirer.SendAsync(request, attempt);
    }
}
