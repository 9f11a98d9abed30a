using Switch.Contracts.V1;

namespace Switch.Chaos.Checking;

/// <summary>Names one payment as the terminal does.</summary>
internal sealed record PaymentKey(string Merchant, string Terminal, string Key)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Merchant}/{Terminal}/{Key}";
}

/// <summary>What a terminal asked the switch for.</summary>
internal enum CallKind
{
    Authorize,
    Reverse,
}

/// <summary>An answer as the terminal read it.</summary>
internal sealed record Answer
{
    public required string TransactionId { get; init; }

    public required Outcome Outcome { get; init; }

    public DeclinedBy DeclinedBy { get; init; }

    public required string ResponseCode { get; init; }

    public string ApprovalCode { get; init; } = "";

    public required string Rrn { get; init; }

    /// <summary>Minor units; 0 when nothing was approved.</summary>
    public long ApprovedMinor { get; init; }

    public string Currency { get; init; } = "";

    public bool Replayed { get; init; }

    /// <summary>When the switch says it accepted the request.</summary>
    public DateTimeOffset AcceptedAt { get; init; }

    /// <summary>A 91 of the switch itself says that nothing was sent: a retry with the same key runs afresh.</summary>
    public bool IsFinal => !(ResponseCode == "91" && DeclinedBy == DeclinedBy.TechnicalFailure);

    public bool IsApproved => Outcome is Outcome.Approved or Outcome.PartiallyApproved;

    /// <summary>Declined because the terminal's reversal came first; worded afresh on every repeat.</summary>
    public bool IsTombstoned => ResponseCode == "12" && DeclinedBy == DeclinedBy.Switch;

    /// <summary>Whether two answers say the same to the cardholder and to the books (G2).</summary>
    public bool SaysTheSameAs(Answer other) =>
        TransactionId == other.TransactionId && Outcome == other.Outcome && ResponseCode == other.ResponseCode
        && ApprovalCode == other.ApprovalCode && Rrn == other.Rrn && ApprovedMinor == other.ApprovedMinor
        && Currency == other.Currency;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Outcome} {ResponseCode} approval={ApprovalCode} rrn={Rrn} amount={ApprovedMinor}{Currency}"
        + $" declined_by={DeclinedBy}{(Replayed ? " replayed" : "")}";
}

/// <summary>One call of a terminal and what it got. Times count from the start of the run.</summary>
internal sealed record Call
{
    public required CallKind Kind { get; init; }

    public required TimeSpan Start { get; init; }

    public required TimeSpan End { get; init; }

    /// <summary>The instance that was asked.</summary>
    public required string Instance { get; init; }

    /// <summary>gRPC status by name; "OK" when there is an answer.</summary>
    public required string Status { get; init; }

    /// <summary>Reason of the ErrorInfo; empty without one.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Of an authorization that was answered.</summary>
    public Answer? Answer { get; init; }

    /// <summary>Of a reversal that was accepted.</summary>
    public ReversalState Reversal { get; init; }

    /// <summary>Says that the switch took the reversal.</summary>
    public bool IsAcceptedReversal => Kind == CallKind.Reverse && Reversal != ReversalState.Unspecified;
}

/// <summary>One payment as its terminal saw it: everything that was asked under one idempotency key.</summary>
internal sealed record PaymentRecord
{
    public required PaymentKey Key { get; init; }

    /// <summary>As asked, minor units. Unique in a run: acquirers know nothing of idempotency keys.</summary>
    public required long AmountMinor { get; init; }

    public required string Currency { get; init; }

    /// <summary>Acquirers were told to lose its request before it gets into their books.</summary>
    public bool IsLostByAcquirers { get; init; }

    /// <summary>What the terminal set out to do, for the timeline.</summary>
    public string Story { get; init; } = "";

    /// <summary>In the order of their start.</summary>
    public required IReadOnlyList<Call> Calls { get; init; }

    public IEnumerable<Call> FinalAnswers => Calls.Where(static call => call.Answer is { IsFinal: true });

    /// <summary>The first final answer, or null: the payment is unresolved.</summary>
    public Answer? FirstFinal => FinalAnswers.MinBy(static call => call.End)?.Answer;

    public bool ReversalAccepted => Calls.Any(static call => call.IsAcceptedReversal);

    /// <summary>A reversal was asked for, and may have been taken although the terminal never heard so.</summary>
    public bool ReversalAsked => Calls.Any(static call => call.Kind == CallKind.Reverse);
}
