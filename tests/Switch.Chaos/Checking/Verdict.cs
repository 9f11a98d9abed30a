namespace Switch.Chaos.Checking;

/// <summary>The promises of docs/guarantees.md that a run holds the switch to.</summary>
internal enum Guarantee
{
    G1,
    G2,
    G3,
    G4,
    G8,
}

/// <summary>One promise broken.</summary>
/// <param name="Guarantee">Which.</param>
/// <param name="Rule">Short name of what was found, for counting.</param>
/// <param name="Payment">The payment; null when it is about none.</param>
/// <param name="Text">What a person reads.</param>
internal sealed record Violation(Guarantee Guarantee, string Rule, PaymentKey? Payment, string Text);

/// <summary>What the checker found.</summary>
internal sealed record Verdict
{
    public required IReadOnlyList<Violation> Violations { get; init; }

    /// <summary>
    /// Broken promises of payments of which both copies were destroyed: the journal of an instance that handled it and
    /// the record in Redis. Counted apart; docs/guarantees.md says why.
    /// </summary>
    public required IReadOnlyList<Violation> OutsideConditions { get; init; }

    /// <summary>Answers whose event was on a disk that the plan destroyed shortly after.</summary>
    public required IReadOnlyList<Violation> UnpublishedOnLostDisk { get; init; }

    /// <summary>Approvals that stand because their reversal is parked for a person, by its event.</summary>
    public required IReadOnlyList<Violation> Parked { get; init; }

    public int Count(Guarantee guarantee) => Violations.Count(violation => violation.Guarantee == guarantee);
}
