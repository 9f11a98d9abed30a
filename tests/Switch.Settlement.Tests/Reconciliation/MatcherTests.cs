using Switch.Settlement.Reconciliation;

namespace Switch.Settlement.Tests.Reconciliation;

public sealed class MatcherTests
{
    private static readonly DateOnly Day = new(2026, 3, 2);

    private static readonly MatchTerms Terms = new()
    {
        TimingDays = 3,
        Tolerances = new Dictionary<string, Tolerance> { ["USD"] = new(2, 0), ["GBP"] = new(0, 1_000) },
    };

    [Fact]
    public void Match_SaleAndReversalThatTheyDoNotList_Net() => Assert.All(
        Match([Line(1, 100), Line(2, -100)], []), f => Assert.Equal(MatchOutcome.Netted, f.Outcome));

    [Fact]
    public void Match_SaleAndReversalThatOnlyTheyList_Net() => Assert.All(
        Match([], [Line(1, 100), Line(2, -100)]), f => Assert.Equal(MatchOutcome.Netted, f.Outcome));

    [Fact]
    public void Match_SaleAndReversalOfAnotherDate_WaitForTheirFile() =>
        Assert.Empty(Match([OfNextDay(Line(1, 100)), OfNextDay(Line(2, -100))], []));

    [Fact]
    public void Match_ReversalThatTheyLack_IsMissingOnTheirs()
    {
        var findings = Match([Line(1, 100), Line(2, -100)], [Line(1, 100)]);
        Assert.Equal([MatchOutcome.Matched, MatchOutcome.MissingOnTheirs], findings.Select(f => f.Outcome));
        Assert.Equal(-100, findings[1].Ours!.AmountMinor);
    }

    [Theory]
    [InlineData("EUR", 10_000, 10_000, MatchOutcome.Matched)]
    [InlineData("EUR", 10_000, 10_001, MatchOutcome.AmountDiffers)]
    [InlineData("USD", 10_000, 10_002, MatchOutcome.Matched)]
    [InlineData("USD", 10_000, 10_003, MatchOutcome.AmountDiffers)]
    [InlineData("GBP", 10_000, 9_990, MatchOutcome.Matched)]
    [InlineData("GBP", 10_000, 9_989, MatchOutcome.AmountDiffers)]
    [InlineData("GBP", 999, 1_000, MatchOutcome.AmountDiffers)]
    [InlineData("GBP", -10_000, -10_010, MatchOutcome.Matched)]
    public void Match_AmountsApart_AreHeldToTheTolerance(string currency, long ours, long theirs, object outcome)
    {
        var finding = Assert.Single(Match(
            [Line(1, ours) with { Currency = currency }], [Line(1, theirs) with { Currency = currency }]));
        Assert.Equal(outcome, finding.Outcome);
        Assert.Equal(theirs - ours, finding.DifferenceMinor);
    }

    [Theory]
    [InlineData(3, MatchOutcome.Timing)]
    [InlineData(-3, MatchOutcome.Timing)]
    public void Match_DatesApartWithinTheDays_AreTiming(int days, object outcome) => Assert.Equal(
        outcome,
        Assert.Single(Match([Line(1, 100)], [Line(1, 100) with { BusinessDate = Day.AddDays(days) }])).Outcome);

    [Fact]
    public void Match_DatesTooFarApart_AreTwoPayments() => Assert.Equal(
        [MatchOutcome.MissingOnOurs, MatchOutcome.MissingOnTheirs],
        Match([Line(1, 100)], [Line(1, 100) with { BusinessDate = Day.AddDays(4) }]).Select(f => f.Outcome).Order());

    [Fact]
    public void Match_ApprovalCodeDiffers_RrnStillPairs() => Assert.Equal(
        "rrn", Assert.Single(Match([Line(1, 100)], [Line(1, 100) with { ApprovalCode = "OTHER" }])).Rule);

    [Fact]
    public void Match_NoRrnOnTheirSide_CardAndAmountPair()
    {
        var finding = Assert.Single(Match([Line(1, 100)], [Line(1, 100) with { Rrn = "" }]));
        Assert.Equal((MatchOutcome.Matched, "card, amount"), (finding.Outcome, finding.Rule));
    }

    [Fact]
    public void Match_DifferentRrns_NeverPairByCard() => Assert.Equal(
        2, Match([Line(1, 100)], [Line(1, 100) with { Rrn = "OTHER" }]).Count);

    [Fact]
    public void Match_SeenInAnEarlierFile_IsDuplicate() => Assert.Equal(
        MatchOutcome.Duplicate,
        Assert.Single(Match([], [Line(1, 100)], [Line(7, 100)])).Outcome);

    [Fact]
    public void Match_SaleOfTheDateAndReversalOfTheNext_ThatTheyLeaveOut_Net()
    {
        var findings = Match([Line(1, 100), OfNextDay(Line(2, -100))], []);
        Assert.Equal(2, findings.Count);
        Assert.All(findings, f => Assert.Equal(MatchOutcome.Netted, f.Outcome));
    }

    [Fact]
    public void Match_PairThatWasNettedBefore_NetsAgainThoughNeitherIsDue() => Assert.Equal(
        [MatchOutcome.Netted, MatchOutcome.Netted],
        Match(
            [
                OfNextDay(Line(1, 100)) with { IsNetted = true },
                OfNextDay(Line(2, -100)) with { IsNetted = true },
            ], []).Select(f => f.Outcome));

    [Fact]
    public void Match_LineTooFarFromAPairThatNets_IsNoDuplicate() => Assert.Equal(
        [MatchOutcome.Netted, MatchOutcome.Netted, MatchOutcome.MissingOnOurs],
        Match([Line(1, 100), Line(2, -100)], [Line(1, 100) with { BusinessDate = Day.AddDays(4) }])
            .Select(f => f.Outcome).Order());

    [Fact]
    public void Match_SaleAndReversalListedASecondTime_AreDuplicates()
    {
        var findings = Match([], [Line(1, 100), Line(2, -100)], [Line(7, 100), Line(8, -100)]);
        Assert.Equal([MatchOutcome.Duplicate, MatchOutcome.Duplicate], findings.Select(f => f.Outcome));
        var twice = Match([Line(1, 100), Line(2, -100)], [Line(1, 100), Line(2, -100), Line(3, 100), Line(4, -100)]);
        Assert.Equal(2, twice.Count(f => f.Outcome == MatchOutcome.Duplicate));
    }

    [Fact]
    public void Match_UnknownLineListedThrice_IsMissingOnceAndDuplicateTwice() => Assert.Equal(
        [MatchOutcome.MissingOnOurs, MatchOutcome.Duplicate, MatchOutcome.Duplicate],
        Match([], [Line(1, 100), Line(2, 100), Line(3, 100)]).Select(f => f.Outcome));

    [Fact]
    public void Match_EqualUnknownLinesWithoutAnyNumber_MayBeTwoPayments() => Assert.All(
        Match([], [Unnamed(1), Unnamed(2)]), f => Assert.Equal(MatchOutcome.MissingOnOurs, f.Outcome));

    [Fact]
    public void Match_TwoOfOurs_TheirsGoesToTheNearest()
    {
        // The exact amount and currency comes before the approval code alone.
        var findings = Match(
            [Line(1, 100), Line(2, 200)], [Line(1, 200)]);
        Assert.Equal(2, findings.Single(f => f.Outcome == MatchOutcome.Matched).Ours!.Id);
        Assert.Equal(1, findings.Single(f => f.Outcome == MatchOutcome.MissingOnTheirs).Ours!.Id);
    }

    private static IReadOnlyList<Finding> Match(SettledLine[] ours, SettledLine[] theirs) => Match(ours, [], theirs);

    private static IReadOnlyList<Finding> Match(SettledLine[] ours, SettledLine[] settled, SettledLine[] theirs) =>
        Matcher.Match(ours, theirs, static date => date == Day, () => settled, Terms);

    private static SettledLine OfNextDay(SettledLine line) => line with { BusinessDate = Day.AddDays(1) };

    private static SettledLine Unnamed(long id) => Line(id, 100) with { Rrn = "", ApprovalCode = "" };

    private static SettledLine Line(long id, long minor) =>
        new(id, "500000000001", "A1B2C3", "4242", "EUR", minor, Day);
}
