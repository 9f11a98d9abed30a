namespace Switch.Service.Idempotency;

/// <summary>What a request may do.</summary>
internal enum EnterKind
{
    /// <summary>It owns its key: send, then end the claim.</summary>
    Owner,

    /// <summary>
    /// It owns a key whose former owner is gone: what that one may have sent is to be reversed, and 68 answered (S8).
    /// </summary>
    TakenOver,

    /// <summary>Its reversal came first, and it owns the answer to that: decline without sending (S9).</summary>
    Tombstoned,

    /// <summary>The answer is known: give it, marked as replayed (S2).</summary>
    Replay,

    /// <summary>Another attempt was still at work when the patience ended: ABORTED, REQUEST_IN_PROGRESS (S1).</summary>
    InProgress,

    /// <summary>ALREADY_EXISTS, IDEMPOTENCY_KEY_REUSED (S3).</summary>
    KeyReused,

    /// <summary>UNAVAILABLE, STORE_UNAVAILABLE: nothing was sent.</summary>
    Unavailable,
}

/// <param name="Kind">What the request may do.</param>
/// <param name="Claim">With Owner, TakenOver and Tombstoned, the claim to end.</param>
/// <param name="Answer">With Replay, the serialized answer.</param>
internal readonly record struct EnterResult(EnterKind Kind, Claim? Claim, ReadOnlyMemory<byte> Answer)
{
    public static EnterResult Of(JoinKind kind, ReadOnlyMemory<byte> answer) => kind switch
    {
        JoinKind.Answer => new EnterResult(EnterKind.Replay, null, answer),
        JoinKind.KeyReused => new EnterResult(EnterKind.KeyReused, null, default),
        JoinKind.Unavailable => new EnterResult(EnterKind.Unavailable, null, default),
        _ => new EnterResult(EnterKind.InProgress, null, default),
    };
}

/// <summary>How the wait for another request's end went.</summary>
internal enum WaitKind
{
    /// <summary>It has ended: see the record, Final or Tombstone.</summary>
    Ended,

    /// <summary>There is no record: it was never seen, or was released because nothing was sent.</summary>
    Absent,

    /// <summary>It was still in flight when the patience ended, or too many wait.</summary>
    InProgress,

    Unavailable,
}

/// <param name="Kind">How the wait went.</param>
/// <param name="Record">With Ended, the record.</param>
internal readonly record struct WaitResult(WaitKind Kind, IdempotencyRecord Record);
