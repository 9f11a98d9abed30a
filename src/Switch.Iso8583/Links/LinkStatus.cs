namespace Switch.Iso8583;

/// <summary>Whether a link takes requests.</summary>
public enum LinkStatus
{
    /// <summary>No connection is signed on.</summary>
    Down,

    /// <summary>At least one connection is signed on and the breaker is closed.</summary>
    Up,

    /// <summary>The circuit breaker is open: requests are refused until probes succeed.</summary>
    BreakerOpen,
}

/// <summary>Why a connection was closed.</summary>
public enum CloseReason
{
    /// <summary>The link stops.</summary>
    Stopped,

    /// <summary>The host closed between two frames.</summary>
    ClosedByHost,

    /// <summary>Reading or writing failed.</summary>
    ConnectionLost,

    /// <summary>A length header was no number.</summary>
    BadFrameHeader,

    /// <summary>A frame of length zero.</summary>
    ZeroLengthFrame,

    /// <summary>A frame above the dialect's bound.</summary>
    OversizedFrame,

    /// <summary>The stream ended inside a frame.</summary>
    TruncatedFrame,

    /// <summary>A frame too short for its TPDU.</summary>
    FrameWithoutMessage,

    /// <summary>A frame that is no message of the dialect.</summary>
    UnparsableMessage,

    /// <summary>The host answered the sign-on with another code than 00.</summary>
    SignOnRefused,

    /// <summary>The host did not answer the sign-on in time.</summary>
    SignOnTimeout,

    /// <summary>The host did not answer an echo in time.</summary>
    EchoTimeout,

    /// <summary>The host signed off.</summary>
    HostSignedOff,

    /// <summary>A fault of this library.</summary>
    InternalError,
}
