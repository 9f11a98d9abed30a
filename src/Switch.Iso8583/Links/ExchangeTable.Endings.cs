namespace Switch.Iso8583;

/// <summary>
/// The ways an exchange ends without a reply: withdrawn when it is still queued, unknown when it is sent (S5). Each
/// gives the chain of what it ended, to be completed once the lock is released.
/// </summary>
internal sealed partial class ExchangeTable
{
    /// <summary>Ends what has run out of time: withdrawn when still queued, unknown when sent.</summary>
    public PendingExchange? Expire(long tick, long now)
    {
        PendingExchange? ended = null;
        lock (_gate)
        {
            while (_wheel.FirstExpired(tick) is { } exchange)
                End(exchange, ExchangeReason.TimedOutBeforeSend, ExchangeReason.TimedOut, now, ref ended);
        }

        return ended;
    }

    /// <summary>
    /// No more customers' requests go to this connection. When it was the last, what is queued is given back at once,
    /// so that callers can go elsewhere.
    /// </summary>
    public PendingExchange? MarkNotReady(LinkSession session)
    {
        PendingExchange? ended = null;
        LinkSession? heir;
        lock (_gate) heir = Unready(session, ref ended);
        heir?.Wake();
        return ended;
    }

    /// <summary>A connection is gone: what was written to it is unknown, its own unsent control is withdrawn.</summary>
    public PendingExchange? Detach(LinkSession session, long now)
    {
        PendingExchange? ended = null;
        LinkSession? heir;
        lock (_gate)
        {
            session.IsDetached = true;
            heir = Unready(session, ref ended);
            EndWhere(session, ExchangeReason.NoConnection, ExchangeReason.ConnectionLost, now, ref ended);
            session.Control.RecycleAll();
        }

        heir?.Wake();
        return ended;
    }

    /// <summary>The breaker opened: no more requests come in, and those still queued are given back unsent.</summary>
    public PendingExchange? Refuse()
    {
        PendingExchange? ended = null;
        lock (_gate)
        {
            _isRefusing = true;
            WithdrawQueued(ExchangeReason.BreakerOpen, ref ended);
        }

        return ended;
    }

    /// <summary>Ends every customer's request that is left when the link stops.</summary>
    public PendingExchange? EndAll(long now)
    {
        PendingExchange? ended = null;
        lock (_gate) EndWhere(null, ExchangeReason.LinkStopping, ExchangeReason.LinkStopping, now, ref ended);
        return ended;
    }

    private void End(
        PendingExchange exchange, ExchangeReason unsent, ExchangeReason sent, long now, ref PendingExchange? ended)
    {
        if (exchange.State == PendingState.Queued)
        {
            (exchange.IsControl ? exchange.Session!.Control : _queue).Remove(exchange);
            Leave(exchange, ExchangeKind.NotSent, unsent);
        }
        else
        {
            _remembered.Add(exchange.Key, now);
            Leave(exchange, ExchangeKind.SentUnknown, sent);
        }

        exchange.NextEnded = ended;
        ended = exchange;
    }

    private void EndWhere(
        LinkSession? session, ExchangeReason unsent, ExchangeReason sent, long now, ref PendingExchange? ended)
    {
        foreach (var bucket in _index.Buckets)
        {
            for (var exchange = bucket; exchange is not null;)
            {
                var next = exchange.NextInBucket;
                var isMeant = session is null ? !exchange.IsControl : ReferenceEquals(exchange.Session, session);
                if (isMeant) End(exchange, unsent, sent, now, ref ended);
                exchange = next;
            }
        }
    }

    // The connection may have been woken for a request that it now never takes: an idle one is woken in its place.
    private LinkSession? Unready(LinkSession session, ref PendingExchange? ended)
    {
        session.IsReady = false;
        if (!_ready.Remove(session)) return null;
        if (_ready.Count == 0) WithdrawQueued(ExchangeReason.NoConnection, ref ended);
        return _queue.First is null ? null : _ready.TakeIdle();
    }

    private void WithdrawQueued(ExchangeReason reason, ref PendingExchange? ended)
    {
        while (_queue.First is { } exchange) End(exchange, reason, reason, 0, ref ended);
    }
}
