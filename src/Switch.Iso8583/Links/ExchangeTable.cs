namespace Switch.Iso8583;

/// <summary>
/// Every exchange of a link and the queue of those not yet written. One lock decides each exchange's single transition
/// out of Queued (to the socket, or withdrawn) and out of Sent: that is what makes NotSent a proof (S5). The lock is
/// there because index, queue, wheel and state change together; it is held for tens of nanoseconds, never across I/O,
/// a callback or a completion.
/// </summary>
internal sealed partial class ExchangeTable
{
    private readonly Lock _gate = new();
    private readonly FrameFormat _format;
    private readonly int _maxPending;
    private readonly int _maxQueued;
    private readonly PendingIndex _index;
    private readonly PendingQueue _queue = new();
    private readonly TimeoutWheel _wheel = new();
    private readonly RememberedExchanges _remembered;
    private readonly ReadyConnections _ready = new();
    private TaskCompletionSource? _drained;
    private int _pending;
    private bool _isRefusing;
    private bool _isStopping;

    public ExchangeTable(IsoLinkOptions options)
    {
        _format = options.Dialect.Frame;
        _maxPending = options.MaxPending;
        _maxQueued = options.MaxQueued;
        _index = new PendingIndex(options.MaxPending);
        _remembered = new RememberedExchanges(options.MaxRemembered);
    }

    public int Pending => Volatile.Read(ref _pending);

    public int Queued => _queue.Count;

    public int ReadyConnections => _ready.Count;

    /// <summary>Takes a customer's request in, or says why not, and which idle session to wake.</summary>
    public ExchangeReason Add(PendingExchange exchange, out LinkSession? wake)
    {
        wake = null;
        lock (_gate)
        {
            if (_isStopping) return ExchangeReason.LinkStopping;
            if (_isRefusing) return ExchangeReason.BreakerOpen;
            if (_ready.Count == 0) return ExchangeReason.NoConnection;
            if (_pending >= _maxPending) return ExchangeReason.PendingFull;
            if (_queue.Count >= _maxQueued) return ExchangeReason.QueueFull;
            // A late reply to an authorization must never answer a newer one; an advice may be repeated as it was.
            if (_index.Find(exchange.Key) is not null || (!exchange.MayRepeat && _remembered.Contains(exchange.Key)))
                return ExchangeReason.DuplicateKey;
            if (exchange.MayRepeat) _remembered.TryTake(exchange.Key, out _);
            Volatile.Write(ref _pending, _pending + 1);
            Enter(exchange);
            _queue.Add(exchange);
            wake = _ready.TakeIdle();
            return ExchangeReason.None;
        }
    }

    /// <summary>Takes in a message of the link itself. False when its connection is gone.</summary>
    public bool AddControl(PendingExchange exchange, LinkSession session)
    {
        lock (_gate)
        {
            if (session.IsDetached || session.Control.Count >= LinkSession.MaxControl
                || (exchange.ExpectsReply && _index.Find(exchange.Key) is not null)) return false;
            exchange.Session = session;
            if (exchange.ExpectsReply) Enter(exchange);
            else exchange.State = PendingState.Queued;
            session.Control.Add(exchange);
            session.IsIdle = false;
        }

        session.Wake();
        return true;
    }

    /// <summary>
    /// Copies what waits into the buffer, frame by frame, as far as it fits. From here on each of them counts as sent.
    /// Nothing waiting marks the session idle, so that the next request wakes it.
    /// </summary>
    public int FillBatch(LinkSession session, Span<byte> buffer, long now, out int messages)
    {
        var filled = 0;
        messages = 0;
        lock (_gate)
        {
            if (session.IsDetached) return 0;
            while (session.Control.First is { } control
                && TryWrite(control, session.Control, session, buffer, now, ref filled))
                messages++;
            while (session.IsReady && _queue.First is { } next
                && TryWrite(next, _queue, session, buffer, now, ref filled))
                messages++;
            session.IsIdle = filled == 0;
        }

        return filled;
    }

    /// <summary>Finds the request a reply belongs to and takes it out, if it is still waiting.</summary>
    public MatchKind Match(MatchKey key, out PendingExchange? exchange, out long ended)
    {
        ended = 0;
        lock (_gate)
        {
            exchange = _index.Find(key);
            if (exchange is { State: PendingState.Sent })
            {
                Leave(exchange, ExchangeKind.Replied, ExchangeReason.None);
                return MatchKind.Matched;
            }

            exchange = null;
            return _remembered.TryTake(key, out ended) ? MatchKind.Late : MatchKind.Unmatched;
        }
    }

    /// <summary>
    /// A copy of the known key that a reply comes nearest to; null when none does. It looks at everything under the
    /// lock: not to be asked for every reply.
    /// </summary>
    public MatchKey? CopyNearest(MatchKey key, IsoMessage reply)
    {
        lock (_gate) return NearestMiss.Find(key, reply, _index, _remembered)?.Copy();
    }

    public void MarkReady(LinkSession session)
    {
        lock (_gate)
        {
            if (session.IsDetached || session.IsReady) return;
            session.IsReady = true;
            _ready.Add(session);
        }
    }

    /// <summary>The breaker closed.</summary>
    public void Accept()
    {
        lock (_gate) _isRefusing = false;
    }

    /// <summary>Refuses new requests; the task ends when no customer's request is left.</summary>
    public Task StopAdmitting()
    {
        lock (_gate)
        {
            _isStopping = true;
            if (_pending == 0) return Task.CompletedTask;
            return (_drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>One of the signed-on connections, in turn, for a probe.</summary>
    public LinkSession? AnyReady()
    {
        lock (_gate) return _ready.Next();
    }

    private bool TryWrite(
        PendingExchange exchange, PendingQueue queue, LinkSession session, Span<byte> buffer, long now, ref int filled)
    {
        if (!IsoFrameWriter.TryAppend(_format, _format.Tpdu, exchange.Bytes, buffer[filled..], out var written))
            return false;
        filled += written;
        queue.Remove(exchange);
        if (exchange.ExpectsReply) MarkSent(exchange, session, now);
        else exchange.Recycle();
        return true;
    }

    // From here on only the reply's own time counts, not until when it had to be sent.
    private void MarkSent(PendingExchange exchange, LinkSession session, long now)
    {
        exchange.MarkSent(session, now);
        if (exchange.ReplyTick <= exchange.DeadlineTick) return;
        _wheel.Remove(exchange);
        exchange.DeadlineTick = exchange.ReplyTick;
        _wheel.Add(exchange);
    }

    private void Enter(PendingExchange exchange)
    {
        exchange.State = PendingState.Queued;
        _index.Add(exchange);
        _wheel.Add(exchange);
    }

    private void Leave(PendingExchange exchange, ExchangeKind kind, ExchangeReason reason)
    {
        _index.Remove(exchange);
        _wheel.Remove(exchange);
        exchange.End(kind, reason);
        if (exchange.IsControl) return;
        Volatile.Write(ref _pending, _pending - 1);
        if (_pending == 0) _drained?.TrySetResult();
    }
}
