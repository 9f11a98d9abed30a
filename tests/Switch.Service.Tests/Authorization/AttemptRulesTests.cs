using Switch.Contracts.V1;
using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Tests.Authorization;

/// <summary>The decision table over the full product of its inputs (S5, S10, S14).</summary>
public sealed class AttemptRulesTests
{
    private static readonly ResponseCode Approved = new("00", Outcome.Approved, "APPROVED", false);
    private static readonly ResponseCode Partial = new("10", Outcome.PartiallyApproved, "PARTIALLY APPROVED", false);
    private static readonly ResponseCode Declined = new("51", Outcome.Declined, "INSUFFICIENT FUNDS", false);
    private static readonly ResponseCode Elsewhere = new("91", Outcome.Declined, "ISSUER UNAVAILABLE", true);
    private static readonly ResponseCode Unknown = new("05", Outcome.Declined, "DO NOT HONOUR", false, IsKnown: false);

    private static readonly (AttemptResult Result, Func<bool, bool, NextStep> Expected)[] Table =
    [
        (AttemptResult.NotSent("x"), (mayTryNext, _) => mayTryNext ? NextStep.TryNext : NextStep.Stop),
        (AttemptResult.SentUnknown("x"), (_, _) => NextStep.ReverseAndStop),
        (Replied(AttemptKind.Approved, Approved), (_, _) => NextStep.Stop),
        (
            Replied(AttemptKind.Approved, Partial),
            (_, takesPartial) => takesPartial ? NextStep.Stop : NextStep.ReverseAndStop),
        (Replied(AttemptKind.Declined, Declined), (_, _) => NextStep.Stop),
        (Replied(AttemptKind.Declined, Elsewhere), (mayTryNext, _) => mayTryNext ? NextStep.TryNext : NextStep.Stop),
        (Replied(AttemptKind.Declined, Unknown), (_, _) => NextStep.ReverseAndStop),
        // The file of codes is refused that would make these; should one come about all the same, it is reversed.
        (Replied(AttemptKind.Approved, Approved with { IsKnown = false }), (_, _) => NextStep.ReverseAndStop),
        (Replied(AttemptKind.Approved, Partial with { IsKnown = false }), (_, _) => NextStep.ReverseAndStop),
        (Replied(AttemptKind.Declined, Elsewhere with { IsKnown = false }), (_, _) => NextStep.ReverseAndStop),
    ];

    [Fact]
    public void S5_Decide_OverAllInputs_FollowsTheTable()
    {
        foreach (var (result, expected) in Table)
            foreach (var hasNext in (bool[])[false, true])
                foreach (var left in (TimeSpan[])[TimeSpan.Zero, AttemptRules.AttemptMin, TimeSpan.FromSeconds(5)])
                    foreach (var takesPartial in (bool[])[false, true])
                    {
                        var mayTryNext = hasNext && left > AttemptRules.AttemptMin;
                        Assert.Equal(
                            expected(mayTryNext, takesPartial),
                            AttemptRules.Decide(result, hasNext, left, takesPartial));
                    }
    }

    [Fact]
    public void S5_SentUnknown_NeverGoesToASecondAcquirer()
    {
        var step = AttemptRules.Decide(
            AttemptResult.SentUnknown("timed_out"), hasNext: true, TimeSpan.FromMinutes(1), false);
        Assert.Equal(NextStep.ReverseAndStop, step);
    }

    [Fact]
    public void S5_KindAddedLater_FailsToTheSafeSide()
    {
        var strange = new AttemptResult((AttemptKind)99, null, "", "", 0, "");
        Assert.Equal(NextStep.ReverseAndStop, AttemptRules.Decide(strange, true, TimeSpan.FromMinutes(1), true));
    }

    private static AttemptResult Replied(AttemptKind kind, ResponseCode code) =>
        new(kind, code, code.Code, "", kind == AttemptKind.Approved ? 1 : 0, "");
}
