using Switch.Contracts.V1;
using Switch.Service.Idempotency;
using Switch.Service.Journal.Records;

namespace Switch.Service.Authorization;

/// <summary>What the record that stands in the store says of an attempt that came to light elsewhere.</summary>
internal static class StandingRecord
{
    /// <summary>
    /// Whether the request ended with this attempt, and its reversal is owed or may yet be asked for.
    /// </summary>
    public static bool Covers(this IdempotencyRecord standing, AttemptRecord attempt) =>
        standing is { HasValue: true, State: RecordState.Final, ReversalData.IsEmpty: false }
        && attempt.IsSame(ReversalRecord.Parser.ParseFrom(standing.ReversalData.Span).Original);

    /// <summary>Whether the request is approved at that acquirer.</summary>
    public static bool IsApprovalAt(this IdempotencyRecord standing, string acquirer) =>
        standing is { HasValue: true, State: RecordState.Final } && standing.Acquirer == acquirer
        && AuthorizeResponse.Parser.ParseFrom(standing.Answer.Span).Outcome
            is Outcome.Approved or Outcome.PartiallyApproved;
}
