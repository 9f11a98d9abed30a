using Switch.Contracts.V1;
using Switch.Service.Hosting;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>
/// A terminal takes a payment back (S9). Accepted means durable: an approval has its reversal in the journal, an
/// authorization that has not been seen has its tombstone. One that is in flight is waited for. Repeats change nothing.
/// </summary>
internal sealed class ReversalPipeline
{
    private readonly InFlightGate _gate;
    private readonly ServiceState _state;
    private readonly MerchantDirectory _merchants;
    private readonly TransactionIdentity _identity;
    private readonly RedisIdempotencyStore _store;
    private readonly RequestCoordinator _requests;
    private readonly Outcomes _outcomes;
    private readonly IJournal _journal;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly TimeSpan _reserve;

    public ReversalPipeline(
        InFlightGate gate, ServiceState state, MerchantDirectory merchants, TransactionIdentity identity,
        RedisIdempotencyStore store, RequestCoordinator requests, Outcomes outcomes, IJournal journal,
        AuthorizationTelemetry telemetry, SwitchOptions options)
    {
        _gate = gate;
        _state = state;
        _merchants = merchants;
        _identity = identity;
        _store = store;
        _requests = requests;
        _outcomes = outcomes;
        _journal = journal;
        _telemetry = telemetry;
        _reserve = options.Deadlines.AnswerReserve;
    }

    public async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> ExecuteAsync(
        ReverseRequest message, CallerIdentity caller, Deadline deadline, CancellationToken aborted)
    {
        using var permit = _gate.TryEnter();
        var refusal = permit.IsGranted ? _state.Refuses ?? Check(message, caller) : Refusal.Overloaded;
        if (refusal is null)
        {
            var id = _identity.TransactionId(message.MerchantId, message.TerminalId, message.OriginalIdempotencyKey);
            var (response, failure) = await ReverseAsync(id, deadline, aborted);
            if (response is not null) return (response, null);
            refusal = failure;
        }

        _telemetry.Refused(refusal!.Reason);
        return (null, refusal);
    }

    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> ReverseAsync(
        string transactionId, Deadline deadline, CancellationToken aborted)
    {
        var found = await _store.EntombAsync(transactionId);
        switch (found.Kind)
        {
            case EntombKind.Entombed:
                return (Respond(transactionId, ReversalState.Tombstone, replayed: false), null);
            case EntombKind.AlreadyTombstoned:
                return (Respond(transactionId, ReversalState.Tombstone, replayed: true), null);
            case EntombKind.Unavailable:
                return (null, Refusal.StoreUnavailable);
            default:
                return found.Record.State == RecordState.Final
                    ? await ReverseFinalAsync(transactionId, found.Record)
                    : await WaitAndReverseAsync(transactionId, deadline, aborted);
        }
    }

    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> WaitAndReverseAsync(
        string transactionId, Deadline deadline, CancellationToken aborted)
    {
        var ended = await _requests.WaitForEndAsync(transactionId, deadline.LeftBut(_reserve), aborted);
        return ended.Kind switch
        {
            WaitKind.Ended when ended.Record.State == RecordState.Final => await ReverseFinalAsync(transactionId, ended.Record),
            WaitKind.Unavailable => (null, Refusal.StoreUnavailable),
            // Released or entombed meanwhile, or still in flight: the terminal repeats its reversal and finds out.
            _ => (null, Refusal.InProgress),
        };
    }

    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> ReverseFinalAsync(
        string transactionId, IdempotencyRecord record)
    {
        if (record.ReversalData.IsEmpty)
            return (Respond(transactionId, ReversalState.NothingToReverse, replayed: false), null);
        if (record.ReversalRequested) return (Respond(transactionId, ReversalState.Queued, replayed: true), null);

        // Durable first. Should the mark below be lost, a repeat journals again under the same advice and event ids.
        var reversal = ReversalRecord.Parser.ParseFrom(record.ReversalData.Span);
        reversal.Cause = ReversalCause.Terminal;
        var fault = await _journal.WriteAsync(_outcomes.ReversedByTerminal(reversal));
        if (fault != JournalFault.None) return (null, Refusal.JournalUnavailable);

        var marked = await _store.MarkReversalRequestedAsync(transactionId);
        return (Respond(transactionId, ReversalState.Queued, replayed: marked == MarkKind.AlreadyMarked), null);
    }

    private Refusal? Check(ReverseRequest message, CallerIdentity caller)
    {
        var faults = new FaultList();
        RequestFields.CheckAcceptor(ref faults, message.MerchantId, message.TerminalId);
        RequestFields.CheckKey(ref faults, "original_idempotency_key", message.OriginalIdempotencyKey);
        RequestFields.CheckKnown(ref faults, "reason", message.Reason, ReversalReason.Unspecified);
        if (faults.Any) return Refusal.Invalid(faults.ToList());

        return _merchants.Current.TryAdmit(message.MerchantId, message.TerminalId, out var merchant)
            ?? caller.Refuses(merchant!, message.TerminalId);
    }

    private static ReverseResponse Respond(string transactionId, ReversalState state, bool replayed) =>
        new() { TransactionId = transactionId, State = state, Replayed = replayed };
}
