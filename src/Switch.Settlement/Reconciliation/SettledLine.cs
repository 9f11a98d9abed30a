namespace Switch.Settlement.Reconciliation;

/// <summary>A movement as one side tells it: an entry of our books, or a line of the acquirer's file.</summary>
/// <param name="Id">
/// Our number from 0, or the line in the file, from 1; negative when an earlier file had it: its exception.
/// </param>
/// <param name="Rrn">DE 37; empty when unknown.</param>
/// <param name="ApprovalCode">DE 38; empty when unknown.</param>
/// <param name="CardLastFour">Last four digits; empty when unknown.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountMinor">
/// Minor units; a sale is positive, a refund or the reversal of a sale negative.
/// </param>
/// <param name="BusinessDate">The date that this side gives it.</param>
internal sealed record SettledLine(
    long Id, string Rrn, string ApprovalCode, string CardLastFour, string Currency, long AmountMinor,
    DateOnly BusinessDate)
{
    /// <summary>The way of the money: 1 or -1.</summary>
    public int Direction => AmountMinor < 0 ? -1 : 1;

    /// <summary>Whether it bears a number of its own: else an equal line may be another payment.</summary>
    public bool IsNumbered => Rrn.Length > 0 || ApprovalCode.Length > 0;

    /// <summary>
    /// Whether an earlier import netted it, of ours: it waits for no file, but a line of theirs may still show it.
    /// </summary>
    public bool IsNetted { get; init; }
}

/// <summary>What the comparison of two sides says of a line. Stored: never change a number.</summary>
internal enum MatchOutcome
{
    /// <summary>Both sides have it, within the tolerance.</summary>
    Matched = 1,

    /// <summary>One side has it and its reversal, the other has neither: nothing is owed.</summary>
    Netted = 2,

    /// <summary>Both have it, on business dates that differ by no more than the tolerated days.</summary>
    Timing = 3,

    /// <summary>Their file has it, our books do not.</summary>
    MissingOnOurs = 4,

    /// <summary>Our books have it, their file does not.</summary>
    MissingOnTheirs = 5,

    /// <summary>Both have it with amounts that differ by more than the tolerance.</summary>
    AmountDiffers = 6,

    /// <summary>Both have it in different currencies.</summary>
    CurrencyDiffers = 7,

    /// <summary>Their file has it once more than our books.</summary>
    Duplicate = 8,

    /// <summary>A payout that the bank paid and that came back.</summary>
    Returned = 9,
}

/// <summary>One finding. At least one side is there.</summary>
/// <param name="Outcome">What it is.</param>
/// <param name="Ours">Our line, or null.</param>
/// <param name="Theirs">Their line, or null.</param>
/// <param name="Rule">Which rule brought the two together; empty when none did.</param>
internal sealed record Finding(MatchOutcome Outcome, SettledLine? Ours, SettledLine? Theirs, string Rule = "")
{
    /// <summary>Theirs less ours, minor units; 0 when a side is missing or the currencies differ.</summary>
    public long DifferenceMinor => Ours is { } ours && Theirs is { } theirs && ours.Currency == theirs.Currency
        ? theirs.AmountMinor - ours.AmountMinor
        : 0;

    /// <summary>Whether a person has to look at it.</summary>
    public bool IsException => Outcome >= MatchOutcome.MissingOnOurs;
}
