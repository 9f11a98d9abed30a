using static Switch.Routing.Tests.Configs;

namespace Switch.Routing.Tests;

public sealed class ShadowTests
{
    /// <summary>Each pair: a condition, and one that holds only where the first does.</summary>
    public static TheoryData<string> Dimensions =>

    [
        "scheme", "bin", "country", "funding", "currency", "amount", "mcc", "merchant", "entry", "kind", "time", "days",
    ];

    private static (ConditionsConfig Wide, ConditionsConfig Narrow) Pair(string dimension) => dimension switch
    {
        "scheme" => (new() { Schemes = List("visa", "amex") }, new() { Schemes = List("amex") }),
        "bin" =>
            (new() { Bins = [Text(Range("41")), Text(Range("42"))] }, new() { Bins = [Text(Range("419999-420000"))] }),
        "country" => (new() { Countries = List("FR", "DE") }, new() { Countries = List("DE") }),
        "funding" => (new() { Fundings = List("debit", "prepaid") }, new() { Fundings = List("prepaid") }),
        "currency" => (new() { Currencies = List("EUR", "USD") }, new() { Currencies = List("USD") }),
        "amount" => (Band(100, 200), Band(150, 200)),
        "mcc" => (new() { Mccs = [Text(Mcc("3000-3299"))] }, new() { Mccs = [Text(Mcc("3001")), Text(Mcc("3299"))] }),
        "merchant" => (new() { Merchants = List("M1", "M2") }, new() { Merchants = List("M2") }),
        "entry" => (new() { EntryModes = List("chip", "manual") }, new() { EntryModes = List("manual") }),
        "kind" => (new() { Kinds = List("refund", "purchase") }, new() { Kinds = List("refund") }),
        "time" => (new() { Time = Text(Window("22:00-06:00")) }, new() { Time = Text(Window("23:00-01:00")) }),
        _ => (new() { Days = List("sat", "sun") }, new() { Days = List("sat"), Time = Text(Window("10:00-24:00")) }),
    };

    private static ConditionsConfig Band(long min, long max) =>
        new() { Currencies = List("EUR"), Amount = new AmountBandConfig(min, max, At(1)) };

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Build_LaterRuleInsideEarlier_FaultNamesBoth(string dimension)
    {
        (ConditionsConfig wide, ConditionsConfig narrow) = Pair(dimension);
        RouteBuildResult result = RouteTableBuilder.Build(
            WithRules(Rule("wide", Priority("b"), wide, 5), Rule("narrow", Priority("c"), narrow, 6)), 1);
        RouteFault fault = Assert.Single(result.Faults);
        Assert.Equal(6, fault.Line.Line);
        Assert.Equal("rules[1]", fault.Path);
        Assert.Contains("'wide' in routes.yaml:5", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Build_LaterRuleWiderOrEarlierAsksMore_NoFault(string dimension)
    {
        (ConditionsConfig wide, ConditionsConfig narrow) = Pair(dimension);
        Build(WithRules(Rule("narrow", Priority("b"), narrow), Rule("wide", Priority("c"), wide)));
        Build(WithRules(Rule("narrow", Priority("b"), narrow), Rule("everything", Priority("c"))));
    }

    [Fact]
    public void Build_AfterARuleForEverything_EveryRuleIsAFault()
    {
        RouteBuildResult result = RouteTableBuilder.Build(
            WithRules(
                Rule("all", Priority("b"), line: 5),
                Rule("x", Priority("c"), new() { Kinds = List("refund") }, 6),
                Rule("y", Priority("c"), new() { Mccs = [Text(Mcc("5411"))] }, 7)),
            1);
        Assert.Equal([6, 7], result.Faults.Select(static fault => fault.Line.Line));
    }

    [Fact]
    public void Build_AllFundingsThenNone_NoFaultBecauseUnknownFundingIsLeft() => Build(WithRules(
        Rule("known", Priority("b"), new() { Fundings = List("credit", "debit", "prepaid") }),
        Rule("rest", Priority("c"))));

    [Fact]
    public void Build_RulesThatMeetInOneConditionOnly_NoFault() => Build(WithRules(
        Rule("eur", Priority("b"), new() { Currencies = List("EUR"), Kinds = List("refund") }),
        Rule("eur-too", Priority("c"), new() { Currencies = List("EUR") })));
}
