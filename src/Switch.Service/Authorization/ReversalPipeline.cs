using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Hosting;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>
/// A terminal takes a payment back (S9). Accepted means durable: an approval has its reversal in the journal, an
/// authorization that has not been seen has its tombstone there and in the store, and while the store is away the wish
/// itself is kept. One that is in flight is waited for. Repeats change nothing.
/// </summary>
internal sealed class ReversalPipeline
{
    // Each round lost means that another reversal, or its acknowledgement, got through.
    private const int RoundsMax = 4;

    private readonly InFlightGate _gate;
    private readonly ServiceState _state;
    private readonly MerchantDirectory _merchants;
    private readonly TransactionIdentity _identity;
    private readonly RecordStore _records;
    private readonly RequestCoordinator _requests;
    private readonly OpenClaimIndex _index;
    private readonly Outcomes _outcomes;
    private readonly IJournal _journal;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly InDoubt _doubts;
    private readonly TimeSpan _reserve;

    public ReversalPipeline(
        InFlightGate gate, ServiceState state, MerchantDirectory merchants, TransactionIdentity identity,
        RecordStore records, RequestCoordinator requests, OpenClaimIndex index, InDoubt doubts, Outcomes outcomes,
        IJournal journal,
        AuthorizationTelemetry telemetry, TimeProvider time, SwitchOptions options)
    {
        _gate = gate;
        _state = state;
        _merchants = merchants;
        _identity = identity;
        _records = records;
        _requests = requests;
        _index = index;
        _outcomes = outcomes;
        _journal = journal;
        _telemetry = telemetry;
        _time = time;
        _doubts = doubts;
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
            var (response, failure) = await ReverseAsync(
                id, message.Reason, deadline.LeftBut(_reserve), aborted);
            if (ReferenceEquals(failure, Refusal.StoreUnavailable))
                (response, failure) = await DeferAsync(id, message.Reason);
            if (response is not null) return (response, null);
            refusal = failure;
        }

        _telemetry.Refused(refusal!.Reason);
        return (null, refusal);
    }

    /// <summary>The same for a reversal that was accepted while the store was away.</summary>
    /// <returns>Whether it is done with.</returns>
    public async ValueTask<bool> TryDeferredAsync(
        DeferredReversal deferred, TimeSpan patience, CancellationToken stopping)
    {
        var (response, _) = await ReverseAsync(deferred.TransactionId, deferred.Reason, patience, stopping);
        var done = new JournalStep { CloseDeferred = deferred.TransactionId };
        return response is not null && await _journal.WriteAsync(done) == JournalFault.None;
    }

    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> ReverseAsync(
        string transactionId, ReversalReason reason, TimeSpan patience, CancellationToken aborted)
    {
        var tombstone = _records.EncodeTombstone();
        var found = await _records.EntombAsync(transactionId, tombstone);
        switch (found.Kind)
        {
            case EntombKind.Entombed:
                return await KeepAsync(transactionId, tombstone, replayed: false);
            case EntombKind.AlreadyTombstoned:
                // Whoever put it there may not have been able to keep it.
                return await KeepAsync(transactionId, found.Record.Bytes, replayed: true);
            case EntombKind.Unavailable:
                return (null, Refusal.StoreUnavailable);
            default:
                return found.Record.State == RecordState.Final
                    ? await ReverseFinalAsync(transactionId, reason, found.Record)
                    : await WaitAndReverseAsync(transactionId, found.Record, reason, patience, aborted);
        }
    }

    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> WaitAndReverseAsync(
        string transactionId, IdempotencyRecord inFlight, ReversalReason reason, TimeSpan patience,
        CancellationToken aborted)
    {
        // Its owner may be gone, and no retry may ever come: then it is this reversal that ends it (S8).
        if (_requests.MayBeExpired(inFlight))
        {
            var (claim, _) = await _requests.TryTakeAsync(transactionId, inFlight, holderIsGone: false);
            if (claim is not null) await _doubts.FinishAsync(claim, patience);
        }

        var ended = await _requests.WaitForEndAsync(transactionId, patience, aborted);
        return ended.Kind switch
        {
            WaitKind.Ended when ended.Record.State == RecordState.Final =>
                await ReverseFinalAsync(transactionId, reason, ended.Record),
            WaitKind.Unavailable => (null, Refusal.StoreUnavailable),
            // Released or entombed meanwhile, or still in flight: the terminal repeats its reversal and finds out.
            _ => (null, Refusal.InProgress),
        };
    }

    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> ReverseFinalAsync(
        string transactionId, ReversalReason reason, IdempotencyRecord record)
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            if (record.Tombstoned) return (Respond(transactionId, ReversalState.Tombstone, replayed: true), null);
            // Whoever owes it may be gone with its disk, and its note in the index lost: without that nobody finds it.
            if (record.ReversalOwed && !await _index.KeepAsync(transactionId)) return (null, Refusal.StoreUnavailable);
            if (record.ReversalRequested) return (Respond(transactionId, ReversalState.Queued, replayed: true), null);
            // What the switch takes back by itself needs no second reversal.
            if (record.ReversalOwed) return (Respond(transactionId, ReversalState.Queued, replayed: false), null);
            if (record.ReversalData.IsEmpty)
                return (Respond(transactionId, ReversalState.NothingToReverse, replayed: false), null);

            var (fault, written) = await QueueAsync(transactionId, reason, record);
            if (fault != JournalFault.None) return (null, Refusal.JournalUnavailable);
            // Durable here, and nobody else may ever know: the wish is kept until the store has the mark.
            if (written.Kind == FencedKind.Unavailable) return (null, Refusal.StoreUnavailable);
            if (written.Kind != FencedKind.LostClaim)
                return (Respond(transactionId, ReversalState.Queued, replayed: false), null);
            record = written.Current;
            if (record.State != RecordState.Final) break;
        }

        return (null, Refusal.InProgress);
    }

    private async ValueTask<(JournalFault Fault, FencedResult Written)> QueueAsync(
        string transactionId, ReversalReason reason, IdempotencyRecord record)
    {
        const byte Marks = IdempotencyRecord.ReversalRequestedFlag | IdempotencyRecord.ReversalOwedFlag;
        var reversal = record.Reversal();
        reversal.Cause = ReversalCause.Terminal;
        reversal.Reason = reason;
        var flags = (byte)(record.Flags | Marks);
        var data = reversal.ToByteArray();
        var kept = new OutcomeRow(
            transactionId, NowMs(), _records.EncodeAmended(record, flags, data), IsSettled: true);
        var fault = await _journal.WriteAsync(_outcomes.ReversedByTerminal(reversal, kept));
        if (fault != JournalFault.None) return (fault, default);

        if (!await _index.KeepAsync(transactionId)) return (fault, new FencedResult(FencedKind.Unavailable, default));
        var amended = await _records.AmendAsync(transactionId, record, flags, data);
        // Behind the mark once more: a sweeper that has met the note without the mark has taken the note away.
        if (amended.Kind != FencedKind.LostClaim) await _index.KeepAsync(transactionId);
        return (fault, amended);
    }

    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> KeepAsync(
        string transactionId, ReadOnlyMemory<byte> tombstone, bool replayed)
    {
        var kept = new OutcomeRow(transactionId, NowMs(), tombstone, IsSettled: true);
        return await _journal.WriteAsync(new JournalStep { Outcome = kept }) == JournalFault.None
            ? (Respond(transactionId, ReversalState.Tombstone, replayed), null)
            : (null, Refusal.JournalUnavailable);
    }

    // Nobody can say now what there is to take back; that it is wished is durable, and is seen to when the store is
    // back.
    private async ValueTask<(ReverseResponse? Response, Refusal? Refusal)> DeferAsync(
        string transactionId, ReversalReason reason)
    {
        var step = new JournalStep { DeferReversal = new DeferredReversal(transactionId, reason) };
        return await _journal.WriteAsync(step) == JournalFault.None
            ? (Respond(transactionId, ReversalState.Accepted, replayed: false), null)
            : (null, Refusal.JournalUnavailable);
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

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
