using Switch.Contracts.V1;

namespace Switch.Chaos.Checking;

/// <summary>One delivery of an event, as a consumer read it.</summary>
internal sealed record EventRecord
{
    public required string EventId { get; init; }

    public required TransactionEventType Type { get; init; }

    public required PaymentKey Key { get; init; }

    public required string TransactionId { get; init; }

    /// <summary>That answered, was asked last, or took back.</summary>
    public string Acquirer { get; init; } = "";

    /// <summary>Why a reversal was queued; unspecified on other events.</summary>
    public ReversalCause Cause { get; init; }

    public Outcome Outcome { get; init; }

    public string ResponseCode { get; init; } = "";

    public string ApprovalCode { get; init; } = "";

    public string Rrn { get; init; } = "";

    public long ApprovedMinor { get; init; }

    public string Currency { get; init; } = "";

    public DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>The same from the start of the run.</summary>
    public TimeSpan At { get; init; }

    /// <summary>Instance that published it (ce_source), for the timeline.</summary>
    public string Source { get; init; } = "";

    /// <summary>The name of that instance.</summary>
    public string Instance => Source[(Source.LastIndexOf('/') + 1)..];

    /// <summary>When it was consumed, from the start of the run.</summary>
    public TimeSpan ReadAt { get; init; }

    /// <summary>
    /// Which reversal of its transaction it tells of: the id, without when it was parked (docs of TransactionEvent).
    /// </summary>
    public string Reversal => Type == TransactionEventType.ReversalParked && EventId.LastIndexOf('.') is > 0 and var dot
        ? EventId[..dot]
        : EventId;

    /// <summary>Reads what the checker needs of an event.</summary>
    public static EventRecord Of(TransactionEvent e, string source, TimeSpan readAt) => new()
    {
        EventId = e.EventId,
        Type = e.Type,
        Key = new PaymentKey(e.MerchantId, e.TerminalId, e.IdempotencyKey),
        TransactionId = e.TransactionId,
        Acquirer = e.Acquirer,
        Cause = e.ReversalCause,
        Outcome = e.Outcome,
        ResponseCode = e.ResponseCode,
        ApprovalCode = e.ApprovalCode,
        Rrn = e.RetrievalReferenceNumber,
        ApprovedMinor = e.ApprovedAmount?.AmountMinor ?? 0,
        Currency = e.ApprovedAmount?.Currency ?? "",
        AcceptedAt = e.AcceptedAt?.ToDateTimeOffset() ?? default,
        OccurredAt = e.OccurredAt?.ToDateTimeOffset() ?? default,
        Source = source,
        ReadAt = readAt,
    };

    /// <summary>Whether a repeated delivery says the same.</summary>
    public bool SaysTheSameAs(EventRecord other) =>
        Type == other.Type && Key == other.Key && TransactionId == other.TransactionId && Outcome == other.Outcome
        && ResponseCode == other.ResponseCode && ApprovalCode == other.ApprovalCode && Rrn == other.Rrn
        && ApprovedMinor == other.ApprovedMinor && Currency == other.Currency && Acquirer == other.Acquirer;

    /// <summary>Whether it tells what the terminal was told.</summary>
    public bool Tells(Answer answer) =>
        TransactionId == answer.TransactionId && Outcome == answer.Outcome && ResponseCode == answer.ResponseCode
        && ApprovalCode == answer.ApprovalCode && Rrn == answer.Rrn && ApprovedMinor == answer.ApprovedMinor
        && Currency == answer.Currency;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Type} {Outcome} {ResponseCode} approval={ApprovalCode} rrn={Rrn} amount={ApprovedMinor}{Currency}"
        + $" acquirer={Acquirer}{(Cause == ReversalCause.Unspecified ? "" : $" cause={Cause}")} id={EventId}";
}
