using System.Text;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <summary>
/// The records in Redis, one key a request. Each method is one round trip, never throws for a Redis that is down or
/// hangs, and ends within <see cref="RedisOptions.OperationTimeout"/> and a third. Only
/// <see cref="RequestCoordinator"/> makes claims: it knows which claims of this process are alive.
/// </summary>
internal sealed class RedisIdempotencyStore
{
    private const string Set = "SET";
    private const string Get = "GET";
    private const string Script = "EVALSHA";

    private readonly RedisGate _gate;
    private readonly IdempotencyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisIdempotencyStore> _logger;
    private readonly TimeSpan _ttl;
    private readonly RedisValue _ttlMs;
    private ulong _lastSequence;

    public RedisIdempotencyStore(
        RedisConnection connection,
        IOptions<RedisOptions> options,
        IdempotencyMetrics metrics,
        TimeProvider time,
        ILogger<RedisIdempotencyStore> logger)
    {
        _gate = new RedisGate(connection, options.Value, metrics, time);
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _ttl = options.Value.RecordTtl;
        _ttlMs = (long)_ttl.TotalMilliseconds;
    }

    /// <summary>This process incarnation, as its records name their owner.</summary>
    public InstanceId Instance { get; } = InstanceId.Create();

    /// <summary>Claims a key with one <c>SET … NX GET PX</c>.</summary>
    /// <param name="transactionId">32 lower-case hexadecimal characters.</param>
    /// <param name="fingerprint">Of the request's payload (S3).</param>
    /// <param name="acquirer">Of the first attempt; at most 64 bytes.</param>
    /// <param name="rrn">Of the first attempt; 12 characters.</param>
    public async ValueTask<ClaimResult> ClaimAsync(
        string transactionId, UInt128 fingerprint, string acquirer, string rrn)
    {
        var claim = NewClaim(transactionId, fingerprint, acquirer, rrn);
        var result = await ClaimAsync(claim);
        _metrics.Claimed(result.Kind);
        return result;
    }

    /// <summary>
    /// Takes over <paramref name="orphan"/>, an in-flight record behind which no attempt stands: swaps a new fence in,
    /// if the record is still that one or is gone. The caller has to know that nothing was sent under it.
    /// </summary>
    public async ValueTask<ClaimResult> TakeOverAsync(
        IdempotencyRecord orphan, string transactionId, UInt128 fingerprint, string acquirer, string rrn)
    {
        var claim = NewClaim(transactionId, fingerprint, acquirer, rrn);
        var written = await ReplaceAsync(transactionId, orphan.Fence, RecordEncoder.InFlight(claim, Instance));
        var result = written.Kind switch
        {
            FencedKind.Done => new ClaimResult(ClaimKind.Owner, claim, default),
            FencedKind.LostClaim => ClaimResult.Of(written.Current, fingerprint),
            _ => new ClaimResult(ClaimKind.Unavailable, claim, default),
        };
        if (result.Kind == ClaimKind.Owner) _metrics.OrphanTakenOver();
        return result;
    }

    /// <summary>
    /// Moves a claim to its next attempt, before the first byte of that attempt is sent (S5). On Unavailable and
    /// LostClaim the claim still names the attempt before, and the next one must not be sent.
    /// </summary>
    public async ValueTask<FencedResult> UpdateAsync(Claim claim, string acquirer, string rrn)
    {
        var next = new Claim(
            claim.TransactionId, claim.Fingerprint, claim.Fence, claim.ClaimedAtMs, acquirer, rrn);
        var result = await ReplaceAsync(claim.TransactionId, claim.Fence, RecordEncoder.InFlight(next, Instance));
        if (result.Kind == FencedKind.Done) claim.MoveTo(acquirer, rrn);
        return result;
    }

    /// <summary>
    /// Writes the final answer if the record carries this claim's fence, or is gone. Repeating it is safe: the answer
    /// is written once and never over what a reversal marked since.
    /// </summary>
    /// <param name="claim">The caller's claim.</param>
    /// <param name="answer">The serialized answer every repeat will get; at most 64 KiB.</param>
    /// <param name="reversalData">What a later reversal needs, sealed; may be empty; at most 64 KiB.</param>
    public async ValueTask<FencedResult> CompleteAsync(
        Claim claim, ReadOnlyMemory<byte> answer, ReadOnlyMemory<byte> reversalData)
    {
        var record = RecordEncoder.Final(claim, Instance, answer.Span, reversalData.Span);
        var result = await ReplaceAsync(claim.TransactionId, claim.Fence, record);

        // Our fence on a final record: an earlier try of this very completion, whose answer was lost on the way.
        return result.Kind == FencedKind.LostClaim && result.Current.Fence == claim.Fence
            && result.Current.State == RecordState.Final
                ? new FencedResult(FencedKind.Done, default)
                : result;
    }

    /// <summary>Deletes the record of a claim under which nothing was sent (S2: the retry runs afresh).</summary>
    public async ValueTask<FencedKind> ReleaseAsync(Claim claim)
    {
        var result = await EvaluateAsync(RecordScripts.Release, claim.TransactionId, [claim.Fence.ToArray()]);
        if (result is null) return FencedKind.Unavailable;
        return (int)result == 1 ? FencedKind.Done : FencedKind.LostClaim;
    }

    /// <summary>Puts a tombstone where nothing is yet: the reversal came before its request (S9).</summary>
    public async ValueTask<EntombResult> EntombAsync(string transactionId)
    {
        var tombstone = RecordEncoder.Tombstone(NewFence(), Instance, NowMs());
        var (answered, _, found) = await SetIfAbsentAsync(transactionId, tombstone);
        if (!answered) return new EntombResult(EntombKind.Unavailable, default);
        if (found.IsNull) return new EntombResult(EntombKind.Entombed, default);
        if (!TryRead(found, out var record)) return new EntombResult(EntombKind.Unavailable, default);
        return new EntombResult(
            record.State == RecordState.Tombstone ? EntombKind.AlreadyTombstoned : EntombKind.Exists, record);
    }

    /// <summary>
    /// Marks a final record as reversed. The mark only makes a repeated reversal cheap to recognise; what makes the
    /// reversal happen is the journal, so journal first: a crash in between then loses the mark, not the reversal.
    /// </summary>
    public async ValueTask<MarkKind> MarkReversalRequestedAsync(string transactionId)
    {
        var result = await EvaluateAsync(RecordScripts.MarkReversal, transactionId, []);
        if (result is null) return MarkKind.Unavailable;
        return (int)result switch
        {
            1 => MarkKind.Marked,
            0 => MarkKind.AlreadyMarked,
            -1 => MarkKind.NotFinal,
            _ => MarkKind.Absent,
        };
    }

    /// <summary>Reads a record.</summary>
    public async ValueTask<FindResult> FindAsync(string transactionId)
    {
        var key = KeyOf(transactionId);
        if (!_gate.TryEnter(key, out var database, out var started))
            return new FindResult(FindKind.Unavailable, default);

        RedisValue found;
        try
        {
            found = await database.StringGetAsync(key);
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            _gate.Failed(Get, started, exception);
            return new FindResult(FindKind.Unavailable, default);
        }

        _gate.Succeeded(Get, started);
        if (found.IsNull) return new FindResult(FindKind.Absent, default);
        return TryRead(found, out var record)
            ? new FindResult(FindKind.Found, record)
            : new FindResult(FindKind.Unavailable, default);
    }

    // The braces are a hash tag: a cluster places the record by the transaction id alone, and so would any second key.
    internal static byte[] KeyOf(string transactionId)
    {
        var key = new byte[transactionId.Length + 5];
        "cs:{"u8.CopyTo(key);
        Encoding.ASCII.GetBytes(transactionId, key.AsSpan(4));
        key[^1] = (byte)'}';
        return key;
    }

    private async ValueTask<ClaimResult> ClaimAsync(Claim claim)
    {
        var record = RecordEncoder.InFlight(claim, Instance);
        var (answered, mayBeWritten, found) = await SetIfAbsentAsync(claim.TransactionId, record);
        if (!answered) return new ClaimResult(ClaimKind.Unavailable, mayBeWritten ? claim : null, default);
        if (found.IsNull) return new ClaimResult(ClaimKind.Owner, claim, default);
        return TryRead(found, out var standing)
            ? ClaimResult.Of(standing, claim.Fingerprint)
            : new ClaimResult(ClaimKind.Unavailable, null, default);
    }

    private async ValueTask<(bool Answered, bool MayBeWritten, RedisValue Found)> SetIfAbsentAsync(
        string transactionId, byte[] record)
    {
        var key = KeyOf(transactionId);
        if (!_gate.TryEnter(key, out var database, out var started)) return (false, false, default);
        try
        {
            var found = await database.StringSetAndGetAsync(key, record, _ttl, When.NotExists, CommandFlags.None);
            _gate.Succeeded(Set, started);
            return (true, false, found);
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            _gate.Failed(Set, started, exception);
            return (false, !RedisFault.IsCertainlyNotRun(exception), default);
        }
    }

    private async ValueTask<FencedResult> ReplaceAsync(string transactionId, Fence fence, byte[] record)
    {
        var result = await EvaluateAsync(RecordScripts.Replace, transactionId, [fence.ToArray(), record, _ttlMs]);
        if (result is null) return new FencedResult(FencedKind.Unavailable, default);
        if (result.Resp2Type == ResultType.Integer) return new FencedResult(FencedKind.Done, default);
        return TryRead((RedisValue)result, out var standing)
            ? new FencedResult(FencedKind.LostClaim, standing)
            : new FencedResult(FencedKind.Unavailable, default);
    }

    private async ValueTask<RedisResult?> EvaluateAsync(string script, string transactionId, RedisValue[] arguments)
    {
        RedisKey key = KeyOf(transactionId);
        if (!_gate.TryEnter(key, out var database, out var started)) return null;
        try
        {
            var result = await database.ScriptEvaluateAsync(script, [key], arguments);
            _gate.Succeeded(Script, started);
            return result;
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            _gate.Failed(Script, started, exception);
            return null;
        }
    }

    private bool TryRead(RedisValue value, out IdempotencyRecord record)
    {
        if (IdempotencyRecord.TryDecode((ReadOnlyMemory<byte>)value, out record, out var fault)) return true;
        IdempotencyLog.RecordUnreadable(_logger, fault);
        return false;
    }

    private Claim NewClaim(string transactionId, UInt128 fingerprint, string acquirer, string rrn) =>
        new(transactionId, fingerprint, NewFence(), NowMs(), acquirer, rrn);

    private Fence NewFence() => new(Interlocked.Increment(ref _lastSequence), (ulong)Random.Shared.NextInt64());

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
