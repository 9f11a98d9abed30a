namespace Switch.Iso8583;

/// <summary>
/// One acquirer's client link: several connections, many requests in flight on each, replies matched by the dialect's
/// key fields, and for every request an answer to the one question that matters for money: was it sent (S5)?
/// </summary>
public sealed class IsoLink : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan DisposeDrain = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ExchangeFactory _exchanges;
    private readonly CircuitBreaker _breaker;
    private readonly Pace _misses = new(TimeSpan.FromSeconds(1));
    private readonly LinkState _state;
    private readonly LinkConnection[] _connections;
    private readonly List<Task> _loops = [];
    private readonly long _startTimestamp;
    private ITimer? _sweeper;
    private int _isSweeping;
    private int _isStarted;
    private Task? _stop;

    /// <summary>Makes a link; nothing happens before <see cref="Start"/>.</summary>
    /// <exception cref="ArgumentException">The options have faults; the message names all of them.</exception>
    public IsoLink(IsoLinkOptions options, IsoLinkObserver? observer = null, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = options.Validate();
        if (faults.Count > 0) throw new ArgumentException(string.Join("; ", faults), nameof(options));
        Options = options;
        Observer = observer is null ? IsoLinkObserver.None : new GuardedObserver(observer);
        Clock = clock ?? TimeProvider.System;
        Table = new ExchangeTable(options);
        _exchanges = new ExchangeFactory(options, Clock);
        _breaker = new CircuitBreaker(options.Breaker);
        _state = new LinkState(Observer);
        _connections = new LinkConnection[options.Connections];
        for (var i = 0; i < options.Connections; i++) _connections[i] = new LinkConnection(this, i, _stopping.Token);
        _startTimestamp = Clock.GetTimestamp();
    }

    /// <summary>Whether a request would be tried now. Lock-free, for a router.</summary>
    public bool IsAvailable => _state.Status == LinkStatus.Up;

    /// <summary>The link as a whole. Lock-free, for a router.</summary>
    public LinkStatus Status => _state.Status;

    /// <summary>Connections signed on now.</summary>
    public int ConnectionsUp => Table.ReadyConnections;

    /// <summary>Requests without an outcome now, queued ones included.</summary>
    public int Pending => Table.Pending;

    /// <summary>Requests waiting to be written now.</summary>
    public int Queued => Table.Queued;

    internal IsoLinkOptions Options { get; }

    internal IsoLinkObserver Observer { get; }

    internal TimeProvider Clock { get; }

    internal ExchangeTable Table { get; }

    /// <summary>Starts connecting. A second call does nothing.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _isStarted, 1) != 0) return;
        _sweeper = Clock.CreateTimer(static link => ((IsoLink)link!).Sweep(), this, Tick, Tick);
        foreach (var connection in _connections) _loops.Add(connection.RunAsync());
        _loops.Add(new BreakerProbe(this, _state, _stopping.Token).RunAsync());
    }

    /// <summary>Waits until the link has a status.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public Task WaitForAsync(LinkStatus status, CancellationToken cancellationToken = default) =>
        _state.WaitForAsync(status, cancellationToken);

    /// <summary>
    /// Sends a request and waits for its reply; see
    /// <see cref="ExchangeAsync(ReadOnlySpan{byte}, TimeSpan, TimeSpan?)"/>.
    /// </summary>
    public ValueTask<ExchangeResult> ExchangeAsync(IsoBuffer request, TimeSpan timeout, TimeSpan? sendBy = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ExchangeAsync(request.Span, timeout, sendBy);
    }

    /// <summary>
    /// Sends a request (0100, 0200, 0220, 0420, 0421, …) and waits for its reply. The bytes are copied before this
    /// returns. Nothing is thrown: every outcome is in the result, which the caller disposes. Await the task once.
    /// </summary>
    /// <param name="request">A whole message of the dialect with every match field, without framing.</param>
    /// <param name="timeout">Counted from now, queueing included; kept to about 10 ms.</param>
    /// <param name="sendBy">
    /// Counted from now: still queued then, it is withdrawn unsent (TimedOutBeforeSend). Once written it has the whole
    /// timeout. Null: the timeout alone counts.
    /// </param>
    public ValueTask<ExchangeResult> ExchangeAsync(
        ReadOnlySpan<byte> request, TimeSpan timeout, TimeSpan? sendBy = null)
    {
        var queueing = sendBy < timeout ? sendBy.Value : timeout;
        if (queueing <= TimeSpan.Zero) return Refuse(ExchangeReason.TimedOutBeforeSend);
        var isValid = _exchanges.TryCreate(request, out var exchange);
        var reason = isValid ? ExchangeReason.None : ExchangeReason.InvalidRequest;
        LinkSession? idle = null;
        if (reason == ExchangeReason.None)
        {
            var result = exchange.Task;
            exchange.DeadlineTick = TickAfter(queueing);
            exchange.ReplyTick = TickAfter(timeout);
            reason = Table.Add(exchange, out idle);
            if (reason == ExchangeReason.None)
            {
                idle?.Wake();
                return result;
            }
        }

        exchange.Recycle();
        return Refuse(reason);
    }

    /// <summary>
    /// Stops: refuses new requests, waits for the pending ones as long as the drain timeout allows, signs off and
    /// closes. What is still unanswered then is NotSent or SentUnknown, never lost.
    /// </summary>
    public Task StopAsync(TimeSpan drainTimeout)
    {
        lock (_loops) return _stop ??= StopOnceAsync(drainTimeout);
    }

    /// <summary>Stops with a drain timeout of five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(DisposeDrain);
        _stopping.Dispose();
    }

    internal void OnSessionReady(LinkSession session)
    {
        Table.MarkReady(session);
        Observer.OnReady(session.Connection, session.Endpoint);
        UpdateStatus();
        session.Wake();
    }

    internal void OnSessionLeaving(LinkSession session)
    {
        Complete(Table.MarkNotReady(session));
        UpdateStatus();
    }

    internal void OnSessionClosing(LinkSession session, CloseReason reason, string detail)
    {
        var ended = Table.Detach(session, Clock.GetTimestamp());
        UpdateStatus();
        Complete(ended);
        Observer.OnClosed(session.Connection, reason, detail);
    }

    internal void OnProbed(bool isGood)
    {
        Observer.OnProbe(isGood);
        if (!_breaker.RecordProbe(isGood)) return;
        Table.Accept();
        Observer.OnBreakerChanged(false, $"{Options.Breaker.GoodProbes} good echoes");
        UpdateStatus();
    }

    /// <summary>Gives a reply to its waiter; false when it stays the caller's to dispose.</summary>
    internal bool OnReply(IsoMessage reply, MatchKey key)
    {
        key.Set(reply);
        switch (Table.Match(key, out var exchange, out var ended))
        {
            case MatchKind.Matched:
                Complete(exchange!, reply);
                return true;
            case MatchKind.Late:
                Observer.OnLateReply(reply, Clock.GetElapsedTime(ended));
                return false;
            default:
                OnUnmatched(reply, key);
                return false;
        }
    }

    /// <summary>A message that belongs to nothing: always told, but put into words at most once a second.</summary>
    internal void OnUnmatched(IsoMessage message, MatchKey? key)
    {
        var words = !_misses.TryTake(Clock.GetElapsedTime(_startTimestamp)) ? null
            : key is null ? $"{message.Mti} is a request, not served here"
            : Table.CopyNearest(key, message)?.Describe(key, message) ?? $"{MatchKey.Stan(message)} unknown";
        Observer.OnUnmatchedReply(message, words);
    }

    /// <summary>
    /// A network management request ready to be added; null when the configured fields do not fit the dialect.
    /// </summary>
    internal PendingExchange? CreateControl(int networkCode, TimeSpan timeout) =>
        _exchanges.CreateControl(networkCode, TickAfter(timeout));

    /// <summary>An answer to a host's request; null when it cannot be written.</summary>
    internal PendingExchange? CreateAnswer(IsoMessage request, ReadOnlySpan<byte> code) =>
        _exchanges.CreateAnswer(request, code);

    private ValueTask<ExchangeResult> Refuse(ExchangeReason reason)
    {
        Observer.OnExchangeCompleted(ExchangeKind.NotSent, reason, TimeSpan.Zero);
        return new ValueTask<ExchangeResult>(ExchangeResult.NotSent(reason));
    }

    private long TickAfter(TimeSpan delay) =>
        // Rounded up: a timeout may be late by a tick, never early.
        (Clock.GetElapsedTime(_startTimestamp) + delay).Ticks / Tick.Ticks + 1;

    private void Sweep()
    {
        // A timer may fire again while the last sweep still runs; the one that runs does the work.
        if (Interlocked.Exchange(ref _isSweeping, 1) != 0) return;
        try
        {
            Complete(Table.Expire(Clock.GetElapsedTime(_startTimestamp).Ticks / Tick.Ticks, Clock.GetTimestamp()));
        }
        catch (Exception fault)
        {
            // Out of a timer it would end the process; and no later request would ever time out.
            Observer.OnLoopFault("time-outs", fault);
        }
        finally
        {
            Volatile.Write(ref _isSweeping, 0);
        }
    }

    private void Complete(PendingExchange? ended)
    {
        while (ended is not null)
        {
            var next = ended.NextEnded;
            Complete(ended, null);
            ended = next;
        }
    }

    private void Complete(PendingExchange exchange, IsoMessage? reply)
    {
        var (kind, reason, isControl) = (exchange.Kind, exchange.Reason, exchange.IsControl);
        var roundTrip = kind == ExchangeKind.NotSent ? TimeSpan.Zero : Clock.GetElapsedTime(exchange.SentTimestamp);
        // From here the exchange is its waiter's and may be recycled at once.
        exchange.SetResult(new ExchangeResult(kind, reason, reply, roundTrip));
        if (isControl) return;
        Observer.OnExchangeCompleted(kind, reason, roundTrip);
        if (kind == ExchangeKind.NotSent || reason == ExchangeReason.LinkStopping) return;
        if (_breaker.Record(kind == ExchangeKind.Replied, Clock.GetElapsedTime(_startTimestamp)) is not { } why) return;
        var withdrawn = Table.Refuse();
        Observer.OnBreakerChanged(true, why);
        UpdateStatus();
        Complete(withdrawn);
    }

    private void UpdateStatus() => _state.Update(Table, _breaker);

    private async Task StopOnceAsync(TimeSpan drainTimeout)
    {
        var drained = Table.StopAdmitting();
        try
        {
            await drained.WaitAsync(drainTimeout, Clock);
        }
        catch (TimeoutException)
        {
            // What is left is ended below, each as what it is.
        }

        Complete(Table.EndAll(Clock.GetTimestamp()));
        await Task.WhenAll(_connections.Select(connection => connection.SignOffAsync()));
        await _stopping.CancelAsync();
        foreach (var connection in _connections) connection.Close();
        await Task.WhenAll(_loops);
        if (_sweeper is not null) await _sweeper.DisposeAsync();
    }
}
