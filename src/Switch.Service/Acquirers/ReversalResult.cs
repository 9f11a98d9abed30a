namespace Switch.Service.Acquirers;

/// <summary>What became of one transmission of a reversal.</summary>
internal enum ReversalKind
{
    /// <summary>Provably no byte reached a socket, so it does not count as a try.</summary>
    NotSent,

    /// <summary>The acquirer answered; its code says what is to be done.</summary>
    Replied,

    /// <summary>Bytes left and no usable reply came.</summary>
    SentUnknown,

    /// <summary>It cannot be sent as it is, now or later: a person has to look.</summary>
    Unsendable,
}

/// <summary>How one transmission of a reversal ended.</summary>
/// <param name="Kind">Which of the facts.</param>
/// <param name="Code">DE 39 as received; empty unless <see cref="ReversalKind.Replied"/>.</param>
/// <param name="Reason">Why there is no reply, from a closed set; empty with one.</param>
internal readonly record struct ReversalResult(ReversalKind Kind, string Code, string Reason)
{
    public static ReversalResult NotSent(string reason) => new(ReversalKind.NotSent, "", reason);

    public static ReversalResult Replied(string code) => new(ReversalKind.Replied, code, "");

    public static ReversalResult SentUnknown(string reason) => new(ReversalKind.SentUnknown, "", reason);

    public static ReversalResult Unsendable(string reason) => new(ReversalKind.Unsendable, "", reason);
}
