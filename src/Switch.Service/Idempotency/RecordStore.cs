using Microsoft.Extensions.Options;

namespace Switch.Service.Idempotency;

/// <summary>
/// The records as the flows see them: claims, their moves and ends, tombstones, and what is changed of a final record.
/// Each method is one step of the store. Only <see cref="RequestCoordinator"/> makes claims: it knows which claims of
/// this process are alive.
/// </summary>
internal sealed class RecordStore
{
    private readonly IIdempotencyStore _store;
    private readonly IdempotencyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lease;
    private readonly TimeSpan _leaseFloor;
    private ulong _lastSequence;

    /// <param name="store">Where the records are.</param>
    /// <param name="instance">This process incarnation, as its records name their owner.</param>
    /// <param name="options">Lease and life of a record.</param>
    /// <param name="metrics">Counts claims.</param>
    /// <param name="time">The owner's clock.</param>
    public RecordStore(
        IIdempotencyStore store, InstanceId instance, IOptions<RedisOptions> options, IdempotencyMetrics metrics,
        TimeProvider time)
    {
        _store = store;
        Instance = instance;
        _metrics = metrics;
        _time = time;
        _lease = options.Value.Lease;
        _leaseFloor = options.Value.RecordTtl - _lease;
    }

    public InstanceId Instance { get; }

    /// <summary>Whether a claim was last confirmed by a store that may have lost records since.</summary>
    public bool IsStale(Claim claim) => claim.Generation != _store.Generation;

    /// <summary>How long this process may still count on the claim; negative once the lease is over.</summary>
    public TimeSpan LeaseLeft(Claim claim) => _time.GetElapsedTime(_time.GetTimestamp(), claim.LeaseEnds);

    /// <summary>Claims a key with one <c>SET … NX GET PX</c>.</summary>
    public async ValueTask<ClaimResult> ClaimAsync(ClaimRequest request)
    {
        var claim = NewClaim(request.TransactionId, request.Fingerprint, request);
        var reply = await _store.SetIfAbsentAsync(claim.TransactionId, Encode(claim));
        var result = ClaimResultOf(reply, claim, claim.Fingerprint);
        _metrics.Claimed(result.Kind);
        return result;
    }

    /// <summary>
    /// Takes over a record of this very process behind which no attempt stands and under which nothing was sent: swaps
    /// a new fence in, if the record is still that one or is gone.
    /// </summary>
    public async ValueTask<ClaimResult> TakeOrphanAsync(IdempotencyRecord orphan, ClaimRequest request)
    {
        var claim = NewClaim(request.TransactionId, request.Fingerprint, request);
        var reply = await _store.ReplaceAsync(
            claim.TransactionId, orphan.Guard, Encode(claim), orAbsent: true, keepLife: false);
        var result = ClaimResultOf(reply, claim, request.Fingerprint);
        if (result.Kind == ClaimKind.Owner) _metrics.TakenOver(IdempotencyMetrics.Orphan);
        return result;
    }

    /// <summary>
    /// Takes over a record whose owner is gone: its lease has run out on the store's clock, and nobody can say what was
    /// sent under it. The claim carries the attempt that has to be reversed. Owner: the caller has it, and has to
    /// finish it as in doubt (S8). InFlight: the lease still runs. Absent is Released.
    /// </summary>
    public async ValueTask<ClaimResult> TakeExpiredAsync(string transactionId, IdempotencyRecord record)
    {
        var claim = Successor(transactionId, record);
        var reply = await _store.TakeExpiredAsync(transactionId, record.Fence, Encode(claim));
        var result = ClaimResultOf(reply, claim, record.Fingerprint);
        if (result.Kind == ClaimKind.Owner) _metrics.TakenOver(IdempotencyMetrics.Expired);
        return result;
    }

    /// <summary>
    /// Takes over a claim that an earlier incarnation of this journal made, or that this one abandoned: its holder is
    /// known to be gone, so the lease need not run out. The record may be gone too.
    /// </summary>
    public async ValueTask<ClaimResult> TakeOwnAsync(string transactionId, IdempotencyRecord record)
    {
        var claim = Successor(transactionId, record);
        var reply = await _store.ReplaceAsync(
            transactionId, record.Guard, Encode(claim), orAbsent: true, keepLife: false);
        var result = ClaimResultOf(reply, claim, record.Fingerprint);
        if (result.Kind == ClaimKind.Owner) _metrics.TakenOver(IdempotencyMetrics.Own);
        return result;
    }

    /// <summary>
    /// Moves a claim to an attempt, before the first byte of that attempt is sent (S5), and renews its lease. On
    /// Unavailable and LostClaim the claim still names the attempt before, and the next one must not be sent.
    /// </summary>
    public async ValueTask<FencedResult> UpdateAsync(
        Claim claim, string acquirer, string rrn, ReadOnlyMemory<byte> attempt)
    {
        var next = new Claim(
            claim.TransactionId, claim.Fingerprint, claim.Fence, claim.ClaimedAtMs, acquirer, rrn, attempt)
        {
            Guard = claim.Guard,
            Generation = _store.Generation,
            LeaseEnds = LeaseFromNow(),
        };
        var reply = await _store.ReplaceAsync(
            claim.TransactionId, claim.Guard, Encode(next), orAbsent: true, keepLife: false);
        var result = FencedResultOf(reply);
        if (result.Kind == FencedKind.Done) claim.MoveTo(next);
        return result;
    }

    /// <summary>
    /// Writes the final answer if the record is as the claim left it, or is gone. Within the lease it lives for what is
    /// left of the claim's life, which is all but the lease at least; else, and over a tombstone, its life starts anew.
    /// Repeating it is safe: the answer is written once and never over what was marked since.
    /// </summary>
    public async ValueTask<FencedResult> CompleteAsync(Claim claim, FinalAnswer final)
    {
        var reply = await _store.ReplaceAsync(
            claim.TransactionId, claim.Guard, EncodeFinal(claim, final), orAbsent: true,
            keepLife: !claim.IsOfTombstone && LeaseLeft(claim) > TimeSpan.Zero);
        var result = FencedResultOf(reply);

        // Our fence on a final record: an earlier try of this very completion, whose answer was lost on the way.
        return result.Kind == FencedKind.LostClaim && result.Current.Fence == claim.Fence
            && result.Current.State == RecordState.Final
                ? new FencedResult(FencedKind.Done, default)
                : result;
    }

    /// <summary>
    /// The same for a completion of which only the record was kept, by an earlier incarnation perhaps. Safe to repeat.
    /// </summary>
    public async ValueTask<FencedResult> CompleteKeptAsync(string transactionId, IdempotencyRecord kept)
    {
        var guard = RecordEncoder.Guard(kept.Fence, kept.Fingerprint, kept.Owner);
        for (var round = 0; ; round++)
        {
            var reply = await _store.ReplaceAsync(
                transactionId, guard, kept.Bytes.ToArray(), orAbsent: true, keepLife: false);
            var result = FencedResultOf(reply);
            if (result.Kind != FencedKind.LostClaim) return result;
            // An earlier try got through; what was marked since stays.
            if (result.Current.State == RecordState.Final && result.Current.Fence == kept.Fence)
                return new FencedResult(FencedKind.Done, default);
            // The answer to a tombstone stands on the tombstone.
            if (!kept.Tombstoned || result.Current.State != RecordState.Tombstone || round > 0) return result;
            guard = result.Current.Guard;
        }
    }

    /// <summary>The record that <see cref="CompleteAsync"/> writes: what the journal keeps to put it back.</summary>
    public byte[] EncodeFinal(Claim claim, FinalAnswer final)
    {
        if (claim.FinalRecord is { } known && known.Answer == final) return known.Record;
        var record = RecordEncoder.Final(claim, Instance, final);
        claim.FinalRecord = (final, record);
        return record;
    }

    /// <summary>The record of a claim as it stands: what the journal keeps with an intent.</summary>
    public byte[] Encode(Claim claim) => claim.Record ??= RecordEncoder.InFlight(claim, Instance, _leaseFloor);

    /// <summary>Deletes the record of a claim under which nothing was sent (S2: the retry runs afresh).</summary>
    public async ValueTask<FencedKind> ReleaseAsync(Claim claim)
    {
        var reply = await _store.DeleteAsync(claim.TransactionId, claim.Fence);
        return FencedResultOf(reply).Kind;
    }

    /// <summary>Puts a tombstone where nothing is yet: the reversal came before its request (S9).</summary>
    /// <param name="transactionId">Of the request.</param>
    /// <param name="tombstone">As <see cref="EncodeTombstone"/> made it.</param>
    public async ValueTask<EntombResult> EntombAsync(string transactionId, byte[] tombstone)
    {
        var reply = await _store.SetIfAbsentAsync(transactionId, tombstone);
        return reply.Kind switch
        {
            StoreReplyKind.Done => new EntombResult(EntombKind.Entombed, default),
            StoreReplyKind.Found when reply.Record.State == RecordState.Tombstone =>
                new EntombResult(EntombKind.AlreadyTombstoned, reply.Record),
            StoreReplyKind.Found => new EntombResult(EntombKind.Exists, reply.Record),
            _ => new EntombResult(EntombKind.Unavailable, default),
        };
    }

    /// <summary>A tombstone of this instance.</summary>
    public byte[] EncodeTombstone() => RecordEncoder.Tombstone(NewFence(), Instance, NowMs());

    /// <summary>
    /// Changes flags and reversal data of a final record, and makes this instance its owner, if it is still as it was
    /// read.
    /// </summary>
    public async ValueTask<FencedResult> AmendAsync(
        string transactionId, IdempotencyRecord record, byte flags, ReadOnlyMemory<byte> reversalData)
    {
        var reply = await _store.ReplaceAsync(
            transactionId, record.Guard, EncodeAmended(record, flags, reversalData), orAbsent: false, keepLife: true);
        return FencedResultOf(reply);
    }

    /// <summary>The record that <see cref="AmendAsync"/> writes.</summary>
    public byte[] EncodeAmended(IdempotencyRecord record, byte flags, ReadOnlyMemory<byte> reversalData) =>
        RecordEncoder.Amended(record, Instance, flags, reversalData.Span);

    /// <summary>Reads a record.</summary>
    public async ValueTask<FindResult> FindAsync(string transactionId)
    {
        var reply = await _store.GetAsync(transactionId);
        return reply.Kind switch
        {
            StoreReplyKind.Found => new FindResult(FindKind.Found, reply.Record),
            StoreReplyKind.Absent => new FindResult(FindKind.Absent, default),
            _ => new FindResult(FindKind.Unavailable, default),
        };
    }

    /// <summary>The right to answer for a tombstone: the first authorization that meets it declines for all
    /// repeats.</summary>
    public Claim ClaimTombstone(ClaimRequest request, IdempotencyRecord tombstone) => new(
        request.TransactionId, request.Fingerprint, NewFence(), NowMs(), "", request.Rrn)
    {
        Guard = tombstone.Guard,
        Generation = _store.Generation,
        LeaseEnds = LeaseFromNow(),
    };

    private static ClaimResult ClaimResultOf(in StoreReply reply, Claim claim, UInt128 fingerprint) => reply.Kind switch
    {
        StoreReplyKind.Done => new ClaimResult(ClaimKind.Owner, claim, default),
        StoreReplyKind.Found => ClaimResult.Of(reply.Record, fingerprint),
        StoreReplyKind.Absent => new ClaimResult(ClaimKind.Released, null, default),
        _ => new ClaimResult(ClaimKind.Unavailable, reply.MayBeTaken ? claim : null, default),
    };

    private static FencedResult FencedResultOf(in StoreReply reply) => reply.Kind switch
    {
        StoreReplyKind.Done => new FencedResult(FencedKind.Done, default),
        StoreReplyKind.Found => new FencedResult(FencedKind.LostClaim, reply.Record),
        StoreReplyKind.Absent => new FencedResult(FencedKind.Gone, default),
        _ => new FencedResult(FencedKind.Unavailable, default),
    };

    private Claim NewClaim(string transactionId, UInt128 fingerprint, ClaimRequest request) =>
        NewClaim(transactionId, fingerprint, NowMs(), request.Acquirer, request.Rrn, request.Attempt);

    // Of another's record: everything stays but who acts for it.
    private Claim Successor(string transactionId, IdempotencyRecord record) => NewClaim(
        transactionId, record.Fingerprint, record.ClaimedAtMs, record.Acquirer, record.Rrn, record.ReversalData);

    private Claim NewClaim(
        string transactionId, UInt128 fingerprint, long claimedAtMs, string acquirer, string rrn,
        ReadOnlyMemory<byte> attempt)
    {
        var fence = NewFence();
        return new Claim(transactionId, fingerprint, fence, claimedAtMs, acquirer, rrn, attempt)
        {
            Guard = RecordEncoder.Guard(fence, fingerprint, Instance),
            // Both are taken before the record is written, so they can only be too strict.
            Generation = _store.Generation,
            LeaseEnds = LeaseFromNow(),
        };
    }

    private long LeaseFromNow() =>
        _time.GetTimestamp() + (long)(_lease.TotalSeconds * _time.TimestampFrequency);

    private Fence NewFence() => new(Interlocked.Increment(ref _lastSequence), (ulong)Random.Shared.NextInt64());

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What a claim is asked for.</summary>
/// <param name="TransactionId">32 lower-case hexadecimal characters.</param>
/// <param name="Fingerprint">Of the request's payload (S3).</param>
/// <param name="Acquirer">Of the first attempt; at most 64 bytes; empty when there is none.</param>
/// <param name="Rrn">Of the first attempt; 12 characters.</param>
/// <param name="Attempt">What a reversal of the first attempt needs, card data sealed; empty when there is
/// none.</param>
internal readonly record struct ClaimRequest(
    string TransactionId, UInt128 Fingerprint, string Acquirer, string Rrn, ReadOnlyMemory<byte> Attempt);
