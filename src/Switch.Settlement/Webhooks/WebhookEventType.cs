using System.Collections.Frozen;
using Switch.Contracts.V1;

namespace Switch.Settlement.Webhooks;

/// <summary>The names of what merchants are told. Public: a name never changes its meaning.</summary>
internal static class WebhookEventType
{
    public const string Authorized = "payment.authorized";
    public const string Declined = "payment.declined";
    public const string NotSent = "payment.not_sent";
    public const string Reversed = "payment.reversed";
    public const string ReversalAcknowledged = "payment.reversal.acknowledged";
    public const string ReversalParked = "payment.reversal.parked";
    public const string ReversalClosed = "payment.reversal.closed";
    public const string AttemptReversed = "payment.attempt.reversed";
    public const string AttemptReversalAcknowledged = "payment.attempt.reversal_acknowledged";
    public const string AttemptReversalParked = "payment.attempt.reversal_parked";
    public const string AttemptReversalClosed = "payment.attempt.reversal_closed";

    private const string Late = ".late_";

    /// <summary>All of them.</summary>
    public static FrozenSet<string> All { get; } = FrozenSet.Create(
        StringComparer.Ordinal,
        Authorized, Declined, NotSent, Reversed, ReversalAcknowledged, ReversalParked, ReversalClosed,
        AttemptReversed, AttemptReversalAcknowledged, AttemptReversalParked, AttemptReversalClosed);

    /// <summary>The name of an event; null for a type that this build does not know, which nobody is told of.</summary>
    /// <param name="eventId">Its event id, which tells a late reversal.</param>
    /// <param name="type">Its type.</param>
    /// <param name="outcome">Of the payment; counts when its answer is told.</param>
    public static string? Of(string eventId, TransactionEventType type, Outcome outcome)
    {
        if (IsOfAttempt(eventId)) return OfLate(type);
        return type switch
        {
            TransactionEventType.NotSent => NotSent,
            TransactionEventType.Authorized when outcome is Outcome.Approved or Outcome.PartiallyApproved => Authorized,
            TransactionEventType.Authorized when outcome == Outcome.Declined => Declined,
            TransactionEventType.ReversalQueued => Reversed,
            TransactionEventType.ReversalAcknowledged => ReversalAcknowledged,
            TransactionEventType.ReversalParked => ReversalParked,
            TransactionEventType.ReversalClosed => ReversalClosed,
            _ => null,
        };
    }

    /// <summary>
    /// Whether an event tells of an attempt of which no terminal was told: the payment itself stands as it did.
    /// </summary>
    public static bool IsOfAttempt(string eventId) => eventId.Contains(Late, StringComparison.Ordinal);

    /// <summary>Names the attempt: what stands behind the event's type, up to the next full stop.</summary>
    public static string AttemptOf(string eventId)
    {
        var late = eventId.AsSpan(eventId.IndexOf(Late, StringComparison.Ordinal) + 1);
        var attempt = late[(late.IndexOf('.') + 1)..];
        var end = attempt.IndexOf('.');
        return new string(end < 0 ? attempt : attempt[..end]);
    }

    private static string? OfLate(TransactionEventType type) => type switch
    {
        TransactionEventType.ReversalQueued => AttemptReversed,
        TransactionEventType.ReversalAcknowledged => AttemptReversalAcknowledged,
        TransactionEventType.ReversalParked => AttemptReversalParked,
        TransactionEventType.ReversalClosed => AttemptReversalClosed,
        _ => null,
    };
}
