namespace Switch.Iso8583;

/// <summary>
/// Keeps an observer's exceptions out of the link's loops: an owner's fault in a log call must not cost a payment its
/// outcome.
/// </summary>
internal sealed class GuardedObserver : IsoLinkObserver
{
    private readonly IsoLinkObserver _inner;

    public GuardedObserver(IsoLinkObserver inner) => _inner = inner;

    public override void OnConnected(int connection, string endpoint) =>
        Guard((connection, endpoint), static (o, a) => o.OnConnected(a.connection, a.endpoint));

    public override void OnConnectFailed(int connection, string endpoint, string reason) =>
        Guard((connection, endpoint, reason), static (o, a) => o.OnConnectFailed(a.connection, a.endpoint, a.reason));

    public override void OnReady(int connection, string endpoint) =>
        Guard((connection, endpoint), static (o, a) => o.OnReady(a.connection, a.endpoint));

    public override void OnClosed(int connection, CloseReason reason, string detail) =>
        Guard((connection, reason, detail), static (o, a) => o.OnClosed(a.connection, a.reason, a.detail));

    public override void OnReconnecting(int connection, TimeSpan delay) =>
        Guard((connection, delay), static (o, a) => o.OnReconnecting(a.connection, a.delay));

    public override void OnStatusChanged(LinkStatus status) => Guard(status, static (o, a) => o.OnStatusChanged(a));

    public override void OnBreakerChanged(bool isOpen, string reason) =>
        Guard((isOpen, reason), static (o, a) => o.OnBreakerChanged(a.isOpen, a.reason));

    public override void OnProbe(bool isGood) => Guard(isGood, static (o, a) => o.OnProbe(a));

    public override void OnExchangeCompleted(ExchangeKind kind, ExchangeReason reason, TimeSpan roundTrip) =>
        Guard((kind, reason, roundTrip), static (o, a) => o.OnExchangeCompleted(a.kind, a.reason, a.roundTrip));

    public override void OnBatchWritten(int connection, int messages, int bytes) =>
        Guard((connection, messages, bytes), static (o, a) => o.OnBatchWritten(a.connection, a.messages, a.bytes));

    public override void OnLateReply(IsoMessage reply, TimeSpan afterOutcome) =>
        Guard((reply, afterOutcome), static (o, a) => o.OnLateReply(a.reply, a.afterOutcome));

    public override void OnUnmatchedReply(IsoMessage reply, string? nearestMiss) =>
        Guard((reply, nearestMiss), static (o, a) => o.OnUnmatchedReply(a.reply, a.nearestMiss));

    public override void OnHostRequest(int connection, int networkCode) =>
        Guard((connection, networkCode), static (o, a) => o.OnHostRequest(a.connection, a.networkCode));

    public override void OnLoopFault(string part, Exception fault) =>
        Guard((part, fault), static (o, a) => o.OnLoopFault(a.part, a.fault));

    private void Guard<T>(T arguments, Action<IsoLinkObserver, T> call)
    {
        try
        {
            call(_inner, arguments);
        }
        catch (Exception fault)
        {
            // Nothing above could act on it; the owner sees it in a debugger or trace listener.
            System.Diagnostics.Trace.TraceError("An ISO 8583 link observer threw {0}.", fault.GetType().FullName);
        }
    }
}
