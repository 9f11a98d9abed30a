using Switch.Contracts.V1;
using Switch.Service.Idempotency;
using Switch.Service.Journal.Records;

namespace Switch.Service.Authorization;

/// <summary>
/// What a final record says of the attempt that its request ended with, and so of one that came to light elsewhere.
/// </summary>
internal static class FinalRecord
{
    /// <summary>The reversal that is owed or may yet be asked for; its data must not be empty.</summary>
    public static ReversalRecord Reversal(this IdempotencyRecord final) =>
        ReversalRecord.Parser.ParseFrom(final.ReversalData.Span);

    /// <summary>
    /// Whether the request ended with this attempt, and its reversal is owed or may yet be asked for.
    /// </summary>
    public static bool Covers(this IdempotencyRecord standing, AttemptRecord attempt) =>
        standing is { HasValue: true, State: RecordState.Final, ReversalData.IsEmpty: false }
        && attempt.IsSame(standing.Reversal().Original);

    /// <summary>Whether the request is approved at that acquirer.</summary>
    public static bool IsApprovalAt(this IdempotencyRecord standing, string acquirer) =>
        standing is { HasValue: true, State: RecordState.Final } && standing.Acquirer == acquirer
        && AuthorizeResponse.Parser.ParseFrom(standing.Answer.Span).Outcome
            is Outcome.Approved or Outcome.PartiallyApproved;
}
