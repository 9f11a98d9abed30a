using System.Threading.Tasks.Sources;

namespace Switch.Iso8583;

internal enum PendingState
{
    Idle,
    Queued,
    Sent,
    Done,
}

/// <summary>
/// One request on its way: its bytes, key, deadline and waiter. Pooled; all fields but the waiter belong to the
/// exchange table's lock, and each list it can be in has its link here, so that no list allocates.
/// </summary>
internal sealed class PendingExchange : IValueTaskSource<ExchangeResult>
{
    private const int FirstBufferBytes = 512;

    private readonly BoundedPool<PendingExchange> _pool;
    private ManualResetValueTaskSourceCore<ExchangeResult> _waiter;
    private byte[] _bytes = new byte[FirstBufferBytes];
    private int _length;

    public PendingExchange(BoundedPool<PendingExchange> pool, bool runContinuationsAsynchronously)
    {
        _pool = pool;
        _waiter.RunContinuationsAsynchronously = runContinuationsAsynchronously;
    }

    public MatchKey Key { get; } = new();

    public PendingState State { get; set; }

    /// <summary>Network management of the link itself: bound to a connection, outside the customers' bounds.</summary>
    public bool IsControl { get; set; }

    /// <summary>False for an answer to the host, which nobody waits for.</summary>
    public bool ExpectsReply { get; set; }

    /// <summary>An advice or a repeat: the same key may be sent again while a late reply may still come (S6).</summary>
    public bool MayRepeat { get; set; }

    /// <summary>The connection it was written to, or, for control, must be written to.</summary>
    public LinkSession? Session { get; set; }

    /// <summary>When its time is up as things stand: while queued it may be sooner than for its reply.</summary>
    public long DeadlineTick { get; set; }

    /// <summary>When its time is up once it is written.</summary>
    public long ReplyTick { get; set; }

    public long SentTimestamp { get; private set; }

    public ExchangeKind Kind { get; private set; }

    public ExchangeReason Reason { get; private set; }

    public PendingExchange? NextInBucket { get; set; }

    public PendingExchange? NextInQueue { get; set; }

    public PendingExchange? PreviousInQueue { get; set; }

    public PendingExchange? NextInSlot { get; set; }

    public PendingExchange? PreviousInSlot { get; set; }

    /// <summary>The next of a chain of ended exchanges, completed once the lock is released.</summary>
    public PendingExchange? NextEnded { get; set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public ValueTask<ExchangeResult> Task => new(this, _waiter.Version);

    public void Load(ReadOnlySpan<byte> message)
    {
        if (message.Length > _bytes.Length) _bytes = new byte[message.Length];
        message.CopyTo(_bytes);
        _length = message.Length;
    }

    public void MarkSent(LinkSession session, long timestamp)
    {
        State = PendingState.Sent;
        Session = session;
        SentTimestamp = timestamp;
    }

    public void End(ExchangeKind kind, ExchangeReason reason)
    {
        State = PendingState.Done;
        Kind = kind;
        Reason = reason;
    }

    public void SetResult(ExchangeResult result) => _waiter.SetResult(result);

    public ExchangeResult GetResult(short token)
    {
        var result = _waiter.GetResult(token);
        Recycle();
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _waiter.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _waiter.OnCompleted(continuation, state, token, flags);

    /// <summary>Wipes the request and makes it ready for the next one.</summary>
    public void Recycle()
    {
        _bytes.AsSpan(0, _length).Clear();
        _length = 0;
        _waiter.Reset();
        State = PendingState.Idle;
        Session = null;
        NextEnded = null;
        IsControl = false;
        MayRepeat = false;
        ExpectsReply = true;
        SentTimestamp = 0;
        ReplyTick = 0;
        _pool.Return(this);
    }
}
