namespace Switch.Simulator;

/// <summary>A line of an acquirer's file.</summary>
internal sealed record AcquirerMovement(
    string Rrn, string ApprovalCode, string CardLastFour, string Terminal, string Merchant, string Currency,
    bool IsCredit,
    bool IsReversal, long AmountMinor, DateOnly BusinessDate)
{
    private const int LastDigits = 4;

    /// <summary>The movement of an approval, or of the reversal that took it back.</summary>
    public static AcquirerMovement Of(LedgerEntry request, LedgerEntry told, DateOnly date, bool isReversal) => new(
        told.Rrn,
        request.ApprovalCode ?? "",
        request.MaskedPan.Length < LastDigits ? "" : request.MaskedPan[^LastDigits..],
        request.Terminal,
        request.Merchant,
        request.Currency,
        (request.Kind == LedgerKind.Credit) != isReversal,
        isReversal,
        request.ApprovedMinor,
        date);
}
