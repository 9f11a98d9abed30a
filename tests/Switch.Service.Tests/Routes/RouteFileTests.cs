using System.Diagnostics;
using System.Globalization;
using System.Text;
using Switch.Routing;
using Switch.Service.Routes;

namespace Switch.Service.Tests.Routes;

public sealed class RouteFileTests : IDisposable
{
    private const string Header = "low,high,scheme,country,funding\n";

    private readonly RouteFolder _folder = new();
    private readonly ITestOutputHelper _output;

    public RouteFileTests(ITestOutputHelper output) => _output = output;

    public void Dispose() => _folder.Dispose();

    private static (RouteTable? Table, IReadOnlyList<RouteFault> Faults) Load(string path)
    {
        RouteFileContent content = RouteFile.Read(path);
        RouteBuildResult result = RouteTableBuilder.Build(content.Config, 1);
        return (content.Faults.Count == 0 ? result.Table : null, [.. content.Faults, .. result.Faults]);
    }

    private string[] ReadFaults(string text) =>
        [.. RouteFile.Read(_folder.Write(text)).Faults.Select(static fault => fault.ToString())];

    [Fact]
    public void Read_GoodFile_MakesATable()
    {
        (RouteTable? table, IReadOnlyList<RouteFault> faults) = Load(_folder.Write(RouteFolder.Good));
        Assert.Empty(faults);
        Assert.Equal(["alpha", "beta"], table!.AcquirerNames);
        Assert.Equal(["euros"], table.RuleNames);
    }

    [Fact]
    public void Read_EveryKeyOfTheFormat_ArrivesInTheConfig()
    {
        RouteConfig config = RouteFile.Read(_folder.Write(
            """
            format: 1
            schemes: [visa, amex]
            acquirers:
              - name: alpha
                currencies: [EUR, USD]
                fees:
                  default: { fixed: 10, bps: 12.5 }
            bin_ranges:
              - { bin: 400000-499999, scheme: visa, country: NO, funding: debit }
            rules:
              - name: all
                when:
                  scheme: visa
                  bin: [41, 420000-429999]
                  country: [NO, FR]
                  funding: debit
                  currency: EUR
                  amount: { min: 100, max: 200 }
                  mcc: [6011, 3000-3299]
                  merchant: M1
                  entry_mode: [chip]
                  kind: purchase
                  time: 22:00-06:00
                  days: [fri]
                weight: { alpha: 70 }
            fallback: { least_cost: [alpha] }
            """)).Config;

        AcquirerConfig acquirer = Assert.Single(config.Acquirers);
        Assert.Equal(("alpha", 4), (acquirer.Name.Value, acquirer.Name.Line.Line));
        Assert.Equal(["EUR", "USD"], acquirer.Currencies!.Select(static c => c.Value));
        FeeConfig fee = Assert.Single(acquirer.Fees);
        Assert.Equal(("default", 10L, 12.5m), (fee.Scheme.Value, fee.FixedMinor, fee.BasisPoints));
        BinRangeConfig range = Assert.Single(config.BinRanges);
        Assert.Equal(
            ("400000-499999", "visa", "NO", "debit", 9),
            (range.Range.ToString(), range.Scheme, range.Country, range.Funding, range.Line.Line));

        RuleConfig rule = Assert.Single(config.Rules);
        ConditionsConfig when = rule.When;
        Assert.Equal("visa", Assert.Single(when.Schemes!).Value);
        Assert.Equal(["41", "420000-429999"], when.Bins!.Select(static b => b.Value.ToString()));
        Assert.Equal(["NO", "FR"], when.Countries!.Select(static c => c.Value));
        Assert.Equal("debit", Assert.Single(when.Fundings!).Value);
        Assert.Equal(("EUR", 17), (when.Currencies![0].Value, when.Currencies[0].Line.Line));
        Assert.Equal((100L, 200L), (when.Amount!.MinMinor, when.Amount.MaxMinor));
        Assert.Equal([new MccRange(6011, 6011), new MccRange(3000, 3299)], when.Mccs!.Select(static m => m.Value));
        Assert.Equal("M1", Assert.Single(when.Merchants!).Value);
        Assert.Equal("chip", Assert.Single(when.EntryModes!).Value);
        Assert.Equal("purchase", Assert.Single(when.Kinds!).Value);
        Assert.Equal(new TimeWindow(22 * 60, 6 * 60), when.Time!.Value.Value);
        Assert.Equal("fri", Assert.Single(when.Days!).Value);
        Assert.Equal(RouteStrategy.Weight, rule.Candidates!.Strategy);
        Assert.Equal(("alpha", 70L), (rule.Candidates.List[0].Acquirer.Value, rule.Candidates.List[0].Weight));
        Assert.Equal(RouteStrategy.LeastCost, config.Fallback!.Strategy);
    }

    [Fact]
    public void Read_ManyFaults_AllWithLineAndPath() => Assert.Equal(
        [
            "routes.yaml:2: schema: unknown key; known are format, schemes, acquirers, bin_ranges_file, bin_ranges, "
                + "rules, fallback",
            "routes.yaml:1: format: format 2 is not known; known is 1",
            "routes.yaml:6: bin_ranges[0].scheme: is needed",
            "routes.yaml:7: bin_ranges[1].bin: '4x' is neither a prefix of 1 to 11 digits nor a range of 6 to 11 "
                + "digits a side such as 400000-499999",
            "routes.yaml:4: acquirers[0].fee: unknown key; known are name, currencies, fees",
            "routes.yaml:9: rules[0].when.amont: unknown key; known are scheme, bin, country, funding, currency, "
                + "amount, mcc, merchant, entry_mode, kind, time, days",
            "routes.yaml:10: rules[0].when.mcc: '601' is neither a category of four digits nor a range "
                + "such as 3000-3299",
            "routes.yaml:11: rules[0].when.time: '22-6' is not a window of local time such as 22:00-06:00",
            "routes.yaml:13: rules[1].name: is needed",
            "routes.yaml:13: rules[1]: priority and least_cost exclude each other",
        ],
        ReadFaults(
            """
            format: 2
            schema: 1
            acquirers:
              - { name: alpha, fee: {} }
            bin_ranges:
              - { bin: 4 }
              - { bin: 4x, scheme: visa }
            rules:
              - { name: a, when: { amont: 1,
                  mcc: 601,
                  time: 22-6 },
                  priority: alpha }
              - { priority: alpha, least_cost: alpha }
            """));

    [Fact]
    public void Read_RuleThatForbidsTheFallback_SaysSoAndStillNeedsCandidates()
    {
        const string Rules = """
            rules:
              - { name: a, when: { mcc: 7995 }, priority: alpha, fallback: false }
              - { name: b, when: { mcc: 6011 }, priority: alpha, fallback: true }
              - { name: c, when: { mcc: 5411 }, priority: alpha }
              - { name: d, when: { mcc: 5462 }, fallback: false }
              - { name: e, when: { mcc: 5462 }, priority: alpha, fallback: no }
            """;
        RouteFileContent content = RouteFile.Read(_folder.Write(Rules));
        Assert.Equal([false, true, true, false, true], content.Config.Rules.Select(static rule => rule.AllowsFallback));
        Assert.Contains(
            "routes.yaml:6: rules[4].fallback: 'no' is neither true nor false",
            content.Faults.Select(static fault => fault.ToString()));
        Assert.Contains(
            "routes.yaml:5: rules[3]: no candidates: one of priority, weight or least_cost is needed",
            RouteTableBuilder.Build(content.Config, 1).Faults.Select(static fault => fault.ToString()));
    }

    [Theory]
    [InlineData("schemes: { a: b }", "schemes: a list is needed, not a mapping")]
    [InlineData("schemes: [[a]]", "schemes[0]: a value is needed, not a list")]
    [InlineData("schemes:", "schemes: a value is needed, not nothing")]
    [InlineData("acquirers: alpha", "acquirers: a list is needed, not a single value")]
    [InlineData("acquirers: [alpha]", "acquirers[0]: a mapping is needed, not a single value")]
    [InlineData("acquirers: [{ name: a, fees: { visa: 5 } }]", "fees.visa: a mapping is needed, not a single value")]
    [InlineData("acquirers: [{ name: a, fees: { visa: { fixed: 1.5 } } }]", "'1.5' is not a whole number")]
    [InlineData("acquirers: [{ name: a, fees: { visa: { bps: much } } }]", "'much' is not a number")]
    [InlineData("bin_ranges_file: [a]", "bin_ranges_file: a value is needed, not a list")]
    [InlineData("bin_ranges_file: \"\\0x\"", "bin_ranges_file: is no name of a file")]
    [InlineData("bin_ranges_file: absent.csv", "'absent.csv' cannot be read")]
    [InlineData("rules: [{ name: r, when: x }]", "rules[0].when: a mapping is needed, not a single value")]
    [InlineData("rules: [{ name: r, weight: [a] }]", "rules[0].weight: a mapping is needed, not a list")]
    [InlineData("rules: [{ name: r, weight: { a: half } }]", "rules[0].weight.a: 'half' is not a whole number")]
    [InlineData("rules: [{ name: r, when: { amount: 5 } }]", "rules[0].when.amount: a mapping is needed")]
    [InlineData("rules: [{ name: r, when: { amount: { min: lots } } }]", "'lots' is not a whole number")]
    [InlineData("fallback: alpha", "fallback: a mapping is needed, not a single value")]
    [InlineData("[a]: b", "a key must be a name")]
    [InlineData("format: [", "this is not YAML")]
    [InlineData("schemes: [a]\nschemes: [b]", "this is not YAML")]
    [InlineData("schemes: *nowhere", "this is not YAML")]
    [InlineData("---\na: b\n---\nc: d", "the file holds several documents")]
    [InlineData("# nothing", "the file is empty")]
    public void Read_WrongTypes_FaultSaysWhatIsNeeded(string text, string words) =>
        Assert.Contains(ReadFaults(text), fault => fault.Contains(words, StringComparison.Ordinal));

    [Fact]
    public void Read_ParseFailure_SaysTheLine() =>
        Assert.StartsWith(
            "routes.yaml:3: ", ReadFaults("format: 1\nschemes: [visa]\n  bad: }\n")[0], StringComparison.Ordinal);

    [Fact]
    public void Read_DeepNesting_FaultInsteadOfStackOverflow() =>
        Assert.Contains("nests too deeply", Assert.Single(ReadFaults("schemes: " + new string('[', 100_000))),
            StringComparison.Ordinal);

    [Fact]
    public void Read_AbsentFile_Fault()
    {
        RouteFault fault = Assert.Single(RouteFile.Read(_folder.PathOf("absent.yaml")).Faults);
        Assert.Contains("'absent.yaml' cannot be read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BinRangesFile_AddsItsRanges()
    {
        _folder.Write(
            "# bought on Monday\n" + Header + "\n400000,400000,visa,FR,debit\n41111100,41111199, visa ,,\n",
            "bins.csv");
        RouteFileContent content = RouteFile.Read(_folder.Write(RouteFolder.Good + "bin_ranges_file: bins.csv\n"));
        Assert.Empty(content.Faults);
        Assert.Equal(
            [
                ("4", "visa", null, null, "routes.yaml:7"),
                ("400000-400000", "visa", "FR", "debit", "bins.csv:4"),
                ("41111100-41111199", "visa", null, null, "bins.csv:5"),
            ],
            content.Config.BinRanges.Select(static range =>
                (range.Range.ToString(), range.Scheme, range.Country, range.Funding, range.Line.ToString())));
    }

    [Theory]
    [InlineData("low,high,scheme\n", "bins.csv:1: header: the first line must be")]
    [InlineData("", "bins.csv:1: header: the file is empty")]
    [InlineData(Header + "400000,400000,visa,FR\n", "bins.csv:2: range: 5 columns are needed, not 4")]
    [InlineData(Header + "400000,400000,visa,FR,debit,x\n", "5 columns are needed, not more")]
    [InlineData(Header + "\n400009,400000,visa,FR,debit\n", "bins.csv:3: range: '400009' to '400000'")]
    [InlineData(Header + "400000,400000,,FR,debit\n", "bins.csv:2: scheme: is needed")]
    public void Read_BadBinRangesFile_FaultWithItsLine(string csv, string words)
    {
        _folder.Write(csv, "bins.csv");
        string[] faults = ReadFaults(RouteFolder.Good + "bin_ranges_file: bins.csv\n");
        Assert.Contains(words, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HundredThousandRanges_LoadsInWellUnderTheBound()
    {
        var csv = new StringBuilder(Header);
        for (int i = 0; i < 100_000; i++)
            csv.Append(CultureInfo.InvariantCulture, $"{40_000_000 + (i * 2)},{40_000_000 + (i * 2)},visa,FR,debit\n");
        _folder.Write(csv.ToString(), "bins.csv");
        string path = _folder.Write(RouteFolder.Good + "bin_ranges_file: bins.csv\n");

        long start = Stopwatch.GetTimestamp();
        (RouteTable? table, IReadOnlyList<RouteFault> faults) = Load(path);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);

        _output.WriteLine($"100,001 ranges read, checked and built in {elapsed.TotalMilliseconds:F0} ms");
        Assert.Empty(faults);
        Assert.Equal(100_001, table!.BinRangeCount);
        // Ten times what a busy machine needs: this finds quadratic work, not noise.
        Assert.InRange(elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
