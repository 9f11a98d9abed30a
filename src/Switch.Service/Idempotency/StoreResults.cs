namespace Switch.Service.Idempotency;

/// <summary>What a claim found.</summary>
internal enum ClaimKind
{
    /// <summary>Nobody had the key: the caller owns it and may send.</summary>
    Owner,

    /// <summary>It has its final answer (S2).</summary>
    Final,

    /// <summary>An owner works on it (S1).</summary>
    InFlight,

    /// <summary>The key belongs to a request with another payload (S3).</summary>
    KeyReused,

    /// <summary>Its reversal came first (S9).</summary>
    Tombstoned,

    /// <summary>The record that was to be taken over is gone: claim afresh.</summary>
    Released,

    /// <summary>The store did not answer in time, or not in a way this version can read. Nothing may be sent.</summary>
    Unavailable,
}

/// <param name="Kind">What the claim found.</param>
/// <param name="Claim">
/// With Owner, the claim. With Unavailable, the claim that may yet turn up in Redis and then has to be released, or
/// null when it certainly never will.
/// </param>
/// <param name="Record">The record that was there; without a value for Owner and Unavailable.</param>
internal readonly record struct ClaimResult(ClaimKind Kind, Claim? Claim, IdempotencyRecord Record)
{
    /// <summary>Judges a record that was there already, for a request with this fingerprint.</summary>
    public static ClaimResult Of(IdempotencyRecord record, UInt128 fingerprint)
    {
        // A tombstone carries no fingerprint: a reversal knows the key of its original, not its payload.
        var kind = record.State == RecordState.Tombstone ? ClaimKind.Tombstoned
            : record.Fingerprint != fingerprint ? ClaimKind.KeyReused
            : record.State == RecordState.Final ? ClaimKind.Final
            : ClaimKind.InFlight;
        return new ClaimResult(kind, null, record);
    }
}

/// <summary>What became of a fenced write.</summary>
internal enum FencedKind
{
    /// <summary>The record is as the caller wants it.</summary>
    Done,

    /// <summary>The record belongs to another claim, or has its final answer already; nothing was written.</summary>
    LostClaim,

    /// <summary>There is no record, and the step needs one.</summary>
    Gone,

    /// <summary>The store did not answer: the write may or may not have happened, and is safe to repeat.</summary>
    Unavailable,
}

/// <param name="Kind">What became of the write.</param>
/// <param name="Current">With LostClaim, the record that stands.</param>
internal readonly record struct FencedResult(FencedKind Kind, IdempotencyRecord Current);

/// <summary>What a reversal found (S9).</summary>
internal enum EntombKind
{
    /// <summary>Nothing was there; the tombstone now is.</summary>
    Entombed,

    /// <summary>A tombstone was there: this reversal is a repeat.</summary>
    AlreadyTombstoned,

    /// <summary>The request was seen, and is in flight or has its answer: see the record.</summary>
    Exists,

    /// <summary>The store did not answer; the tombstone may be there. Safe to repeat.</summary>
    Unavailable,
}

/// <param name="Kind">What the reversal found.</param>
/// <param name="Record">With Exists and AlreadyTombstoned, the record.</param>
internal readonly record struct EntombResult(EntombKind Kind, IdempotencyRecord Record);

/// <summary>What a look-up found.</summary>
internal enum FindKind
{
    Found,
    Absent,
    Unavailable,
}

/// <param name="Kind">What the look-up found.</param>
/// <param name="Record">With Found, the record.</param>
internal readonly record struct FindResult(FindKind Kind, IdempotencyRecord Record);
