namespace Switch.Simulator;

/// <summary>What an entry does to the books.</summary>
public enum LedgerKind
{
    /// <summary>A 0100 or 0200 that takes money from the cardholder.</summary>
    Debit,

    /// <summary>A 0100 or 0200 that gives money back: processing code 20 to 29 (S13, DE 3).</summary>
    Credit,

    /// <summary>A 0120, 0121, 0220 or 0221: a completion, told and not asked.</summary>
    Advice,

    /// <summary>A 0400, 0401, 0420 or 0421.</summary>
    Reversal,
}

/// <summary>What became of the answer.</summary>
public enum Delivery
{
    /// <summary>Decided, not yet written to the socket.</summary>
    Pending,

    /// <summary>Written to the socket whole.</summary>
    Sent,

    /// <summary>Written twice, as the scenario says.</summary>
    SentTwice,

    /// <summary>Written, but spoilt as the scenario says: no peer can read it as the answer.</summary>
    Malformed,

    /// <summary>Kept back, as the scenario says.</summary>
    Silent,

    /// <summary>The connection was closed instead, as the scenario says.</summary>
    Disconnected,

    /// <summary>The connection was gone before the answer could be written.</summary>
    ConnectionLost,
}

/// <summary>
/// One message that the host saw, as it stands now: an immutable picture, so ask the ledger again for news. Of the card
/// only the first six and last four digits; never track, PIN or EMV data (G6).
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>Place in the ledger, from 1.</summary>
    public long Sequence { get; init; }

    /// <summary>What it does to the books.</summary>
    public required LedgerKind Kind { get; init; }

    /// <summary>Message type of the request, four digits.</summary>
    public required string Mti { get; init; }

    /// <summary>Retrieval reference number, DE 37; empty when missing.</summary>
    public required string Rrn { get; init; }

    /// <summary>System trace audit number, DE 11; empty when missing.</summary>
    public required string Stan { get; init; }

    /// <summary>Transmission date and time, DE 7, MMDDhhmmss UTC; empty when missing.</summary>
    public required string TransmissionTime { get; init; }

    /// <summary>Terminal, DE 41 without its padding.</summary>
    public required string Terminal { get; init; }

    /// <summary>Merchant, DE 42 without its padding.</summary>
    public required string Merchant { get; init; }

    /// <summary>Processing code, DE 3.</summary>
    public string ProcessingCode { get; init; } = "";

    /// <summary>Point of service condition, DE 25; empty when missing.</summary>
    public string Condition { get; init; } = "";

    /// <summary>Amount asked for, DE 4, minor units.</summary>
    public long AmountMinor { get; init; }

    /// <summary>ISO 4217 numeric currency, DE 49; empty when missing.</summary>
    public string Currency { get; init; } = "";

    /// <summary>First six and last four digits; empty when the message carried no card number.</summary>
    public string MaskedPan { get; init; } = "";

    /// <summary>Response code, DE 39, decided for this message; empty when none was.</summary>
    public string ResponseCode { get; init; } = "";

    /// <summary>Approval code, DE 38; null unless approved.</summary>
    public string? ApprovalCode { get; init; }

    /// <summary>Amount granted, minor units; 0 unless approved, and 0 on a duplicate: money moves once.</summary>
    public long ApprovedMinor { get; init; }

    /// <summary>When the message was read, host clock.</summary>
    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>What became of the answer.</summary>
    public Delivery Delivery { get; init; }

    /// <summary>Whether the scenario holds the answer back on purpose (<c>late</c>).</summary>
    public bool IsLate { get; init; }

    /// <summary>The entry whose message this one repeats, or null.</summary>
    public long? DuplicateOf { get; init; }

    /// <summary>
    /// Whether it was turned away before the books: format error, not signed on, a reversal refused by a rule.
    /// </summary>
    public bool IsTurnedAway { get; init; }

    /// <summary>Of a reversal: the entry it matched, or null when it knew none.</summary>
    public long? Original { get; init; }

    /// <summary>Of a reversal: DE 90 as received, 42 digits.</summary>
    public string? OriginalData { get; init; }

    /// <summary>The reversal that undid this entry, or null.</summary>
    public long? ReversedBy { get; init; }

    /// <summary>Name of the scenario rule that decided, or null.</summary>
    public string? Rule { get; init; }

    /// <summary>What a person should know: a near miss, a missing field. Never content of a card field.</summary>
    public string? Note { get; init; }

    /// <summary>Whether this moved money: code 00 or 10 on anything but a reversal, and not a repeat.</summary>
    public bool IsApproval => Kind != LedgerKind.Reversal && DuplicateOf is null && (ResponseCode is "00" or "10");

    /// <summary>
    /// Whether the amount is only held until a completion: a pre-authorization (DE 25 = 06) is cleared by none.
    /// </summary>
    public bool IsHold => Condition == "06";

    /// <summary>Whether money moved here and has not been given back.</summary>
    public bool IsUnreversedApproval => IsApproval && ReversedBy is null;
}
