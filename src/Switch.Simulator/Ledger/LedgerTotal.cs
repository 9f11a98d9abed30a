namespace Switch.Simulator;

/// <summary>What was approved and given back, per currency and kind. Declines and repeats do not count.</summary>
/// <param name="Currency">ISO 4217 numeric code.</param>
/// <param name="Kind">Debit, credit or advice.</param>
/// <param name="ApprovedCount">Approvals.</param>
/// <param name="ApprovedMinor">Sum approved, minor units.</param>
/// <param name="ReversedCount">Approvals undone by a reversal.</param>
/// <param name="ReversedMinor">Sum undone, minor units.</param>
public sealed record LedgerTotal(
    string Currency, LedgerKind Kind, long ApprovedCount, long ApprovedMinor, long ReversedCount, long ReversedMinor)
{
    /// <summary>Approved less reversed, minor units.</summary>
    public long NetMinor => ApprovedMinor - ReversedMinor;

    /// <summary>Approvals that stand.</summary>
    public long NetCount => ApprovedCount - ReversedCount;
}
