using System.Globalization;
using Microsoft.Extensions.Options;
using Switch.Contracts.V1;
using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Recovery;

/// <summary>
/// Writes into a store that may have lost records what this instance's journal holds of them: the answers of the last
/// minutes, tombstones, and the claims of what is open. An answer that a terminal may have seen outranks an attempt;
/// what is not settled is put back as the claim it was, and ends the ordinary way.
/// </summary>
internal sealed class PutBack
{
    private const int PageMax = 256;

    private readonly IIdempotencyStore _store;
    private readonly OpenClaimIndex _index;
    private readonly LateReversals _late;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _ttl;
    private readonly TimeSpan _leaseFloor;
    private readonly ILogger<PutBack> _logger;

    public PutBack(
        IIdempotencyStore store, OpenClaimIndex index, LateReversals late, IJournal journal,
        IOptions<RedisOptions> options, TimeProvider time, ILogger<PutBack> logger)
    {
        _store = store;
        _index = index;
        _late = late;
        _journal = journal;
        _time = time;
        _ttl = options.Value.RecordTtl;
        _leaseFloor = _ttl - options.Value.Lease;
        _logger = logger;
    }

    /// <summary>How many records it looked after; -1 when the store or the journal did not take one.</summary>
    public async ValueTask<int> RunAsync(CancellationToken stopping)
    {
        // Claims first: what ends while they are read is then among the outcomes, and what ends while those are read,
        // among the later ones. No claim is made meanwhile, so the rounds come to an end.
        var count = await PutClaimsAsync();
        for (var through = 0L; count >= 0;)
        {
            var (put, newest) = await PutOutcomesAsync(through, stopping);
            if (newest == through) break;
            count = put < 0 ? -1 : count + put;
            through = newest;
        }

        return count;
    }

    private async ValueTask<int> PutClaimsAsync()
    {
        var count = 0;
        foreach (var intent in _journal.ReadOpenIntents())
        {
            if (!IdempotencyRecord.TryDecode(intent.Detail, out _, out _)) continue;
            var claim = await _store.RestoreAsync(
                intent.TransactionId, intent.Detail.ToArray(), _ttl, overInFlight: false);
            if (claim.Kind == StoreReplyKind.Unavailable) return -1;
            count++;
        }

        return count;
    }

    // Newest first, and only the newest of a transaction: it has replaced the older ones, or says that nothing of them
    // stands.
    private async ValueTask<(int Count, long Newest)> PutOutcomesAsync(long through, CancellationToken stopping)
    {
        var count = 0;
        var newest = through;
        var seen = new HashSet<UInt128>();
        for (var before = long.MaxValue; _journal.ReadOutcomes(before, PageMax) is { Count: > 0 } page;)
        {
            newest = Math.Max(newest, page[0].Sequence);
            before = page[^1].Sequence;
            stopping.ThrowIfCancellationRequested();
            var writes = new List<Task<bool>>(page.Count);
            foreach (var (sequence, outcome) in page)
            {
                if (sequence <= through) break;
                var id = UInt128.Parse(outcome.TransactionId, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (seen.Contains(id)) continue;
                var isReadable = IdempotencyRecord.TryDecode(outcome.Record, out var record, out _);
                // The answer to a tombstone that nobody has been told: the tombstone is an older row.
                if (isReadable && !outcome.IsSettled && record.Tombstoned) continue;
                seen.Add(id);
                if (isReadable) writes.Add(PutAsync(outcome, record).AsTask());
            }

            if (Array.Exists(await Task.WhenAll(writes), static isPut => !isPut)) return (-1, newest);
            count += writes.Count;
            if (before <= through) break;
        }

        return (count, newest);
    }

    private async ValueTask<bool> PutAsync(OutcomeRow outcome, IdempotencyRecord record)
    {
        // Also of what is not settled: its completion is on its way, and the note that went before it is lost.
        if (record.ReversalOwed && !await _index.KeepAsync(outcome.TransactionId)) return false;
        if (!outcome.IsSettled) return await PutClaimAsync(outcome, record);

        var age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(outcome.AtMs);
        var isFinal = record.State == RecordState.Final;
        var reply = await _store.RestoreAsync(
            outcome.TransactionId, outcome.Record.ToArray(), _ttl - age, overInFlight: isFinal);
        return reply.Kind switch
        {
            StoreReplyKind.Unavailable => false,
            StoreReplyKind.Found when IsLater(record, reply.Record) =>
                await PutOverAsync(outcome, _ttl - age, reply.Record),
            StoreReplyKind.Found => await ReconcileAsync(outcome.TransactionId, record, reply.Record),
            _ => true,
        };
    }

    // The store has the same answer, but has lost what was marked on it since.
    private static bool IsLater(IdempotencyRecord kept, IdempotencyRecord standing) =>
        kept.State == RecordState.Final && standing.State == RecordState.Final && kept.Fence == standing.Fence
        && ((kept.ReversalRequested && !standing.ReversalRequested)
            || (kept.ReversalRequested == standing.ReversalRequested && standing.ReversalOwed && !kept.ReversalOwed));

    private async ValueTask<bool> PutOverAsync(OutcomeRow outcome, TimeSpan life, IdempotencyRecord standing)
    {
        var reply = await _store.RestoreAsync(
            outcome.TransactionId, outcome.Record.ToArray(), life, overInFlight: false, standing.Guard);
        return reply.Kind != StoreReplyKind.Unavailable;
    }

    // Nobody is known to have been told this outcome. Its claim keeps others from sending until it is known whether it
    // stands.
    private async ValueTask<bool> PutClaimAsync(OutcomeRow outcome, IdempotencyRecord record)
    {
        var attempt = record.ReversalData.IsEmpty
            ? ReadOnlyMemory<byte>.Empty
            : record.Reversal().Original.Encoded;
        var claim = new Claim(
            outcome.TransactionId, record.Fingerprint, record.Fence, record.ClaimedAtMs, record.Acquirer, record.Rrn,
            attempt);
        var bytes = RecordEncoder.InFlight(claim, record.Owner, _leaseFloor);
        var reply = await _store.RestoreAsync(outcome.TransactionId, bytes, _ttl, overInFlight: false);
        return reply.Kind != StoreReplyKind.Unavailable;
    }

    // What was put into the store after the loss contradicts what was there before it.
    private async ValueTask<bool> ReconcileAsync(
        string transactionId, IdempotencyRecord kept, IdempotencyRecord standing)
    {
        switch (kept.State)
        {
            case RecordState.Tombstone when standing.State != RecordState.Tombstone && !standing.ReversalRequested:
                // The reversal came first, and the request got through after all: it is taken back like any other.
                var deferred = new DeferredReversal(transactionId, ReversalReason.Unspecified);
                return IsTaken(await _journal.WriteAsync(new JournalStep { DeferReversal = deferred }));
            case RecordState.Final when standing.State == RecordState.Tombstone && !kept.Tombstoned:
                return kept.ReversalData.IsEmpty || kept.ReversalOwed
                    || IsTaken(await _late.ReverseAsync(kept.Reversal().Original, standing));
            case RecordState.Final when standing.State == RecordState.Final && standing.Fence != kept.Fence:
                Log.RecordsContradict(_logger, transactionId);
                return await ParkAsync(kept, standing);
            default:
                return true;
        }
    }

    // Terminals may have been told both. What was told first stands at its acquirer and nobody would ever look.
    private async ValueTask<bool> ParkAsync(IdempotencyRecord kept, IdempotencyRecord standing)
    {
        if (kept.ReversalData.IsEmpty || kept.ReversalOwed || kept.ReversalRequested) return true;
        var attempt = kept.Reversal().Original;
        return standing.Covers(attempt) || IsTaken(await _late.ParkAsync(attempt));
    }

    // What the journal refuses it refuses again: one record must not keep all money out.
    private static bool IsTaken(JournalFault fault) => fault is JournalFault.None or JournalFault.Refused;
}
