using Switch.Service.ResponseCodes;

namespace Switch.Service.Acquirers;

/// <summary>The three facts of S5, the reply split by what it says. Never folded into each other.</summary>
internal enum AttemptKind
{
    /// <summary>Provably no byte reached a socket: another acquirer may be asked.</summary>
    NotSent,

    /// <summary>The reply approves, in full or in part.</summary>
    Approved,

    /// <summary>The reply declines.</summary>
    Declined,

    /// <summary>Bytes left and no usable reply came: it may have been approved.</summary>
    SentUnknown,
}

/// <summary>How one attempt at one acquirer ended.</summary>
/// <param name="Kind">Which of the facts.</param>
/// <param name="Code">The reply's code in the switch's table; null without a reply.</param>
/// <param name="AcquirerCode">DE 39 as received; empty without a reply.</param>
/// <param name="ApprovalCode">DE 38, or empty.</param>
/// <param name="ApprovedMinor">Minor units approved; 0 unless approved.</param>
/// <param name="Reason">Why there is no reply, from a closed set; empty with one.</param>
internal readonly record struct AttemptResult(
    AttemptKind Kind, ResponseCode? Code, string AcquirerCode, string ApprovalCode, long ApprovedMinor, string Reason)
{
    /// <summary>The reason of one whose time was up before its turn to be written came.</summary>
    public const string OutOfTime = "timed_out_before_send";

    /// <summary>Withdrawn for lack of time.</summary>
    public bool IsOutOfTime => Kind == AttemptKind.NotSent && Reason == OutOfTime;

    public static AttemptResult NotSent(string reason) => new(AttemptKind.NotSent, null, "", "", 0, reason);

    public static AttemptResult SentUnknown(string reason) => new(AttemptKind.SentUnknown, null, "", "", 0, reason);
}
