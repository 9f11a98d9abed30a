namespace Switch.Simulator;

/// <summary>What makes a request a repeat of an earlier one. RRN, terminal and merchant must always be equal.</summary>
internal enum DuplicateMatch
{
    /// <summary>Also STAN and transmission time (DE 7): the same message sent again.</summary>
    Exact,

    /// <summary>Nothing else: also catches a second send built afresh for the same payment.</summary>
    Rrn,
}

/// <summary>How repeats and reversals are answered; the scenario states it.</summary>
internal sealed record LedgerPolicy
{
    /// <summary>What makes a repeat.</summary>
    public DuplicateMatch DuplicateMatch { get; init; } = DuplicateMatch.Exact;

    /// <summary>The code that declines a repeat; null answers as the first time.</summary>
    public string? DuplicateCode { get; init; }

    /// <summary>Answer to a reversal of what is reversed already.</summary>
    public string AlreadyReversedCode { get; init; } = "00";

    /// <summary>Answer to a reversal of what was never seen.</summary>
    public string UnknownOriginalCode { get; init; } = "25";

    /// <summary>The code that declines a request whose reversal came first (S9); null lets it pass.</summary>
    public string? LateOriginalCode { get; init; } = "12";
}
