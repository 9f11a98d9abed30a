namespace Switch.Routing;

/// <summary>Whether an acquirer can be asked right now. Set by whoever owns the link.</summary>
public enum CandidateStatus : byte
{
    /// <summary>Connected, signed on, breaker closed.</summary>
    Available = 0,

    /// <summary>No usable connection.</summary>
    LinkDown = 1,

    /// <summary>The circuit breaker keeps new requests away.</summary>
    BreakerOpen = 2,
}
