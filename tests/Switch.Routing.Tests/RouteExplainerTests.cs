using static Switch.Routing.CandidateStatus;
using static Switch.Routing.Tests.Configs;

namespace Switch.Routing.Tests;

public sealed class RouteExplainerTests
{
    private static RouteExplanation Explain(RouteTable table, Payment payment, params CandidateStatus[] statuses) =>
        RouteExplainer.Explain(
            table, payment.ToQuery(), statuses.Length > 0 ? statuses : new CandidateStatus[table.AcquirerCount]);

    [Fact]
    public void Explain_ConditionsOfEveryDimension_NameWhatFailed()
    {
        (ConditionsConfig When, string Words)[] cases =
        [
            (new() { Schemes = List("amex") }, "scheme: visa is not one of amex"),
            (new() { Bins = [Text(Range("34")), Text(Range("430000-439999"))] },
                "bin: 420000..... is not one of 34, 430000-439999"),
            (new() { Countries = List("US", "GB") }, "country: FR is not one of US, GB"),
            (new() { Fundings = List("credit") }, "funding: debit is not one of credit"),
            (new() { Currencies = List("USD") }, "currency: EUR is not one of USD"),
            (Band(2_000, null), "amount: 1000 is below 2000"),
            (Band(0, 999), "amount: 1000 is above 999"),
            (new() { Mccs = [Text(Mcc("6011")), Text(Mcc("7800-7999"))] }, "mcc: 5411 is not one of 6011, 7800-7999"),
            (new() { Merchants = List("M2") }, "merchant: M1 is not one of M2"),
            (new() { EntryModes = List("manual") }, "entry_mode: chip is not one of manual"),
            (new() { Kinds = List("refund") }, "kind: purchase is not one of refund"),
            (new() { Time = Text(Window("22:00-06:00")) }, "time: wed 12:00 is not in 22:00-06:00"),
            (new() { Days = List("sat", "sun") }, "time: wed 12:00 is not in 00:00-24:00 on sat, sun"),
        ];
        RouteTable table = Build(WithRules(
            [.. cases.Select(static (c, i) => Rule($"r{i}", Priority("b"), c.When, line: 10 + i))]));

        RouteExplanation explanation = Explain(table, new Payment());

        Assert.Equal(
            [.. cases.Select(static c => c.Words), ""], explanation.Rules.Select(static r => r.FailedCondition));
        Assert.Equal(
            [.. Enumerable.Range(10, cases.Length), 1], explanation.Rules.Select(static r => r.Line.Line));
        Assert.Equal("fallback", explanation.Rules[^1].Rule);
        Assert.Equal(("visa", "FR", "debit"), (explanation.Scheme, explanation.Country, explanation.Funding));
    }

    [Fact]
    public void Explain_ManyValues_ShowsSome()
    {
        string[] currencies = ["USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON"];
        RouteTable table = Build(WithRules(Rule("r", Priority("b"), new() { Currencies = List(currencies) })));
        Assert.Equal(
            "currency: EUR is not one of USD, GBP, CHF, SEK, NOK, DKK, PLN, CZK and 2 more",
            Explain(table, new Payment()).Rules[0].FailedCondition);
    }

    [Fact]
    public void Explain_UnknownCard_SaysUnknown()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("b"), new() { Schemes = List("amex") })));
        RouteExplanation explanation = Explain(table, new Payment { Bin = "90000000000" });
        Assert.Equal("scheme: unknown is not one of amex", explanation.Rules[0].FailedCondition);
        Assert.Equal(("", "", ""), (explanation.Scheme, explanation.Country, explanation.Funding));
    }

    [Fact]
    public void Explain_Candidates_SaysWhyKeptOrSkipped()
    {
        RouteConfig config = WithRules(Rule("r", Priority("b", "c", "d")));
        RouteTable table = Build(new RouteConfig
        {
            Schemes = config.Schemes,
            Acquirers = [Acquirer("a"), Acquirer("b"), Acquirer("c"), Acquirer("d"), Acquirer("e", 1, ["USD"])],
            Rules = config.Rules,
            Fallback = Priority("e", "d", "a"),
        });

        RouteExplanation explanation =
            Explain(table, new Payment(), Available, LinkDown, BreakerOpen, Available, Available);

        Assert.Equal(
            [new("d", true, "priority 3"), new("b", false, "link down"), new("c", false, "breaker open")],
            explanation.Rules[0].Candidates);
        Assert.Equal(
            [
                new("a", true, "priority 3"),
                new("e", false, "does not take EUR"),
                new("d", false, "already a candidate of rule r"),
            ],
            explanation.Rules[1].Candidates);
        Assert.Equal(["d", "a"], Names(table, explanation.Plan));
    }

    [Fact]
    public void Explain_RuleForbidsTheFallback_SaysSo()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("b"), allowsFallback: false)));

        RouteExplanation explanation = Explain(
            table, new Payment(), Available, LinkDown, Available, Available, Available);

        RuleVerdict fallback = explanation.Rules[1];
        Assert.Equal(
            ("fallback", false, "fallback: rule r forbids it"),
            (fallback.Rule, fallback.Matched, fallback.FailedCondition));
        Assert.Empty(fallback.Candidates);
        Assert.Equal([new CandidateVerdict("b", false, "link down")], explanation.Rules[0].Candidates);
        Assert.Equal(0, explanation.Plan.Count);
    }

    [Fact]
    public void Explain_LeastCostBeyondFour_SaysWhoIsCheaper()
    {
        RouteConfig config = WithRules(Rule("r", LeastCost("a", "b", "c", "d", "e")));
        RouteTable table = Build(new RouteConfig
        {
            Schemes = config.Schemes,
            Acquirers = [.. "abcde".Select(static (name, i) =>
                Acquirer(name.ToString(), 1, null, Fee("default", 10 - i, 12.5m)))],
            Rules = config.Rules,
            Fallback = config.Fallback,
        });
        RouteExplanation explanation = Explain(table, new Payment());
        Assert.Equal(
            [
                new("e", true, "cost 7.25 minor units"),
                new("d", true, "cost 8.25 minor units"),
                new("c", true, "cost 9.25 minor units"),
                new("b", true, "cost 10.25 minor units"),
                new("a", false, "lower cost elsewhere: 11.25 minor units here, 10.25 minor units at b"),
            ],
            explanation.Rules[0].Candidates);
        Assert.Equal(
            [new CandidateVerdict("a", false, "beyond 4 candidates")], explanation.Rules[1].Candidates);
    }

    [Fact]
    public void Explain_Weight_SaysTheShare()
    {
        RouteTable table = Build(WithRules(Rule("r", Weight(("b", 70), ("c", 30)))));
        Assert.Equal(
            ["weight 30 of 100", "weight 70 of 100"],
            Explain(table, new Payment()).Rules[0].Candidates.Select(static c => c.Reason).Order());
    }

    private static ConditionsConfig Band(long min, long? max) =>
        new() { Currencies = List("EUR"), Amount = new AmountBandConfig(min, max, At(1)) };
}
