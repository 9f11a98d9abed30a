using static Switch.Routing.CandidateStatus;
using static Switch.Routing.Tests.Configs;

namespace Switch.Routing.Tests;

public sealed class RouteSelectorTests
{
    [Fact]
    public void Plan_NoRuleMatches_FallbackInOrder()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("b"), new() { Currencies = List("USD") })));
        RoutePlan plan = RouteSelector.Plan(table, new Payment().ToQuery(), new CandidateStatus[5]);
        Assert.Equal(-1, plan.RuleIndex);
        Assert.Equal(0, plan.RuleCandidates);
        Assert.Equal(["a"], Names(table, plan));
        Assert.Equal("fallback, candidate 1 of 1", table.Reason(plan, 0));
    }

    [Fact]
    public void Plan_RuleMatches_ItsCandidatesThenTheFallbacks()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("c", "b"))));
        RoutePlan plan = RouteSelector.Plan(table, new Payment().ToQuery(), new CandidateStatus[5]);
        Assert.Equal(["c", "b", "a"], Names(table, plan));
        Assert.Equal(2, plan.RuleCandidates);
        Assert.Equal("rule r, candidate 2 of 3", table.Reason(plan, 1));
        Assert.Equal("fallback after rule r, candidate 3 of 3", table.Reason(plan, 2));
    }

    [Fact]
    public void Plan_RuleForbidsTheFallback_NobodyElseIsListed()
    {
        var gambling = new ConditionsConfig { Mccs = [new(new MccRange(7995, 7995), At(1))] };
        RouteTable table = Build(WithRules(
            Rule("gambling", Priority("c", "b"), gambling, allowsFallback: false), Rule("rest", Priority("d"))));
        var payment = new Payment { Mcc = 7995 };
        Assert.Equal(["c", "b"], PlanOf(table, payment));
        Assert.Equal(["b"], PlanOf(table, payment, Available, Available, LinkDown, Available, Available));
        Assert.Empty(PlanOf(table, payment, Available, LinkDown, BreakerOpen, Available, Available));
        Assert.Equal(["d", "a"], PlanOf(table, new Payment()));
        RoutePlan plan = RouteSelector.Plan(table, payment.ToQuery(), new CandidateStatus[5]);
        Assert.Equal((2, 0), (plan.RuleCandidates, plan.RuleIndex));
        Assert.Equal("rule gambling, candidate 2 of 2", table.Reason(plan, 1));
    }

    [Fact]
    public void Plan_FirstOfTwoMatchingRules_Wins()
    {
        RouteTable table = Build(WithRules(
            Rule("first", Priority("c"), new() { Currencies = List("EUR") }), Rule("second", Priority("d"))));
        Assert.Equal(["c", "a"], PlanOf(table, new Payment()));
        Assert.Equal(["d", "a"], PlanOf(table, new Payment { Currency = "USD" }));
    }

    [Fact]
    public void Plan_UnavailableCandidates_Skipped()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("c", "b", "d"))));
        Assert.Equal(["b", "a"], PlanOf(table, new Payment(), Available, Available, LinkDown, BreakerOpen, Available));
        Assert.Equal(["a"], PlanOf(table, new Payment(), Available, LinkDown, LinkDown, BreakerOpen, Available));
        Assert.Empty(PlanOf(table, new Payment(), LinkDown, LinkDown, LinkDown, BreakerOpen, Available));
    }

    [Fact]
    public void Plan_MoreThanFour_FirstFour()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("e", "d", "c", "b", "a"))));
        Assert.Equal(["e", "d", "c", "b"], PlanOf(table, new Payment()));
        Assert.Equal(
            ["d", "c", "b", "a"], PlanOf(table, new Payment(), Available, Available, Available, Available, LinkDown));
    }

    [Fact]
    public void Plan_AcquirerWithoutTheCurrency_Skipped()
    {
        RouteConfig config = WithRules(Rule("r", Priority("b", "c")));
        RouteTable table = Build(new RouteConfig
        {
            Schemes = config.Schemes,
            Acquirers = [Acquirer("a"), Acquirer("b", 1, ["USD"]), Acquirer("c", 1, ["EUR", "USD"])],
            Rules = config.Rules,
            Fallback = config.Fallback,
        });
        Assert.Equal(["c", "a"], PlanOf(table, new Payment()));
        Assert.Equal(["b", "c", "a"], PlanOf(table, new Payment { Currency = "USD" }));
        Assert.Equal(["a"], PlanOf(table, new Payment { Currency = "SEK" }));
    }

    [Fact]
    public void Plan_LeastCost_CheapestForTheAmountAndSchemeFirst()
    {
        RouteConfig config = WithRules(Rule("r", LeastCost("a", "b", "c")));
        RouteTable table = Build(new RouteConfig
        {
            Schemes = config.Schemes,
            BinRanges = config.BinRanges,
            Acquirers =
            [
                Acquirer("a", 1, null, Fee("default", 20, 0)),
                Acquirer("b", 1, null, Fee("default", 0, 50), Fee("amex", 0, 5)),
                Acquirer("c", 1, null, Fee("default", 20, 0)),
            ],
            Rules = config.Rules,
            Fallback = config.Fallback,
        });
        // b costs half a percent: 20 minor units at 4,000, where the tie goes to the order of the list.
        Assert.Equal(["b", "a", "c"], PlanOf(table, new Payment { AmountMinor = 3_999 }));
        Assert.Equal(["a", "b", "c"], PlanOf(table, new Payment { AmountMinor = 4_000 }));
        Assert.Equal(["a", "c", "b"], PlanOf(table, new Payment { AmountMinor = 4_001 }));
        Assert.Equal(["b", "a", "c"], PlanOf(table, new Payment { AmountMinor = 4_001, Bin = "34000000000" }));
        Assert.Equal(["a", "c", "b"], PlanOf(table, new Payment { AmountMinor = RoutingLimits.AmountMinor }));
    }

    [Fact]
    public void Plan_HighestCosts_StayInOrder()
    {
        RouteConfig config = WithRules(Rule("r", LeastCost("a", "b", "c")));
        RouteTable table = Build(new RouteConfig
        {
            Schemes = config.Schemes,
            Acquirers =
            [
                Acquirer("a", 1, null, Fee("default", RoutingLimits.FixedFeeMinor, RoutingLimits.BasisPoints)),
                Acquirer("b", 1, null, Fee("default", RoutingLimits.FixedFeeMinor, RoutingLimits.BasisPoints - 0.01m)),
                Acquirer("c", 1, null, Fee("default", RoutingLimits.FixedFeeMinor - 1, RoutingLimits.BasisPoints)),
            ],
            Rules = config.Rules,
            Fallback = config.Fallback,
        });
        Assert.Equal(["b", "c", "a"], PlanOf(table, new Payment { AmountMinor = RoutingLimits.AmountMinor }));
        long costMax = table.Fees.Cost(0, 0, RoutingLimits.AmountMinor);
        Assert.InRange(costMax, 1, Shortlist.ScoreEnd - 1);
    }

    [Theory]
    [InlineData("2026-03-06 21:59", false)]
    [InlineData("2026-03-06 22:00", true)]
    [InlineData("2026-03-07 05:59:59", true)]
    [InlineData("2026-03-07 06:00", false)]
    [InlineData("2026-03-07 22:00", false)]
    [InlineData("2026-03-08 23:59", true)]
    [InlineData("2026-03-09 00:00", true)]
    [InlineData("2026-03-09 05:59", true)]
    [InlineData("2026-03-09 06:00", false)]
    [InlineData("2026-03-06 03:00", false)]
    public void Plan_NightOfFridayAndSunday_BelongsToTheDayItStarts(string time, bool matches)
    {
        RouteTable table = Build(WithRules(Rule("night", Priority("b"), new()
        {
            Time = Text(Window("22:00-06:00")),
            Days = List("fri", "sun"),
        })));
        var payment = new Payment
        {
            LocalTime = DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture),
        };
        Assert.Equal(matches ? ["b", "a"] : ["a"], PlanOf(table, payment));
    }

    [Fact]
    public void Plan_EnumNumbersOfANewerContract_MatchOnlyRulesThatDoNotAsk()
    {
        RouteTable table = Build(WithRules(
            Rule("asks", Priority("b"), new() { EntryModes = List("chip", "ecommerce") }),
            Rule("does-not", Priority("c"))));
        RouteQuery query = new Payment().ToQuery();
        query = new RouteQuery
        {
            Bin = query.Bin,
            AmountMinor = 1,
            Currency = query.Currency,
            Mcc = 0,
            MerchantId = null,
            EntryMode = (RouteEntryMode)200,
            Kind = (RouteKind)200,
            LocalTime = default,
            SplitHash = 0,
        };
        Assert.Equal(["c", "a"], Names(table, RouteSelector.Plan(table, in query, new CandidateStatus[5])));
    }

    [Fact]
    public void Plan_DefaultQuery_DecidesLikeAnyOther()
    {
        RouteTable table = Build(WithRules(Rule("eur", Priority("b"), new() { Currencies = List("EUR") })));
        RoutePlan plan = RouteSelector.Plan(table, default, new CandidateStatus[5]);
        Assert.Equal(["a"], Names(table, plan));
        Assert.False(plan.Card.IsKnown);
    }

    [Fact]
    public void Plan_TooFewStatuses_Throws()
    {
        RouteTable table = Build(WithRules());
        Assert.Throws<ArgumentException>(
            () => RouteSelector.Plan(table, new Payment().ToQuery(), new CandidateStatus[4]));
    }

    [Fact]
    public void RoutePlan_PositionOutside_Throws()
    {
        RouteTable table = Build(WithRules());
        RoutePlan plan = RouteSelector.Plan(table, new Payment().ToQuery(), new CandidateStatus[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan[1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Reason(plan, 1));
    }

    [Fact]
    public void RouteQuery_ValuesOutOfRange_Throw()
    {
        RouteQuery good = new Payment().ToQuery();
        Assert.Throws<ArgumentOutOfRangeException>(() => With(amount: -1, mcc: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => With(amount: RoutingLimits.AmountMinor + 1, mcc: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => With(amount: 1, mcc: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => With(amount: 1, mcc: 10_000));

        RouteQuery With(long amount, int mcc) => new()
        {
            Bin = good.Bin,
            AmountMinor = amount,
            Currency = good.Currency,
            Mcc = mcc,
            MerchantId = null,
            EntryMode = 0,
            Kind = 0,
            LocalTime = default,
            SplitHash = 0,
        };
    }
}
