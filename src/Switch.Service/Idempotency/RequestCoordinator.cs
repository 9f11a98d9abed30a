using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace Switch.Service.Idempotency;

/// <summary>
/// What the pipeline calls: makes one attempt of a request out of its repeats, here and across instances (S1, S2, S3).
/// <para>
/// In this process each transaction has one seat (<see cref="InFlightTable"/>), taken before the claim is sent. Who
/// finds it taken joins and never asks Redis. Who takes it leads: claims, and polls when another instance owns the key.
/// An owner that is gone is recognised by its lease, which runs on the store's clock; the leader that meets the record
/// then takes it over, and finishes it as in doubt.
/// </para>
/// <para>
/// A claim that timed out may sit in Redis though nothing was sent under it. A queue repeats its fenced delete until
/// Redis confirms; meanwhile a leader that finds just this record takes it over and sends. Nothing but such a
/// remembered time-out is proof that nothing was sent: any other record of this process is left to its lease.
/// </para>
/// </summary>
internal sealed partial class RequestCoordinator : IAsyncDisposable
{
    private static readonly TimeSpan RepeatMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RepeatMax = TimeSpan.FromSeconds(1);

    private readonly InFlightTable _table = new();
    private readonly ConcurrentDictionary<Fence, bool> _orphans = new();
    private readonly DoubtfulClaims _doubtful = new();
    private readonly ConcurrentQueue<string> _abandoned = new();
    private readonly RecordStore _store;
    private readonly CrossInstanceWaiters _waiters;
    private readonly RepairQueue _releases;
    private readonly IdempotencyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<RequestCoordinator> _logger;
    private readonly Random _random;
    private readonly TimeSpan _lease;
    private readonly int _completionsMax;
    private readonly CancellationTokenSource _closing = new();
    private int _pendingCompletions;

    public RequestCoordinator(
        RecordStore store,
        IOptions<RedisOptions> options,
        IdempotencyMetrics metrics,
        TimeProvider time,
        ILogger<RequestCoordinator> logger,
        Random? random = null)
    {
        _random = random ?? Random.Shared;
        _store = store;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _lease = options.Value.Lease;
        _completionsMax = options.Value.PendingCompletionsMax;
        _waiters = new CrossInstanceWaiters(options.Value.CrossInstanceWaitersMax, metrics);
        _releases = new RepairQueue(
            "release", options.Value.PendingReleasesMax, RepeatReleaseAsync, metrics, time, logger);
    }

    /// <summary>Transactions that hold a seat: in flight, or answered and not yet written to Redis.</summary>
    public int InFlightCount => _table.Count;

    /// <summary>Completions and releases that Redis has not confirmed yet; a drain waits for 0.</summary>
    public int PendingRepairs => Volatile.Read(ref _pendingCompletions) + _releases.Count;

    /// <summary>Keys polled because another instance works on them.</summary>
    public int CrossInstanceWaiters => _waiters.Count;

    /// <summary>Claims that an earlier call has seen open too; for the one that keeps the index.</summary>
    public IEnumerable<string> OpenOverTwoLooks() => _table.SeenBefore();

    /// <summary>
    /// A transaction whose claim was abandoned since; for the one that keeps the index, where it has to stay until
    /// somebody has ended it.
    /// </summary>
    public bool TryTakeAbandoned([NotNullWhen(true)] out string? transactionId) =>
        _abandoned.TryDequeue(out transactionId);

    /// <summary>Whether somebody in this process is at work on the request.</summary>
    public bool IsSeated(string transactionId) => _table.TryFind(transactionId, out _);

    /// <summary>
    /// Says what a request may do. Waits only while another attempt of it is at work, and then at most
    /// <paramref name="patience"/>; the claim itself takes one round trip, whatever the caller does (S5).
    /// </summary>
    /// <param name="request">What to claim, should this request be the one.</param>
    /// <param name="patience">How long the caller waits for another's answer.</param>
    /// <param name="caller">Ends that wait early; never an attempt.</param>
    /// <exception cref="ArgumentException">The request is not of its form: a bug of the caller.</exception>
    public ValueTask<EnterResult> EnterAsync(ClaimRequest request, TimeSpan patience, CancellationToken caller)
    {
        // Past this bound completions would pile up without end; new money is refused while Redis is away anyway.
        if (Volatile.Read(ref _pendingCompletions) >= _completionsMax)
            return ValueTask.FromResult(new EnterResult(EnterKind.Unavailable, null, default));

        var waiting = new Patience(_time, patience, caller);
        var seat = new InFlightEntry(request.Fingerprint);
        // Nearly every request leads at once, and its claim has no frame more than it needs.
        return _table.TryTake(request.TransactionId, seat, out var holder)
            ? LeadAsync(request, seat, waiting)
            : JoinOrLeadAsync(request, seat, holder, waiting);
    }

    /// <summary>
    /// Takes the seat and the record of a request whose lease has run out, or whose holder is known to be gone; null
    /// when it is not to be had, because somebody here or elsewhere is at work on it, or has ended it.
    /// </summary>
    /// <param name="transactionId">Of the request.</param>
    /// <param name="record">The in-flight record as it was read.</param>
    /// <param name="holderIsGone">The lease need not run out; the record may be gone too.</param>
    public async ValueTask<(Claim? Claim, ClaimResult Result)> TryTakeAsync(
        string transactionId, IdempotencyRecord record, bool holderIsGone)
    {
        var seat = new InFlightEntry(fingerprint: null);
        if (!_table.TryTake(transactionId, seat, out _))
            return (null, new ClaimResult(ClaimKind.InFlight, null, default));
        var result = new ClaimResult(ClaimKind.Unavailable, null, default);
        try
        {
            result = holderIsGone
                ? await _store.TakeOwnAsync(transactionId, record)
                : await _store.TakeExpiredAsync(transactionId, record);
            seat.Claim = result.Kind == ClaimKind.Owner ? result.Claim : null;
            return (seat.Claim, result);
        }
        finally
        {
            if (seat.Claim is null) EndSeat(transactionId, seat, JoinKind.Retry);
        }
    }

    /// <summary>
    /// Takes the seat of a request, so that nothing of it begins in this process until the hold is disposed of; null
    /// when somebody is at work on it.
    /// </summary>
    public IDisposable? TryHold(string transactionId)
    {
        var seat = new InFlightEntry(fingerprint: null);
        return _table.TryTake(transactionId, seat, out _) ? new Hold(this, transactionId, seat) : null;
    }

    /// <summary>Whether the record of a claim may be gone, or its lease be over soon: look again before
    /// sending.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="needed">How long the attempt may take.</param>
    public bool NeedsRenewal(Claim claim, TimeSpan needed) =>
        _store.IsStale(claim) || _store.LeaseLeft(claim) <= needed;

    /// <summary>
    /// Moves a claim to an attempt and renews it, before the first byte of that attempt is sent (S5). Unless it is
    /// Done, do not send: release the claim, or leave it to who has it.
    /// </summary>
    public ValueTask<FencedResult> UpdateAsync(
        Claim claim, string acquirer, string rrn, ReadOnlyMemory<byte> attempt) =>
        _store.UpdateAsync(claim, acquirer, rrn, attempt);

    /// <summary>
    /// Writes the final answer, which the journal holds already. It ends nothing: the answer may be told only after
    /// Done, because anybody may take over a claim whose record is not final. On Unavailable go on with
    /// <see cref="CompleteUntilKnownAsync"/>.
    /// </summary>
    public ValueTask<FencedResult> CompleteAsync(Claim claim, FinalAnswer final) => _store.CompleteAsync(claim, final);

    /// <summary>
    /// Tries a completion until the store has answered, with pauses of 50 ms to 1 s; Unavailable only when the service
    /// stops first. The seat stays taken meanwhile.
    /// </summary>
    public async Task<FencedResult> CompleteUntilKnownAsync(Func<ValueTask<FencedResult>> complete)
    {
        Interlocked.Increment(ref _pendingCompletions);
        _metrics.RepairsChanged("completion", 1);
        try
        {
            for (var pause = RepeatMin; !_closing.IsCancellationRequested; pause = Longer(pause))
            {
                await Task.Delay(pause, _time, _closing.Token).ConfigureAwait(Awaits.Quietly);
                var result = await complete();
                if (result.Kind != FencedKind.Unavailable) return result;
            }

            return new FencedResult(FencedKind.Unavailable, default);
        }
        finally
        {
            _metrics.RepairsChanged("completion", -1);
            Interlocked.Decrement(ref _pendingCompletions);
        }
    }

    /// <summary>Ends a claim with the answer that stands: everyone who joined gets it.</summary>
    /// <exception cref="InvalidOperationException">The claim has ended: a bug of the caller.</exception>
    public void End(Claim claim, ReadOnlyMemory<byte> answer)
    {
        var entry = EntryToEnd(claim);
        entry.Finish(JoinKind.Answer, answer);
        _table.Vacate(claim.TransactionId, entry);
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
    /// Ends a claim of which nobody can say how it ended: its record stays in flight until it is taken over, and
    /// whoever joined is told that it is in progress. Does nothing when the claim has ended, so it may stand in a
    /// <c>finally</c>.
    /// </summary>
    /// <param name="claim">The claim.</param>
    /// <param name="nothingSent">
    /// Provably nothing was sent, and recovery will release it. Otherwise the next to come in this process may end it.
    /// </param>
    public void Abandon(Claim claim, bool nothingSent = false)
    {
        if (!claim.TryEnd()) return;
        if (!nothingSent) _doubtful.Add(claim.Fence);
        IdempotencyLog.ClaimAbandoned(_logger, claim.TransactionId);
        _abandoned.Enqueue(claim.TransactionId);
        if (_table.TryFind(claim.TransactionId, out var entry))
            EndSeat(claim.TransactionId, entry, JoinKind.InProgress);
    }

    /// <summary>Stops the repeats; what still waits is left to the lease, and to the journal at the next
    /// start.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync();
        await _releases.DisposeAsync();
    }

    private InFlightEntry EntryToEnd(Claim claim)
    {
        if (!claim.TryEnd() || !_table.TryFind(claim.TransactionId, out var entry) || entry.Claim != claim)
            throw new InvalidOperationException("The claim has ended, or is not of this coordinator.");

        return entry;
    }

    private void EndSeat(
        string transactionId, InFlightEntry entry, JoinKind kind, ReadOnlyMemory<byte> answer = default)
    {
        // Vacated first: who is told to retry must find the seat free.
        _table.Vacate(transactionId, entry);
        entry.Finish(kind, answer);
    }

    private void QueueRelease(Claim claim)
    {
        // Remembered first: the release may be over before this goes on, and then nothing would forget it again.
        _orphans.TryAdd(claim.Fence, true);
        if (!_releases.TryAdd(claim)) _orphans.TryRemove(claim.Fence, out _);
    }

    private async ValueTask<bool> RepeatReleaseAsync(Claim claim)
    {
        if (await _store.ReleaseAsync(claim) == FencedKind.Unavailable) return false;
        _orphans.TryRemove(claim.Fence, out _);
        return true;
    }

    private sealed class Hold(RequestCoordinator requests, string transactionId, InFlightEntry seat) : IDisposable
    {
        public void Dispose() => requests.EndSeat(transactionId, seat, JoinKind.Retry);
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < RepeatMax ? pause * 2 : RepeatMax;
}
