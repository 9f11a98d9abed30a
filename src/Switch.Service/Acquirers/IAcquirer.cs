using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Service.Authorization;
using Switch.Service.Journal.Records;

namespace Switch.Service.Acquirers;

/// <summary>One acquirer as the flows see it: it numbers attempts, sends them, and says how each ended.</summary>
internal interface IAcquirer
{
    /// <summary>Its name in the configuration.</summary>
    string Name { get; }

    /// <summary>Whether the router may offer it now.</summary>
    CandidateStatus Status { get; }

    /// <summary>How long a reply may take before what was sent is in doubt.</summary>
    TimeSpan ReplyTimeout { get; }

    /// <summary>
    /// What one attempt will look like on the wire, with the card sealed: it goes into the journal before a byte is
    /// sent.
    /// </summary>
    /// <param name="request">What the terminal asks for.</param>
    /// <param name="draft">The facts of the transaction, for the events of its outcome.</param>
    /// <param name="number">1 for the first candidate, counting up.</param>
    AttemptRecord Prepare(PaymentRequest request, TransactionEvent draft, int number);

    /// <summary>
    /// Sends the attempt and waits for its reply, for the acquirer's reply time-out. Once sent it runs to its outcome,
    /// whatever becomes of its caller's deadline (S5): cutting it short would reverse good approvals, and would count
    /// against an acquirer that did nothing wrong.
    /// </summary>
    /// <param name="request">What the terminal asks for.</param>
    /// <param name="attempt">As it was prepared.</param>
    /// <param name="sendBy">What is left of its caller's time: what is not on its way by then is not sent.</param>
    ValueTask<AttemptResult> SendAsync(PaymentRequest request, AttemptRecord attempt, TimeSpan sendBy);

    /// <summary>
    /// Sends a reversal once and waits for its reply, for the acquirer's reply time-out. A repeat differs from the
    /// first in its message type only (S6).
    /// </summary>
    /// <param name="reversal">What to take back, with DE 11 and DE 7 settled.</param>
    /// <param name="isRepeat">Whether any of it may have been sent before.</param>
    ValueTask<ReversalResult> ReverseAsync(ReversalRecord reversal, bool isRepeat);
}
