namespace Switch.Settlement.Days;

/// <summary>What became of a close.</summary>
/// <param name="Refusal">Why nothing was closed, for a person; null when it was.</param>
/// <param name="Windows">How many windows it closed.</param>
/// <param name="Payouts">What it pays, holds and carries on, by merchant and currency; empty when refused.</param>
internal sealed record CloseResult(string? Refusal, long Windows, IReadOnlyList<Payout> Payouts)
{
    public bool IsClosed => Refusal is null;

    public static CloseResult Refused(string why) => new(why, 0, []);
}

/// <summary>What became of a payout. Stored: never change a number.</summary>
internal enum PayoutStatus
{
    /// <summary>The bank is to be told; something may be kept back all the same.</summary>
    Ordered = 1,

    /// <summary>All of it is held.</summary>
    Held = 2,

    /// <summary>Not positive: carried to the next close.</summary>
    CarriedForward = 3,
}

/// <summary>A row of the payouts; see the migration for what adds up.</summary>
internal sealed record Payout
{
    /// <summary>At most 26 of letters, digits and '-': the same of the same close, merchant and currency.</summary>
    public required string Id { get; init; }

    public required string CloseDate { get; init; }

    public required string MerchantId { get; init; }

    public required string Currency { get; init; }

    public required long BroughtMinor { get; init; }

    public required long NetMinor { get; init; }

    public required long AmountMinor { get; init; }

    /// <summary>What the next close begins with.</summary>
    public long CarriedMinor => BroughtMinor + NetMinor - AmountMinor;

    public required PayoutStatus Status { get; init; }

    /// <summary>Why all or a part is held; otherwise empty.</summary>
    public required string HoldReason { get; init; }

    /// <summary>When the merchant has it; empty unless ordered.</summary>
    public required string ValueDate { get; init; }

    public long EntryId { get; init; }
}
