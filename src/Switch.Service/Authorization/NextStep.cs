using Switch.Service.Acquirers;

namespace Switch.Service.Authorization;

/// <summary>What follows an attempt.</summary>
internal enum NextStep
{
    /// <summary>Ask the next candidate.</summary>
    TryNext,

    /// <summary>This is the answer, or there is none to be had.</summary>
    Stop,

    /// <summary>Queue the reversal, then answer.</summary>
    ReverseAndStop,
}

/// <summary>The decision table of S5, S10 and S14. Pure.</summary>
internal static class AttemptRules
{
    /// <summary>With no more time than this no attempt begins: the reply could not make it back.</summary>
    public static readonly TimeSpan AttemptMin = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether no attempt may begin any more.</summary>
    /// <param name="left">What is left of the caller's time, without what the answer needs.</param>
    public static bool IsTooLate(TimeSpan left) => left <= AttemptMin;

    /// <summary>Decides what follows one attempt.</summary>
    /// <param name="result">How it ended.</param>
    /// <param name="hasNext">The plan holds another candidate.</param>
    /// <param name="left">What is left of the caller's time.</param>
    /// <param name="acceptsPartial">The terminal can take a partial approval (S10).</param>
    public static NextStep Decide(in AttemptResult result, bool hasNext, TimeSpan left, bool acceptsPartial)
    {
        var mayTryNext = hasNext && !IsTooLate(left);
        // Whatever the table says of unknown codes: it may have been an approval, and nobody knows of what.
        if (result.Code is { IsKnown: false }) return NextStep.ReverseAndStop;
        return result.Kind switch
        {
            AttemptKind.NotSent => mayTryNext ? NextStep.TryNext : NextStep.Stop,
            AttemptKind.Approved when IsPartial(result) && !acceptsPartial => NextStep.ReverseAndStop,
            AttemptKind.Approved => NextStep.Stop,
            AttemptKind.Declined => result.Code!.RetryElsewhere && mayTryNext ? NextStep.TryNext : NextStep.Stop,
            _ => NextStep.ReverseAndStop, // SentUnknown, and anything added later: fail to the safe side
        };
    }

    private static bool IsPartial(in AttemptResult result) =>
        result.Code!.Outcome == Contracts.V1.Outcome.PartiallyApproved;
}
