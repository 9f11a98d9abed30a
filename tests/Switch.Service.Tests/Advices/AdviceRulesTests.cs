using Switch.Service.Acquirers;
using Switch.Service.Advices;

namespace Switch.Service.Tests.Advices;

/// <summary>What happens after one transmission, over every kind of result, kind of code and number of tries.</summary>
public sealed class AdviceRulesTests
{
    private const int TriesMax = 3;
    private readonly AdviceRules _rules = new(new AdviceOptions { TriesMax = TriesMax });

    [Fact]
    public void S6_DecisionTable_OverTheFullProduct()
    {
        string[] codes = ["", "00", "25", "94", "91", "96", "05", "12", "XX"];
        foreach (var kind in Enum.GetValues<ReversalKind>())
            foreach (var code in codes)
                for (var tries = 0; tries <= TriesMax + 1; tries++)
                {
                    var verdict = _rules.Decide(new ReversalResult(kind, code, "reason"), tries);

                    var expected = (kind, code) switch
                    {
                        (ReversalKind.NotSent, _) => AdviceFate.TryAgainSoon,
                        (ReversalKind.Unsendable, _) => AdviceFate.Parked,
                        (ReversalKind.Replied, "00" or "25" or "94") => AdviceFate.Settled,
                        (ReversalKind.Replied, not ("91" or "96")) => AdviceFate.Parked,
                        _ => tries < TriesMax ? AdviceFate.RetryLater : AdviceFate.Parked,
                    };
                    Assert.Equal((kind, code, tries, expected), (kind, code, tries, verdict.Fate));
                    Assert.Equal(expected == AdviceFate.Settled, verdict.Reason.Length == 0);
                }
    }

    [Fact]
    public void S6_ListsAreTheLinksOwn()
    {
        var rules = new AdviceRules(new AdviceOptions { SettledCodes = "21", RetryCodes = "" });

        Assert.Equal(AdviceFate.Settled, rules.Decide(ReversalResult.Replied("21"), 1).Fate);
        Assert.Equal(AdviceFate.Parked, rules.Decide(ReversalResult.Replied("00"), 1).Fate);
        Assert.Equal(AdviceFate.Parked, rules.Decide(ReversalResult.Replied("91"), 1).Fate);
    }

    [Fact]
    public void AKindAddedLater_IsParkedAndNeverDropped() =>
        Assert.Equal(AdviceFate.Parked, _rules.Decide(new ReversalResult((ReversalKind)99, "00", "new"), 1).Fate);

    [Fact]
    public void AfterTry_IsRandomBetweenTheBounds_AndTheUpperOneDoubles()
    {
        var options = new AdviceOptions { RetryMin = TimeSpan.FromSeconds(1), RetryMax = TimeSpan.FromMinutes(5) };
        var random = new Random(1);
        for (var tries = 1; tries <= 1000; tries++)
        {
            var bound = TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, tries)));
            var pauses = Enumerable.Range(0, 200).Select(_ => AdvicePauses.AfterTry(tries, options, random)).ToList();
            Assert.All(pauses, pause => Assert.InRange(pause, options.RetryMin, bound));
            Assert.True(pauses.Max() - pauses.Min() > (bound - options.RetryMin) / 2, "full jitter");
        }
    }

    [Fact]
    public void AfterNotSent_StaysShort()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(100), AdvicePauses.AfterNotSent(1));
        Assert.Equal(TimeSpan.FromMilliseconds(200), AdvicePauses.AfterNotSent(2));
        Assert.Equal(TimeSpan.FromSeconds(5), AdvicePauses.AfterNotSent(int.MaxValue));
    }
}
