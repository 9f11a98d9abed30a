namespace Switch.Simulator;

/// <summary>How a network management message (0800) is treated.</summary>
internal enum NetworkAnswer
{
    /// <summary>Answered 00.</summary>
    Accept,

    /// <summary>Answered 05.</summary>
    Refuse,

    /// <summary>Not answered.</summary>
    Silent,
}

/// <summary>Sign-on, sign-off and echo.</summary>
internal sealed record NetworkPolicy
{
    /// <summary>Whether a connection must sign on before other requests.</summary>
    public bool RequireSignOn { get; init; }

    /// <summary>The code that declines a request before sign-on; null drops it unanswered.</summary>
    public string? BeforeSignOnCode { get; init; } = "58";

    /// <summary>DE 70 = 001.</summary>
    public NetworkAnswer SignOn { get; init; }

    /// <summary>DE 70 = 002.</summary>
    public NetworkAnswer SignOff { get; init; }

    /// <summary>DE 70 = 301.</summary>
    public NetworkAnswer Echo { get; init; }
}
