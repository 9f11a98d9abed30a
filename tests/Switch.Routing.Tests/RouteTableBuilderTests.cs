using static Switch.Routing.Tests.Configs;

namespace Switch.Routing.Tests;

public sealed class RouteTableBuilderTests
{
    private static RouteConfig Change(
        Located<string>[]? schemes = null,
        AcquirerConfig[]? acquirers = null,
        BinRangeConfig[]? bins = null,
        RuleConfig[]? rules = null,
        CandidatesConfig? fallback = null,
        bool noFallback = false)
    {
        RouteConfig good = WithRules();
        return new RouteConfig
        {
            Line = At(99),
            Schemes = schemes ?? good.Schemes,
            Acquirers = acquirers ?? good.Acquirers,
            BinRanges = bins ?? good.BinRanges,
            Rules = rules ?? good.Rules,
            Fallback = noFallback ? null : fallback ?? good.Fallback,
        };
    }

    private static RouteFault OnlyFault(RouteConfig config)
    {
        RouteBuildResult result = RouteTableBuilder.Build(config, 1);
        Assert.Null(result.Table);
        return Assert.Single(result.Faults);
    }

    private static void AssertFault(RouteConfig config, int line, string path, string words)
    {
        RouteFault fault = OnlyFault(config);
        Assert.Equal(line, fault.Line.Line);
        Assert.Equal(path, fault.Path);
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    private static RouteConfig WithCondition(ConditionsConfig when) =>
        WithRules(Rule("r", Priority("b"), when, line: 7));

    [Fact]
    public void Build_GoodConfig_TableKnowsItsNames()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("b"))));
        Assert.Equal(["a", "b", "c", "d", "e"], table.AcquirerNames);
        Assert.Equal(["visa", "amex"], table.SchemeNames);
        Assert.Equal(["r"], table.RuleNames);
        Assert.Equal(2, table.BinRangeCount);
        Assert.Equal(1, table.Version);
        Assert.True(table.TryGetAcquirerIndex("c", out int index));
        Assert.Equal(2, index);
    }

    [Fact]
    public void Build_NoFallback_Fault() =>
        AssertFault(Change(noFallback: true), 99, "fallback", "a fallback is needed");

    [Fact]
    public void Build_EmptyPlans_Fault()
    {
        AssertFault(WithRules(Rule("r", null, line: 7)), 7, "rules[0]", "no candidates");
        AssertFault(WithRules(Rule("r", Priority(), line: 7)), 1, "rules[0]", "no candidates");
        AssertFault(Change(fallback: Priority()), 1, "fallback", "no candidates");
    }

    [Fact]
    public void Build_UnknownNames_FaultSaysWhatIsKnown()
    {
        AssertFault(WithRules(Rule("r", Priority("zed"))), 1, "rules[0].priority[0]", "known are a, b, c, d, e");
        AssertFault(Change(fallback: Weight(("zed", 1))), 1, "fallback.weight[0]", "unknown acquirer 'zed'");
        AssertFault(Change(bins: [Bin("4", "vise", line: 5)]), 5, "bin_ranges[0].scheme", "unknown scheme 'vise'");
        AssertFault(
            WithCondition(new() { Schemes = ListAt(8, "vise") }), 8, "rules[0].when.scheme[0]", "known are visa, amex");
        AssertFault(
            Change(acquirers: [Acquirer("a", 3, null, Fee("vise", 1, 1, line: 4))]),
            4, "acquirers[0].fees.vise", "vise");
    }

    [Fact]
    public void Build_UnknownCurrencyCountryAndWords_Fault()
    {
        AssertFault(
            WithCondition(new() { Currencies = ListAt(8, "EUR", "EURO") }), 8, "rules[0].when.currency[1]", "ISO 4217");
        AssertFault(WithCondition(new() { Currencies = ListAt(8, "XTS") }), 8, "rules[0].when.currency[0]", "ISO 4217");
        AssertFault(
            Change(acquirers: [Acquirer("a", 3, ["eur"])]), 3, "acquirers[0].currencies[0]", "'eur'");
        AssertFault(WithCondition(new() { Countries = ListAt(8, "UK") }), 8, "rules[0].when.country[0]", "ISO 3166");
        AssertFault(Change(bins: [Bin("4", "visa", "UK", line: 5)]), 5, "bin_ranges[0].country", "ISO 3166");
        AssertFault(
            Change(bins: [Bin("4", "visa", "FR", "debt", 5)]), 5, "bin_ranges[0].funding", "credit, debit, prepaid");
        AssertFault(WithCondition(new() { Fundings = ListAt(8, "debt") }), 8, "rules[0].when.funding[0]", "'debt'");
        AssertFault(WithCondition(new() { EntryModes = ListAt(8, "nfc") }), 8, "rules[0].when.entry_mode[0]", "'nfc'");
        AssertFault(WithCondition(new() { Kinds = ListAt(8, "sale") }), 8, "rules[0].when.kind[0]", "'sale'");
        AssertFault(WithCondition(new() { Days = ListAt(8, "monday") }), 8, "rules[0].when.days[0]", "'monday'");
        AssertFault(
            WithCondition(new() { Merchants = ListAt(8, "1234567890123456") }),
            8, "rules[0].when.merchant[0]", "1 to 15");
    }

    [Fact]
    public void Build_DuplicateNames_Fault()
    {
        AssertFault(Change(schemes: [.. List("visa", "amex"), Text("visa", 4)]), 4, "schemes[2]", "already in line 1");
        AssertFault(
            Change(acquirers: [Acquirer("a", 2), Acquirer("a", 3)]), 3, "acquirers[1].name", "already in line 2");
        AssertFault(
            WithRules(
                Rule("r", Priority("b"), new() { Kinds = List("refund") }, 5), Rule("r", Priority("c"), line: 6)),
            6, "rules[1].name", "already in line 5");
        AssertFault(WithRules(Rule("r", Priority("b", "b"))), 1, "rules[0].priority[1]", "candidate 'b' is already");
        AssertFault(
            Change(acquirers: [Acquirer("a", 3, null, Fee("visa", 1, 1, 4), Fee("visa", 2, 2, 5))]),
            5, "acquirers[0].fees.visa", "already in line 4");
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("tab\t")]
    public void Build_BadNames_Fault(string name)
    {
        Assert.Contains("is not a name", OnlyFault(Change(schemes: [.. List("visa", "amex", name)])).Message,
            StringComparison.Ordinal);
        Assert.Contains("is not a name", OnlyFault(WithRules(Rule(name, Priority("a")))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(1_000_001)]
    public void Build_WeightOutOfRange_Fault(long weight) =>
        AssertFault(WithRules(Rule("r", Weight(("a", 1), ("b", weight)))), 1, "rules[0].weight[1]", "outside 1 to");

    [Fact]
    public void Build_FeesOutOfRange_Fault()
    {
        AssertFault(
            Change(acquirers: [Acquirer("a", 3, null, Fee("visa", -1, 1, 4))]),
            4, "acquirers[0].fees.visa.fixed", "-1");
        AssertFault(
            Change(acquirers: [Acquirer("a", 3, null, Fee("visa", 1, 1000.5m, 4))]),
            4, "acquirers[0].fees.visa.bps", "1000.5");
        AssertFault(
            Change(acquirers: [Acquirer("a", 3, null, Fee("visa", 1, 1.005m, 4))]),
            4, "acquirers[0].fees.visa.bps", "decimals");
    }

    [Theory]
    [InlineData("400000-499999", "450000-550000", "overlaps in part")]
    [InlineData("400000-499999", "400000-499999", "says otherwise")]
    [InlineData("411111", "411111", "says otherwise")]
    [InlineData("41", "415000-420000", "overlaps in part")]
    public void Build_ContradictingRanges_FaultNamesBoth(string first, string second, string words)
    {
        RouteFault fault = OnlyFault(Change(bins: [Bin(first, "visa", line: 5), Bin(second, "amex", line: 6)]));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
        Assert.Contains(first, fault.ToString(), StringComparison.Ordinal);
        Assert.Contains(second, fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("routes.yaml:5", fault.ToString(), StringComparison.Ordinal);
        Assert.Contains("routes.yaml:6", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Build_NestedRanges_NarrowerWins()
    {
        RouteTable table = Build(Change(
            schemes: List("visa", "amex", "jcb"),
            bins: [Bin("4", "visa"), Bin("411111-411119", "amex"), Bin("411115", "jcb"), Bin("411115", "jcb")]));
        var statuses = new CandidateStatus[table.AcquirerCount];
        string SchemeOf(string bin) => table.SchemeName(
            RouteSelector.Plan(table, new Payment { Bin = bin }.ToQuery(), statuses).Card);
        Assert.Equal(
            ["", "visa", "visa", "amex", "amex", "jcb", "jcb", "amex", "amex", "visa", "visa", ""],
            [SchemeOf("39999999999"), SchemeOf("40000000000"), SchemeOf("41111099999"), SchemeOf("41111100000"),
                SchemeOf("41111499999"), SchemeOf("41111500000"), SchemeOf("41111599999"), SchemeOf("41111600000"),
                SchemeOf("41111999999"), SchemeOf("41112000000"), SchemeOf("49999999999"), SchemeOf("50000000000")]);
    }

    [Fact]
    public void Build_RuleThatCanNeverMatch_Fault()
    {
        AssertFault(
            WithCondition(new() { Currencies = List("EUR"), Amount = new AmountBandConfig(200, 100, At(8)) }),
            8, "rules[0].when.amount", "can never match");
        AssertFault(
            WithCondition(new() { Time = Text(Window("08:00-08:00"), 8) }), 8, "rules[0].when.time", "can never match");
        AssertFault(WithCondition(new() { Schemes = [] }), 7, "rules[0].when.scheme", "an empty list never matches");
    }

    [Fact]
    public void Build_AmountWithoutOneKindOfCurrency_Fault()
    {
        var band = new AmountBandConfig(100, null, At(8));
        AssertFault(WithCondition(new() { Amount = band }), 8, "rules[0].when.amount", "without a currency");
        AssertFault(
            WithCondition(new() { Amount = band, Currencies = List("EUR", "JPY") }),
            8, "rules[0].when.amount", "decimals");
        Build(WithCondition(new() { Amount = band, Currencies = List("EUR", "USD") }));
    }

    [Fact]
    public void Build_AmountWithoutEnds_Fault() => AssertFault(
        WithCondition(new() { Currencies = List("EUR"), Amount = new AmountBandConfig(null, null, At(8)) }),
        8, "rules[0].when.amount", "a min, a max or both");

    [Fact]
    public void Build_RuleWithAFault_NeitherShadowsNorIsShadowed()
    {
        RouteBuildResult result = RouteTableBuilder.Build(
            WithRules(
                Rule("bad", Priority("b"), new() { Kinds = List("sale") }, 5),
                new RuleConfig { Name = Text("partial", 6), Candidates = Priority("b"), IsPartial = true },
                Rule("good", Priority("c"), line: 7)),
            1);
        Assert.Equal("rules[0].when.kind[0]", Assert.Single(result.Faults).Path);
    }

    [Fact]
    public void Build_AmountOutOfRange_Fault() => AssertFault(
        WithCondition(new() { Currencies = List("EUR"), Amount = new AmountBandConfig(-1, null, At(8)) }),
        8, "rules[0].when.amount", "outside 0 to 999999999999");

    [Fact]
    public void Build_NoCandidateTakesTheCurrency_Fault() => AssertFault(
        Change(
            acquirers: [Acquirer("a", 2, ["USD"]), Acquirer("b", 3, ["GBP"])],
            rules: [Rule("r", Priority("b"), new() { Currencies = ListAt(8, "GBP", "USD") })]),
        8, "rules[0].when.currency[1]", "takes USD");

    [Fact]
    public void Build_AcquirerOrder_GivesIndexesAndFindsMissingLinks()
    {
        RouteBuildResult result = RouteTableBuilder.Build(
            Change(acquirers: [Acquirer("b"), Acquirer("a")]), 1, ["x", "a", "b"]);
        Assert.Equal(["x", "a", "b"], result.Table!.AcquirerNames);
        Assert.Equal(["a"], PlanOf(result.Table, new Payment()));

        RouteFault fault = Assert.Single(
            RouteTableBuilder.Build(Change(acquirers: [Acquirer("a", 2)]), 1, ["x"]).Faults);
        Assert.Contains("has no link; links are x", fault.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RouteTableBuilder.Build(WithRules(), 1, ["a", "a"]));
    }

    [Fact]
    public void Build_PastTheBounds_Fault()
    {
        string[] many = [.. Enumerable.Range(0, 65).Select(static i => $"n{i}")];
        Assert.Contains("at most 64", OnlyFault(Change(schemes: List([.. many, "visa"]), bins: [])).Message,
            StringComparison.Ordinal);

        RouteBuildResult acquirers = RouteTableBuilder.Build(
            Change(acquirers: [.. many.Select(static name => Acquirer(name))]), 1);
        Assert.Contains(acquirers.Faults, static f => f.Message.Contains("at most 64", StringComparison.Ordinal));

        RuleConfig[] rules = [.. Enumerable.Repeat(Rule("r", Priority("a")), RoutingLimits.Rules + 1)];
        Assert.Contains("at most 4096", OnlyFault(Change(rules: rules)).Message, StringComparison.Ordinal);

        Located<BinRange>[] bins = [.. Enumerable.Repeat(Text(Range("4")), RoutingLimits.BinConditions + 1)];
        Assert.Contains("BIN conditions", OnlyFault(WithCondition(new() { Bins = bins })).Message,
            StringComparison.Ordinal);

        BinRangeConfig[] ranges = [.. Enumerable.Repeat(Bin("4", "visa"), RoutingLimits.BinRanges + 1)];
        Assert.Contains("at most 1000000", OnlyFault(Change(bins: ranges)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ManyFaults_AllReportedInOrderOfTheirLines()
    {
        RouteBuildResult result = RouteTableBuilder.Build(
            new RouteConfig
            {
                Line = At(1),
                Schemes = ListAt(2, "visa"),
                Acquirers = [Acquirer("a", 3, ["EURO"]), Acquirer("a", 4)],
                BinRanges = [Bin("4", "vise", line: 9), Bin("5", "visa", "UK", line: 8)],
                Rules = [Rule("r", Priority("zed"), new() { Kinds = ListAt(12, "sale") }, 11)],
            },
            1);
        Assert.Equal(
            [1, 1, 3, 4, 8, 9, 12], result.Faults.Select(static fault => fault.Line.Line));
    }

    [Fact]
    public void Build_MoreFaultsThanTheBound_CountsTheRest()
    {
        BinRangeConfig[] bad = [.. Enumerable.Range(0, 1_500).Select(static i => Bin("4", "vise", line: i))];
        RouteBuildResult result = RouteTableBuilder.Build(Change(bins: bad), 1);
        Assert.Equal(RoutingLimits.Faults + 1, result.Faults.Count);
        Assert.Equal("and 500 faults more", result.Faults[^1].Message);
    }
}
