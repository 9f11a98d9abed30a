namespace Switch.Routing.Tests;

/// <summary>Short ways to write configurations; every node gets a line of its own, counted up.</summary>
internal static class Configs
{
    internal const string File = "routes.yaml";

    internal static SourceLine At(int line) => new(File, line);

    internal static Located<T> Text<T>(T value, int line = 1) => new(value, At(line));

    internal static Located<string>[] List(params string[] values) =>
        Array.ConvertAll(values, static value => Text(value));

    internal static Located<string>[] ListAt(int line, params string[] values) =>
        Array.ConvertAll(values, value => Text(value, line));

    internal static BinRange Range(string text)
    {
        Assert.True(BinRange.TryParse(text, out BinRange range), text);
        return range;
    }

    internal static MccRange Mcc(string text)
    {
        Assert.True(MccRange.TryParse(text, out MccRange range), text);
        return range;
    }

    internal static TimeWindow Window(string text)
    {
        Assert.True(TimeWindow.TryParse(text, out TimeWindow window), text);
        return window;
    }

    internal static BinRangeConfig Bin(
        string range, string scheme, string? country = null, string? funding = null, int line = 1) =>
        new(Range(range), scheme, country, funding, At(line));

    internal static AcquirerConfig Acquirer(
        string name, int line = 1, string[]? currencies = null, params FeeConfig[] fees) => new()
        {
            Name = Text(name, line),
            Currencies = currencies is null ? null : ListAt(line, currencies),
            Fees = fees,
        };

    internal static FeeConfig Fee(string scheme, long fixedMinor, decimal basisPoints, int line = 1) =>
        new() { Scheme = Text(scheme, line), FixedMinor = fixedMinor, BasisPoints = basisPoints };

    internal static CandidatesConfig Priority(params string[] acquirers) =>
        new(RouteStrategy.Priority, Array.ConvertAll(acquirers, static a => new CandidateConfig(Text(a))), At(1));

    internal static CandidatesConfig LeastCost(params string[] acquirers) =>
        new(RouteStrategy.LeastCost, Array.ConvertAll(acquirers, static a => new CandidateConfig(Text(a))), At(1));

    internal static CandidatesConfig Weight(params (string Acquirer, long Weight)[] candidates) => new(
        RouteStrategy.Weight,
        Array.ConvertAll(candidates, static c => new CandidateConfig(Text(c.Acquirer), c.Weight)),
        At(1));

    internal static RuleConfig Rule(
        string name, CandidatesConfig? candidates, ConditionsConfig? when = null, int line = 1,
        bool allowsFallback = true) =>
        new()
        {
            Name = Text(name, line),
            Candidates = candidates,
            When = when ?? new ConditionsConfig(),
            AllowsFallback = allowsFallback,
        };

    /// <summary>Five acquirers a to e, visa and amex, one range each, a fallback to a; and these rules.</summary>
    internal static RouteConfig WithRules(params RuleConfig[] rules) => new()
    {
        Line = At(1),
        Schemes = List("visa", "amex"),
        Acquirers = [Acquirer("a"), Acquirer("b"), Acquirer("c"), Acquirer("d"), Acquirer("e")],
        BinRanges = [Bin("4", "visa", "FR", "debit"), Bin("34", "amex", "US", "credit")],
        Rules = rules,
        Fallback = Priority("a"),
    };

    internal static RouteTable Build(RouteConfig config)
    {
        RouteBuildResult result = RouteTableBuilder.Build(config, version: 1);
        Assert.Empty(result.Faults);
        return result.Table!;
    }

    internal static string[] PlanOf(RouteTable table, Payment payment, params CandidateStatus[] statuses)
    {
        if (statuses.Length == 0) statuses = new CandidateStatus[table.AcquirerCount];
        RouteQuery query = payment.ToQuery();
        return Names(table, RouteSelector.Plan(table, in query, statuses));
    }

    internal static string[] Names(RouteTable table, RoutePlan plan)
    {
        var names = new string[plan.Count];
        for (int i = 0; i < plan.Count; i++) names[i] = table.AcquirerNames[plan[i]];
        return names;
    }
}
