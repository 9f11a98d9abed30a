namespace Switch.Service.Idempotency;

/// <summary>How the attempt that others joined has ended, for them.</summary>
internal enum JoinKind
{
    /// <summary>It has not ended.</summary>
    Pending,

    /// <summary>There is a final answer; it is theirs too (S1).</summary>
    Answer,

    /// <summary>It ended without one and nothing was sent: one of them runs afresh (S2).</summary>
    Retry,

    /// <summary>Another owner still works on it and there is no room to wait, or nobody can say how it ended.</summary>
    InProgress,

    KeyReused,
    Unavailable,
}

/// <summary>
/// The seat of one transaction in this process: whoever holds it is the only one here to speak to Redis for that key,
/// the others wait on it. One object while nobody waits; the first to wait adds what they wait on.
/// </summary>
internal sealed class InFlightEntry
{
    private ReadOnlyMemory<byte> _answer;
    private int _kind;
    private TaskCompletionSource? _waiters;

    public InFlightEntry(UInt128? fingerprint) => Fingerprint = fingerprint;

    /// <summary>Of the payload; null when the seat is recovery's, which knows the record only.</summary>
    public UInt128? Fingerprint { get; }

    /// <summary>The claim behind the seat, once there is one; only the seat's holder uses it.</summary>
    public Claim? Claim { get; set; }

    /// <summary>Whether a look has passed over this seat before; for the one that looks.</summary>
    public bool WasSeen { get; set; }

    public JoinKind Kind => (JoinKind)Volatile.Read(ref _kind);

    /// <summary>The answer, once <see cref="Kind"/> is Answer.</summary>
    public ReadOnlyMemory<byte> Answer => _answer;

    /// <summary>Ends the wait of everyone, now and later; the first call counts.</summary>
    public void Finish(JoinKind kind, ReadOnlyMemory<byte> answer = default)
    {
        if (Kind != JoinKind.Pending) return;
        _answer = answer;

        // A full fence: either the read below sees the waiters, or whoever adds them afterwards sees the kind.
        Interlocked.Exchange(ref _kind, (int)kind);
        Volatile.Read(ref _waiters)?.TrySetResult();
    }

    /// <summary>
    /// Waits for the end, at most <paramref name="patience"/>; Pending means that the patience, or the caller, was gone
    /// first. Nobody's end of patience touches the attempt itself (S5).
    /// </summary>
    public async ValueTask<JoinKind> WaitAsync(TimeSpan patience, TimeProvider time, CancellationToken caller)
    {
        if (Kind != JoinKind.Pending || patience <= TimeSpan.Zero) return Kind;

        var waiters = Volatile.Read(ref _waiters);
        if (waiters is null)
        {
            var mine = new TaskCompletionSource();
            waiters = Interlocked.CompareExchange(ref _waiters, mine, null) ?? mine;
        }

        if (Kind != JoinKind.Pending)
        {
            waiters.TrySetResult();
            return Kind;
        }

        await waiters.Task.WaitAsync(patience, time, caller).ConfigureAwait(Awaits.Quietly);
        // Off the stack of whoever finished: it has others to wake.
        await Task.Yield();
        return Kind;
    }
}
