namespace Switch.Settlement.Reconciliation;

/// <summary>What a comparison says.</summary>
/// <param name="Faults">Why the file was refused and nothing imported; empty when it was imported.</param>
/// <param name="Covered">The business date, YYYY-MM-DD; empty of a bank statement.</param>
/// <param name="Lines">Lines of the file.</param>
/// <param name="Counts">How many findings of each outcome.</param>
/// <param name="Opened">Exceptions that were opened.</param>
/// <param name="Settled">Exceptions of earlier files that this one settled.</param>
internal sealed record ReconciliationResult(
    IReadOnlyList<string> Faults, string Covered, long Lines, IReadOnlyDictionary<MatchOutcome, long> Counts,
    long Opened,
    long Settled)
{
    /// <summary>Whether the file was imported.</summary>
    public bool IsImported => Faults.Count == 0;

    /// <summary>A refusal.</summary>
    public static ReconciliationResult Refused(params IReadOnlyList<string> faults) =>
        new(faults, "", 0, new Dictionary<MatchOutcome, long>(), 0, 0);
}
