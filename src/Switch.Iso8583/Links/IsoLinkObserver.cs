namespace Switch.Iso8583;

/// <summary>
/// What a link tells its owner, for logs and metrics. Override what matters. Called from the link's loops: return
/// quickly, do not block, do not throw, and keep no message beyond the call. Texts hold no card data.
/// </summary>
public abstract class IsoLinkObserver
{
    /// <summary>An observer that does nothing.</summary>
    public static IsoLinkObserver None { get; } = new Silent();

    /// <summary>A TCP connection stands; sign-on follows.</summary>
    public virtual void OnConnected(int connection, string endpoint) { }

    /// <summary>A TCP connection could not be made in time.</summary>
    public virtual void OnConnectFailed(int connection, string endpoint, string reason) { }

    /// <summary>A connection is signed on and takes requests.</summary>
    public virtual void OnReady(int connection, string endpoint) { }

    /// <summary>A connection was closed, for the reason named; <paramref name="detail"/> says more.</summary>
    public virtual void OnClosed(int connection, CloseReason reason, string detail) { }

    /// <summary>The next attempt to connect starts after this delay.</summary>
    public virtual void OnReconnecting(int connection, TimeSpan delay) { }

    /// <summary>The link as a whole changed.</summary>
    public virtual void OnStatusChanged(LinkStatus status) { }

    /// <summary>The breaker opened or closed.</summary>
    public virtual void OnBreakerChanged(bool isOpen, string reason) { }

    /// <summary>A probe of an open breaker was answered with 00, or not.</summary>
    public virtual void OnProbe(bool isGood) { }

    /// <summary>An exchange ended. Network management is not counted.</summary>
    public virtual void OnExchangeCompleted(ExchangeKind kind, ExchangeReason reason, TimeSpan roundTrip) { }

    /// <summary>Messages were handed to a socket in one write.</summary>
    public virtual void OnBatchWritten(int connection, int messages, int bytes) { }

    /// <summary>A reply came after its own request had timed out (S7). It was given to nobody.</summary>
    public virtual void OnLateReply(IsoMessage reply, TimeSpan afterOutcome) { }

    /// <summary>
    /// A reply matches nothing (S7). The text names the nearest miss; it is looked for at most once a second, and null
    /// in between.
    /// </summary>
    public virtual void OnUnmatchedReply(IsoMessage reply, string? nearestMiss) { }

    /// <summary>
    /// The host sent network management of its own (DE 70: 001 sign-on, 161 key change, 201 cut-over, …).
    /// </summary>
    public virtual void OnHostRequest(int connection, int networkCode) { }

    /// <summary>
    /// One of the loops of the link, named by its part, met an error that nobody expected. It goes on after a back-off.
    /// </summary>
    public virtual void OnLoopFault(string part, Exception fault) { }

    private sealed class Silent : IsoLinkObserver;
}
