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

    public AttemptRunner(
        RecordStore records, RequestCoordinator requests, IJournal journal, AuthorizationTelemetry telemetry,
        SwitchOptions options, TimeProvider time)
    {
        _records = records;
        _requests = requests;
        _journal = journal;
        _telemetry = telemetry;
        _deadlines = options.Deadlines;
        _time = time;
    }

    /// <summary>Words the first attempt, so that the claim can carry it; null when there is nobody to ask.</summary>
    public static AttemptRecord? Prepare(PaymentRequest request, PaymentRoute route, AttemptRun run) =>
        route.Count == 0 ? null : route[0].Prepare(request, run.DraftFor(0, route.Reason(0)), 1);

    public async ValueTask RunAsync(
        PaymentRequest request, PaymentRoute route, AttemptRun run, AttemptRecord? first, Claim claim,
        Deadline deadline)
    {
        for (var i = 0; i < route.Count; i++)
        {
            var acquirer = route[i];
            var attempt = i == 0 ? first! : acquirer.Prepare(request, run.DraftFor(i, route.Reason(i)), i + 1);
            if (await OpenAsync(claim, acquirer, attempt, deadline) is { } refusal)
            {
                if (!run.WasSent) run.Refuse(refusal);
                return;
            }

            var hasNext = i + 1 < route.Count;
            var left = LeftOf(deadline);
            AttemptResult result;
            using (_telemetry.Begin(Stages.Attempt)) result = await acquirer.SendAsync(request, attempt, left);
            run.Add(attempt, result);
            left = LeftOf(deadline);
            switch (AttemptRules.Decide(result, hasNext, left, request.AcceptsPartialApproval))
            {
                case NextStep.TryNext:
                    continue;
                case NextStep.ReverseAndStop:
                    run.ReverseLast();
                    return;
                default:
                    // Time is what it lacked, not an acquirer: that is no answer.
                    if (!run.WasSent && AttemptRules.IsTooLate(left) && (hasNext || result.IsOutOfTime))
                        run.Refuse(Refusal.DeadlineExceeded);
                    return;
            }
        }
    }

    // Until when a request has to be on its way for its caller to hear of it.
    private TimeSpan LeftOf(Deadline deadline) => deadline.LeftBut(_deadlines.AnswerReserve);

    // Before the first byte: from the second attempt on the claim, then the intent on disk; then a last look at the
    // claim and at the time, because the store and the disk may have taken it.
    private async ValueTask<Refusal?> OpenAsync(
        Claim claim, IAcquirer acquirer, AttemptRecord attempt, Deadline deadline)
    {
        if (AttemptRules.IsTooLate(LeftOf(deadline))) return Refusal.DeadlineExceeded;
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
        if (_requests.NeedsRenewal(claim, acquirer.ReplyTimeout) && !await RenewAsync(claim, attempt))
            return Refusal.StoreUnavailable;
        return AttemptRules.IsTooLate(LeftOf(deadline)) ? Refusal.DeadlineExceeded : null;
    }

    private async ValueTask<bool> RenewAsync(Claim claim, AttemptRecord attempt)
    {
        using var stage = _telemetry.Begin(Stages.Claim);
        var updated = await _requests.UpdateAsync(
            claim, attempt.Acquirer, attempt.Draft.RetrievalReferenceNumber, attempt.Encoded);
        return updated.Kind == FencedKind.Done;
    }
}
