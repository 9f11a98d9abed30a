namespace Switch.Iso8583;

/// <summary>What is known of a request. The three are different facts and are never folded together (S5).</summary>
public enum ExchangeKind
{
    /// <summary>Provably no byte of it was handed to a socket: it may be sent elsewhere at once.</summary>
    NotSent,

    /// <summary>The host answered.</summary>
    Replied,

    /// <summary>It was handed to a socket and no answer came: the host may have acted on it. Reverse it.</summary>
    SentUnknown,
}

/// <summary>Why an exchange ended as it did.</summary>
public enum ExchangeReason
{
    /// <summary>It was answered.</summary>
    None,

    /// <summary>NotSent: no connection is signed on.</summary>
    NoConnection,

    /// <summary>NotSent: the write queue is at its bound.</summary>
    QueueFull,

    /// <summary>NotSent: the pending table is at its bound.</summary>
    PendingFull,

    /// <summary>NotSent: a request with the same match key is pending, or timed out just now.</summary>
    DuplicateKey,

    /// <summary>NotSent: the circuit breaker is open.</summary>
    BreakerOpen,

    /// <summary>NotSent: the time was up before its turn to be written came.</summary>
    TimedOutBeforeSend,

    /// <summary>NotSent: no request of the dialect, or it lacks a field of the match key.</summary>
    InvalidRequest,

    /// <summary>NotSent or, when sent and cut off by the drain timeout, SentUnknown: the link stops.</summary>
    LinkStopping,

    /// <summary>SentUnknown: no answer came in time.</summary>
    TimedOut,

    /// <summary>SentUnknown: the connection it was written to was lost.</summary>
    ConnectionLost,
}

/// <summary>The outcome of one exchange. Dispose it, which gives the reply back to its pool.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Reason">Why.</param>
/// <param name="Reply">The reply when <see cref="ExchangeKind.Replied"/>, else null. The caller disposes it.</param>
/// <param name="RoundTrip">From handing to the socket until the outcome; zero when not sent.</param>
public readonly record struct ExchangeResult(
    ExchangeKind Kind, ExchangeReason Reason, IsoMessage? Reply, TimeSpan RoundTrip) : IDisposable
{
    /// <summary>Gives the reply back.</summary>
    public void Dispose() => Reply?.Dispose();

    /// <summary>Kind, reason and time; never the reply's content.</summary>
    public override string ToString() => $"{Kind} ({Reason}) after {RoundTrip.TotalMilliseconds:F1} ms";

    internal static ExchangeResult NotSent(ExchangeReason reason) => new(ExchangeKind.NotSent, reason, null, default);
}
