using System.Diagnostics;
using System.Text;

namespace Switch.Service.Idempotency;

/// <summary>
/// The right to act for one request. Its holder ends it exactly once, through the coordinator that gave it: completed,
/// released (nothing was sent) or abandoned (nobody can say). It belongs to one pipeline run and is not thread-safe.
/// </summary>
[DebuggerDisplay("{Acquirer} {Fence.Sequence}")]
internal sealed class Claim
{
    public const int TransactionIdLength = 32;

    private bool _ended;

    /// <exception cref="ArgumentException">A field does not fit the record: a bug of the caller.</exception>
    public Claim(
        string transactionId, UInt128 fingerprint, Fence fence, long claimedAtMs, string acquirer, string rrn,
        ReadOnlyMemory<byte> attempt = default)
    {
        if (transactionId.Length != TransactionIdLength)
            throw new ArgumentException($"Not of {TransactionIdLength} characters.", nameof(transactionId));

        Check(acquirer, rrn);
        TransactionId = transactionId;
        Fingerprint = fingerprint;
        Fence = fence;
        ClaimedAtMs = claimedAtMs;
        Acquirer = acquirer;
        Rrn = rrn;
        Attempt = attempt;
    }

    /// <summary>32 lower-case hexadecimal characters.</summary>
    public string TransactionId { get; }

    public UInt128 Fingerprint { get; }

    public Fence Fence { get; }

    /// <summary>When the claim was made, Unix milliseconds by the owner's clock.</summary>
    public long ClaimedAtMs { get; }

    /// <summary>The acquirer of the current attempt.</summary>
    public string Acquirer { get; private set; }

    /// <summary>The retrieval reference number (DE 37), 12 characters.</summary>
    public string Rrn { get; private set; }

    /// <summary>All that a reversal of the current attempt needs, card data sealed; empty when nothing can be
    /// sent.</summary>
    public ReadOnlyMemory<byte> Attempt { get; private set; }

    /// <summary>What the record of this claim is like until it ends: in flight, or the tombstone that it answers
    /// for.</summary>
    public byte[] Guard { get; init; } = [];

    /// <summary>Whether it is the right to answer for a tombstone, whose life began with the reversal.</summary>
    public bool IsOfTombstone => Guard is [(byte)RecordState.Tombstone, ..];

    /// <summary>
    /// The generation of the store in which the claim was last confirmed; in another the record may be gone.
    /// </summary>
    public long Generation { get; set; }

    /// <summary>Until when this process may count on the claim, as a timestamp of the owner's monotonic
    /// clock.</summary>
    public long LeaseEnds { get; set; }

    /// <summary>
    /// Its record as it was last encoded, null before: the store and the journal are given the same bytes.
    /// </summary>
    public byte[]? Record { get; set; }

    /// <summary>The same of the record that ends it.</summary>
    public (FinalAnswer Answer, byte[] Record)? FinalRecord { get; set; }

    /// <summary>Moves the claim to its next attempt; only the store does, when Redis has it.</summary>
    public void MoveTo(Claim next)
    {
        Acquirer = next.Acquirer;
        Rrn = next.Rrn;
        Attempt = next.Attempt;
        Generation = next.Generation;
        LeaseEnds = next.LeaseEnds;
        Record = next.Record;
        FinalRecord = null;
    }

    /// <summary>Whether this call ends the claim; false when it has ended before.</summary>
    public bool TryEnd()
    {
        if (_ended) return false;
        _ended = true;
        return true;
    }

    private static void Check(string acquirer, string rrn)
    {
        if (Encoding.UTF8.GetByteCount(acquirer) > IdempotencyRecord.AcquirerLengthMax)
            throw new ArgumentException($"Longer than {IdempotencyRecord.AcquirerLengthMax} bytes.", nameof(acquirer));

        if (rrn.Length != IdempotencyRecord.RrnLength)
            throw new ArgumentException($"Not of {IdempotencyRecord.RrnLength} characters.", nameof(rrn));
    }
}
