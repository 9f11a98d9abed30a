using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>Events as the switch makes them.</summary>
internal static class WebhookSamples
{
    public const string Transaction = "0123456789abcdef0123456789abcdef";
    public static readonly DateTimeOffset Occurred = new(2026, 3, 1, 12, 30, 45, 123, TimeSpan.Zero);

    public static TransactionEvent Authorized(string transaction = Transaction, DateTimeOffset? at = null) => new()
    {
        EventId = $"{transaction}.authorized",
        Type = TransactionEventType.Authorized,
        Sequence = 2,
        OccurredAt = Timestamp.FromDateTimeOffset(at ?? Occurred),
        AcceptedAt = Timestamp.FromDateTimeOffset((at ?? Occurred).AddMilliseconds(-250)),
        BusinessDate = "2026-03-01",
        TransactionId = transaction,
        RootTransactionId = transaction,
        MerchantId = "M-1",
        TerminalId = "T1",
        IdempotencyKey = "order-17",
        Stan = 42,
        Kind = TransactionKind.Purchase,
        EntryMode = EntryMode.Contactless,
        RequestedAmount = new Money { AmountMinor = 1290, Currency = "EUR" },
        ApprovedAmount = new Money { AmountMinor = 1290, Currency = "EUR" },
        Outcome = Outcome.Approved,
        ResponseCode = "00",
        AcquirerResponseCode = "00",
        ApprovalCode = "A1B2C3",
        RetrievalReferenceNumber = "606012345678",
        Acquirer = "acq-one",
        RouteReason = "rule visa-eu, candidate 1 of 2",
        Attempts = 1,
        CardToken = new string('f', 64),
        CardTokenKeyId = "k1",
        CardFirstSix = "491234",
        CardLastFour = "5678",
        Scheme = "visa",
        IssuerCountry = "DE",
        Funding = "debit",
        Mcc = "5812",
        BatchNumber = 7,
    };

    public static TransactionEvent Reversed(string transaction = Transaction, DateTimeOffset? at = null)
    {
        var e = Authorized(transaction, at);
        e.EventId = $"{transaction}.reversal_queued";
        e.Type = TransactionEventType.ReversalQueued;
        e.ReversalCause = ReversalCause.Terminal;
        e.ReversalReason = ReversalReason.Cancelled;
        e.ReversalNote = "the house's own words";
        e.ClosedBy = "operator-9";
        return e;
    }

    /// <summary>What happens to an attempt of which no terminal was told.</summary>
    public static TransactionEvent Late(string what, TransactionEventType type, DateTimeOffset? at = null)
    {
        var e = Authorized(Transaction, at);
        e.EventId = $"{Transaction}.late_reversal_{what}.00ff00ff";
        e.Type = type;
        e.ReversalCause = ReversalCause.Recovery;
        (e.Outcome, e.ApprovedAmount, e.ResponseCode, e.ApprovalCode) = (Outcome.Unspecified, null, "", "");
        return e;
    }
}
