using System.Buffers.Binary;
using Microsoft.Extensions.Options;

namespace Switch.Service.Idempotency;

/// <summary>
/// What the pipeline calls: makes one attempt of a request out of its repeats, here and across instances (S1, S2, S3).
/// <para>
/// In this process each transaction has one seat (<see cref="InFlightTable"/>), taken before the claim is sent. Who
/// finds it taken joins and never asks Redis. Who takes it leads: claims, and polls when another instance owns the key.
/// </para>
/// <para>
/// A claim that timed out may sit in Redis though nothing was sent under it. Two things clear such an orphan. A queue
/// repeats its fenced delete until Redis confirms. And a leader that finds a record of this very process incarnation
/// takes it over: it holds the seat, so no attempt of this process is alive under that key; a seat is given up only
/// when its record is written as final, deleted or asked to be, or when the claim was given up in doubt. Only that last
/// case may have sent something, so giving up in doubt raises a floor: records at or below its fence sequence are left
/// to recovery. A delete or a claim that arrives late can at worst leave another orphan; none can undo a newer claim,
/// for every write but the first is fenced, and the first needs the key to be absent.
/// </para>
/// </summary>
internal sealed partial class RequestCoordinator : IAsyncDisposable
{
    private readonly InFlightTable _table = new();
    private readonly RedisIdempotencyStore _store;
    private readonly CrossInstanceWaiters _waiters;
    private readonly RepairQueue _completions;
    private readonly RepairQueue _releases;
    private readonly IdempotencyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<RequestCoordinator> _logger;
    private ulong _orphanFloor;

    public RequestCoordinator(
        RedisIdempotencyStore store,
        IOptions<RedisOptions> options,
        IdempotencyMetrics metrics,
        TimeProvider time,
        ILogger<RequestCoordinator> logger)
    {
        _store = store;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _waiters = new CrossInstanceWaiters(options.Value.CrossInstanceWaitersMax, metrics);
        _completions = new RepairQueue(
            "completion", options.Value.PendingCompletionsMax, RepeatCompletionAsync, metrics, time, logger);
        _releases = new RepairQueue(
            "release", options.Value.PendingReleasesMax, RepeatReleaseAsync, metrics, time, logger);
    }

    /// <summary>Transactions that hold a seat: in flight, or answered and not yet written to Redis.</summary>
    public int InFlightCount => _table.Count;

    /// <summary>Completions and releases that Redis has not confirmed yet; a drain waits for 0.</summary>
    public int PendingRepairs => _completions.Count + _releases.Count;

    /// <summary>Keys polled because another instance works on them.</summary>
    public int CrossInstanceWaiters => _waiters.Count;

    /// <summary>
    /// Says what a request may do. Waits only while another attempt of it is at work, and then at most
    /// <paramref name="patience"/>; the claim itself takes one round trip, whatever the caller does (S5).
    /// </summary>
    /// <param name="transactionId">32 lower-case hexadecimal characters.</param>
    /// <param name="fingerprint">16 bytes of the payload's keyed hash (S3).</param>
    /// <param name="acquirer">Of the first attempt, should this request be the one; at most 64 bytes.</param>
    /// <param name="rrn">Of the first attempt; 12 characters.</param>
    /// <param name="patience">How long the caller waits for another's answer.</param>
    /// <param name="caller">Ends that wait early; never an attempt.</param>
    /// <exception cref="ArgumentException">An argument is not of its form: a bug of the caller.</exception>
    public async ValueTask<EnterResult> EnterAsync(
        string transactionId,
        ReadOnlyMemory<byte> fingerprint,
        string acquirer,
        string rrn,
        TimeSpan patience,
        CancellationToken caller)
    {
        var request = new Request(
            transactionId,
            BinaryPrimitives.ReadUInt128LittleEndian(fingerprint.Span),
            acquirer,
            rrn,
            new Patience(_time, patience, caller));

        var seat = new InFlightEntry(request.Fingerprint);
        while (true)
        {
            if (_table.TryTake(transactionId, seat, out var holder)) return await LeadAsync(request, seat);
            if (holder is null) continue;

            if (holder.Fingerprint != request.Fingerprint)
            {
                _metrics.KeyReusedInProcess();
                return new EnterResult(EnterKind.KeyReused, null, default);
            }

            var kind = await JoinAsync(holder, request.Patience);

            // Nothing was sent for it: of all that waited, the one to take the seat next runs afresh.
            if (kind == JoinKind.Retry && !request.Patience.IsOver) continue;
            return EnterResult.Of(kind, holder.Answer);
        }
    }

    /// <summary>
    /// Moves a claim to its next attempt, before the first byte of that attempt is sent (S5). Unless it is Done, do not
    /// send: release the claim, or leave it to who has it.
    /// </summary>
    public ValueTask<FencedResult> UpdateAsync(Claim claim, string acquirer, string rrn) =>
        _store.UpdateAsync(claim, acquirer, rrn);

    /// <summary>
    /// Ends a claim with its final answer, which the journal holds already. Everyone who joined gets the answer. On
    /// Unavailable they do too, and the write is repeated until Redis confirms it. On LostClaim they get the answer
    /// that stands, or are told to ask again.
    /// </summary>
    /// <param name="claim">The claim to end.</param>
    /// <param name="answer">The serialized answer of every repeat; at most 64 KiB; not changed afterwards.</param>
    /// <param name="reversalData">What a later reversal needs, sealed; may be empty; at most 64 KiB.</param>
    /// <exception cref="InvalidOperationException">The claim has ended: a bug of the caller.</exception>
    public async ValueTask<FencedResult> CompleteAsync(
        Claim claim, ReadOnlyMemory<byte> answer, ReadOnlyMemory<byte> reversalData)
    {
        var entry = EntryToEnd(claim);
        FencedResult result;
        try
        {
            result = await _store.CompleteAsync(claim, answer, reversalData);
        }
        catch
        {
            // A bug, not a store that is down: something was sent, so nobody may take the record for an orphan.
            entry.Finish(JoinKind.InProgress);
            GiveUp(claim, entry);
            throw;
        }

        switch (result.Kind)
        {
            case FencedKind.Done:
                entry.Finish(JoinKind.Answer, answer);
                _table.Vacate(claim.TransactionId, entry);
                break;
            case FencedKind.LostClaim:
                EndLost(claim, entry, result.Current);
                break;
            default:
                // The seat stays taken: without it, this record would pass for an orphan under which nothing was sent.
                entry.Finish(JoinKind.Answer, answer);
                if (!_completions.TryAdd(new Repair(claim, entry, answer, reversalData))) GiveUp(claim, entry);
                break;
        }

        return result;
    }

    /// <summary>Ends a claim under which nothing was sent: its record goes, and a repeat runs afresh (S2).</summary>
    /// <exception cref="InvalidOperationException">The claim has ended: a bug of the caller.</exception>
    public async ValueTask ReleaseAsync(Claim claim)
    {
        var entry = EntryToEnd(claim);
        if (await _store.ReleaseAsync(claim) == FencedKind.Unavailable) QueueRelease(claim);
        EndSeat(claim.TransactionId, entry, JoinKind.Retry);
    }

    /// <summary>
    /// Ends a claim of which nobody can say what was sent: its record stays in flight until recovery takes it (S8), and
    /// whoever joined is told that it is in progress. Does nothing when the claim has ended, so it may stand in a
    /// <c>finally</c>.
    /// </summary>
    public void Abandon(Claim claim)
    {
        if (!claim.TryEnd()) return;
        IdempotencyLog.ClaimAbandoned(_logger);
        if (!_table.TryFind(claim.TransactionId, out var entry)) return;
        entry.Finish(JoinKind.InProgress);
        GiveUp(claim, entry);
    }

    /// <summary>Stops the repairs; what still waits is dropped and counted. The journal remains the record.</summary>
    public async ValueTask DisposeAsync()
    {
        await _completions.DisposeAsync();
        await _releases.DisposeAsync();
    }

    private InFlightEntry EntryToEnd(Claim claim)
    {
        if (!claim.TryEnd() || !_table.TryFind(claim.TransactionId, out var entry) || entry.Claim != claim)
            throw new InvalidOperationException("The claim has ended, or is not of this coordinator.");

        return entry;
    }

    private void EndLost(Claim claim, InFlightEntry entry, IdempotencyRecord standing)
    {
        IdempotencyLog.ClaimLost(_logger, standing.State);
        if (standing.State == RecordState.Final) entry.Finish(JoinKind.Answer, standing.Answer);
        else entry.Finish(JoinKind.InProgress);
        _table.Vacate(claim.TransactionId, entry);
    }

    private void EndSeat(
        string transactionId, InFlightEntry entry, JoinKind kind, ReadOnlyMemory<byte> answer = default)
    {
        // Vacated first: who is told to retry must find the seat free.
        _table.Vacate(transactionId, entry);
        entry.Finish(kind, answer);
    }

    private void GiveUp(Claim claim, InFlightEntry entry)
    {
        var sequence = claim.Fence.Sequence;
        var floor = Volatile.Read(ref _orphanFloor);
        while (floor < sequence)
        {
            var seen = Interlocked.CompareExchange(ref _orphanFloor, sequence, floor);
            if (seen == floor) break;
            floor = seen;
        }

        _table.Vacate(claim.TransactionId, entry);
    }

    private void QueueRelease(Claim claim) => _releases.TryAdd(new Repair(claim, null, default, default));

    private async ValueTask<bool> RepeatCompletionAsync(Repair repair)
    {
        var result = await _store.CompleteAsync(repair.Claim, repair.Answer, repair.ReversalData);
        if (result.Kind == FencedKind.Unavailable) return false;
        if (result.Kind == FencedKind.LostClaim) IdempotencyLog.ClaimLost(_logger, result.Current.State);
        _table.Vacate(repair.Claim.TransactionId, repair.Entry!);
        return true;
    }

    private async ValueTask<bool> RepeatReleaseAsync(Repair repair) =>
        await _store.ReleaseAsync(repair.Claim) != FencedKind.Unavailable;
}
