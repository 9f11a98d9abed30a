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
        // A late reversal takes back an attempt of which no terminal was told: the payment itself stands as it did.
        if (eventId.Contains(".late_", StringComparison.Ordinal)) return OfLate(type);
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

    private static string? OfLate(TransactionEventType type) => type switch
    {
        TransactionEventType.ReversalQueued => AttemptReversed,
        TransactionEventType.ReversalAcknowledged => AttemptReversalAcknowledged,
        TransactionEventType.ReversalParked => AttemptReversalParked,
        TransactionEventType.ReversalClosed => AttemptReversalClosed,
        _ => null,
    };
}
