using Google.Protobuf;
using Switch.Service.Acquirers;
using Switch.Service.Events;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>
/// Asks the candidates of a route one after the other until one gives a definite answer, or one is in doubt. Each
/// attempt is in the journal, and from the second on in the claim, before its first byte is sent (S5).
/// </summary>
internal sealed class AttemptRunner
{
    private readonly RequestCoordinator _requests;
    private readonly IJournal _journal;
    private readonly TransactionEvents _events;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly DeadlineOptions _deadlines;
    private readonly TimeProvider _time;
    private readonly ILogger<AttemptRunner> _logger;

    public AttemptRunner(
        RequestCoordinator requests, IJournal journal, TransactionEvents events, AuthorizationTelemetry telemetry,
        SwitchOptions options, TimeProvider time, ILogger<AttemptRunner> logger)
    {
        _requests = requests;
        _journal = journal;
        _events = events;
        _telemetry = telemetry;
        _deadlines = options.Deadlines;
        _time = time;
        _logger = logger;
    }

    public async ValueTask<AttemptRun> RunAsync(PaymentRequest request, PaymentRoute route, Claim claim, Deadline deadline)
    {
        var run = new AttemptRun(_events.Draft(request, route));
        for (var i = 0; i < route.Count; i++)
        {
            var acquirer = route[i];
            var attempt = acquirer.Prepare(request, run.DraftFor(i, route.Reason(i)), i + 1);
            if (await OpenAsync(claim, attempt) is { } refusal)
            {
                if (!run.WasSent) run.Refuse(refusal);
                return run;
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
                    return run;
                default:
                    return run;
            }
        }

        return run;
    }

    private NextStep Decide(PaymentRequest request, in AttemptResult result, bool hasNext, Deadline deadline) =>
        AttemptRules.Decide(
            result, hasNext, deadline.LeftBut(_deadlines.AnswerReserve), request.AcceptsPartialApproval);

    // Before the first byte: from the second attempt on the claim, then the intent on disk.
    private async ValueTask<Refusal?> OpenAsync(Claim claim, AttemptRecord attempt)
    {
        var rrn = attempt.Draft.RetrievalReferenceNumber;
        if (attempt.Attempt > 1)
        {
            using var stage = _telemetry.Begin(Stages.Claim);
            var updated = await _requests.UpdateAsync(claim, attempt.Acquirer, rrn);
            if (updated.Kind != FencedKind.Done) return Refusal.StoreUnavailable;
        }

        using (_telemetry.Begin(Stages.JournalIntent))
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            var intent = new IntentRow(
                attempt.Draft.TransactionId, attempt.Attempt, attempt.Acquirer, rrn, now, attempt.ToByteArray());
            var fault = await _journal.WriteAsync(new JournalStep { OpenIntent = intent });
            return fault switch
            {
                JournalFault.None => null,
                // Whether it will be found on disk is not known, so recovery may reverse it: the key must stay taken.
                JournalFault.Failing => Refusal.JournalFailing,
                _ => Refusal.JournalUnavailable,
            };
        }
    }

    private async ValueTask<AttemptResult> AskAsync(
        IAcquirer acquirer, PaymentRequest request, AttemptRecord attempt, Deadline deadline)
    {
        if (deadline.LeftBut(_deadlines.AnswerReserve) < AttemptRules.AttemptMin) return AttemptResult.NotSent("deadline");
        using var stage = _telemetry.Begin(Stages.Attempt);
        return await acquirer.SendAsync(request, attempt);
    }
}
