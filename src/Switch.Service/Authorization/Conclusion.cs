using Switch.Contracts.V1;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Authorization;

/// <summary>How a request ends, before anybody knows of it.</summary>
/// <param name="Answer">What the terminal will hear.</param>
/// <param name="Final">What its record will hold.</param>
/// <param name="Step">What the journal has to hold first.</param>
/// <param name="Doubt">Why its attempt is taken back; null when it stands.</param>
internal sealed record Conclusion(
    AuthorizeResponse Answer, FinalAnswer Final, JournalStep Step, TakenBack? Doubt = null);

/// <summary>An attempt that does not stand.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Acquirer">Where it may have been approved.</param>
/// <param name="Cause">Why.</param>
/// <param name="Detail">How it ended on the wire: a reason of the link, or the answer's code.</param>
internal sealed record TakenBack(int Attempt, string Acquirer, ReversalCause Cause, string Detail);
