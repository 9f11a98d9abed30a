using Switch.Contracts.V1;
using Switch.Service.Cards;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.Money;

namespace Switch.Service.Authorization;

/// <summary>
/// A request that passed every check, with all that is derived from it. Immutable. Lives in memory only: what may be
/// stored of it is copied out field by field (G6).
/// </summary>
internal sealed class PaymentRequest
{
    public required string TransactionId { get; init; }

    /// <summary>DE 37, derived from the transaction id: the same on every attempt.</summary>
    public required string Rrn { get; init; }

    public required RequestFingerprint Fingerprint { get; init; }

    public required string IdempotencyKey { get; init; }

    public required Merchant Merchant { get; init; }

    public required string TerminalId { get; init; }

    /// <summary>The terminal's own trace number, 1 to 999999.</summary>
    public required int TerminalStan { get; init; }

    /// <summary>The terminal's wall clock, kind unspecified.</summary>
    public required DateTime LocalTime { get; init; }

    /// <summary>Minor units, 1 to 999,999,999,999.</summary>
    public required long AmountMinor { get; init; }

    public required Currency Currency { get; init; }

    public required TransactionKind Kind { get; init; }

    public required EntryMode EntryMode { get; init; }

    public required Pan Pan { get; init; }

    public required CardExpiry Expiry { get; init; }

    /// <summary>Absent unless a stripe was read, or the chip gave its equivalent.</summary>
    public Track2? Track2 { get; init; }

    /// <summary>DE 55, empty without a chip.</summary>
    public EmvData EmvData { get; init; }

    /// <summary>DE 52, absent without a PIN.</summary>
    public PinBlock? PinBlock { get; init; }

    /// <summary>DE 23, 0 to 999; -1 when the terminal gave none.</summary>
    public int CardSequenceNumber { get; init; } = -1;

    /// <summary>Merchant category code in force for this payment, four digits.</summary>
    public required string Mcc { get; init; }

    /// <summary>The terminal can take a partial approval (S10).</summary>
    public bool AcceptsPartialApproval { get; init; }

    public bool HasPinEntry { get; init; }

    public int BatchNumber { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>YYYY-MM-DD, assigned now and never again (S12).</summary>
    public required string BusinessDate { get; init; }
}
