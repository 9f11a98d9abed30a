namespace Switch.Routing;

/// <summary>Why a payment would be routed as it would, in words for an operator.</summary>
/// <param name="Scheme">What the BIN table says of the card, or empty.</param>
/// <param name="Country">Country of the issuer, or empty.</param>
/// <param name="Funding"><c>credit</c>, <c>debit</c>, <c>prepaid</c>, or empty.</param>
/// <param name="Rules">Every rule in order up to the one that won; last the fallback.</param>
/// <param name="Plan">The plan that follows; equal to that of <see cref="RouteSelector.Plan"/>.</param>
/// <param name="TableVersion">Version of the table that decided.</param>
public sealed record RouteExplanation(
    string Scheme,
    string Country,
    string Funding,
    IReadOnlyList<RuleVerdict> Rules,
    RoutePlan Plan,
    long TableVersion);

/// <summary>What became of one rule.</summary>
/// <param name="Rule">Its name; <c>fallback</c> for the fallback.</param>
/// <param name="Line">Where it was written.</param>
/// <param name="Matched">True for the rule that won, and for the fallback unless that rule forbids it.</param>
/// <param name="FailedCondition">The first condition that did not hold; empty when matched.</param>
/// <param name="Candidates">Kept ones in plan order, then skipped ones as listed; none when not matched.</param>
public sealed record RuleVerdict(
    string Rule,
    SourceLine Line,
    bool Matched,
    string FailedCondition,
    IReadOnlyList<CandidateVerdict> Candidates);

/// <summary>What became of one candidate.</summary>
/// <param name="Acquirer">Its name.</param>
/// <param name="Kept">True when it is in the plan.</param>
/// <param name="Reason">Why it is where it is, or why it was skipped.</param>
public sealed record CandidateVerdict(string Acquirer, bool Kept, string Reason);
