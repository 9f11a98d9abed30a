using System.Text.Json;
using Switch.Routing;
using Switch.Service.Routes;

namespace Switch.Service.Tests.Routes;

/// <summary>The sample, the schema and the reader say the same.</summary>
public sealed class RouteSampleTests
{
    private static readonly RouteTable Sample = LoadSample();

    private static RouteTable LoadSample()
    {
        RouteFileContent content = RouteFile.Read(RepositoryFiles.PathOf("samples/routes.yaml"));
        RouteBuildResult result = RouteTableBuilder.Build(content.Config, 1);
        Assert.Empty(content.Faults);
        Assert.Empty(result.Faults);
        return result.Table!;
    }

    private static JsonElement Definitions()
    {
        using JsonDocument schema =
            JsonDocument.Parse(File.ReadAllText(RepositoryFiles.PathOf("docs/routes.schema.json")));
        return schema.RootElement.GetProperty("$defs").Clone();
    }

    private static RoutePlan Plan(
        string pan, string currency = "EUR", long amount = 2_500, int mcc = 5411, string? merchant = null,
        RouteEntryMode entry = RouteEntryMode.Ecommerce, RouteKind kind = RouteKind.Purchase,
        string at = "2026-03-04 12:00",
        ulong split = 0)
    {
        RouteQuery query = Query(pan, currency, amount, mcc, merchant, entry, kind, at, split);
        return RouteSelector.Plan(Sample, in query, new CandidateStatus[Sample.AcquirerCount]);
    }

    private static RouteQuery Query(
        string pan, string currency = "EUR", long amount = 2_500, int mcc = 5411, string? merchant = null,
        RouteEntryMode entry = RouteEntryMode.Ecommerce, RouteKind kind = RouteKind.Purchase,
        string at = "2026-03-04 12:00",
        ulong split = 0)
    {
        Assert.True(BinDigits.TryParse(pan, out BinDigits bin));
        Assert.True(CurrencyCode.TryParse(currency, out CurrencyCode code));
        return new RouteQuery
        {
            Bin = bin,
            AmountMinor = amount,
            Currency = code,
            Mcc = mcc,
            MerchantId = merchant,
            EntryMode = entry,
            Kind = kind,
            LocalTime = DateTime.Parse(at, System.Globalization.CultureInfo.InvariantCulture),
            SplitHash = split,
        };
    }

    private static string Told(RoutePlan plan)
    {
        string rule = plan.RuleIndex < 0 ? "fallback" : Sample.RuleNames[plan.RuleIndex];
        IEnumerable<string> names = Enumerable.Range(0, plan.Count).Select(i => Sample.AcquirerNames[plan[i]]);
        return $"{rule}: {string.Join(", ", names)}";
    }

    [Theory]
    [InlineData("4111111111111111", "visa")]
    [InlineData("5555555555554444", "mastercard")]
    [InlineData("2223003122003222", "mastercard")]
    [InlineData("378282246310005", "amex")]
    [InlineData("6011111111111117", "discover")]
    [InlineData("6445644564456445", "discover")]
    [InlineData("3566002020360505", "jcb")]
    [InlineData("6200000000000005", "unionpay")]
    [InlineData("6759649826438453", "maestro")]
    [InlineData("9999999999999999", "")]
    public void Sample_PublishedTestCards_HaveTheirScheme(string pan, string scheme) =>
        Assert.Equal(scheme, Sample.SchemeName(Plan(pan).Card));

    [Fact]
    public void Sample_WorkedExamples_RouteAsTheDocumentSays()
    {
        Assert.Equal("gambling-and-cash: beta, alpha", Told(Plan("4111111111111111", mcc: 7995)));
        Assert.Equal("amex: beta, alpha", Told(Plan("378282246310005")));
        Assert.Equal(
            "hotel-at-alpha: alpha, beta",
            Told(Plan("4111111111111111", merchant: "HOTEL-PARIS-001", kind: RouteKind.PreAuthorization)));
        Assert.Equal("high-amount: alpha, beta", Told(Plan("4111111111111111", amount: 500_000)));
        Assert.Equal(
            "night-on-weekends: beta, alpha",
            Told(Plan("4111111111111111", entry: RouteEntryMode.Contactless, at: "2026-03-07 01:30")));
        // 25.00: alpha 5 + 8.125, beta 12 + 5.5. 100.00: alpha 5 + 32.5, beta 12 + 22.
        Assert.Equal("debit-eur: alpha, beta", Told(Plan("4000056655665556", amount: 2_500)));
        Assert.Equal("debit-eur: beta, alpha", Told(Plan("4000056655665556", amount: 10_000)));
        Assert.StartsWith("everyday-split: ", Told(Plan("4111111111111111")), StringComparison.Ordinal);
        Assert.Equal("fallback: alpha, beta", Told(Plan("6200000000000005", currency: "USD")));
        // alpha does not take yen.
        Assert.Equal("fallback: beta", Told(Plan("3566002020360505", currency: "JPY")));
    }

    [Fact]
    public void Sample_ExplainedExample_IsWhatTheDocumentShows()
    {
        RouteQuery query = Query("4000056655665556", amount: 10_000, merchant: "SHOP-1");
        RouteExplanation explanation =
            RouteExplainer.Explain(Sample, in query, new CandidateStatus[Sample.AcquirerCount]);
        string document = File.ReadAllText(RepositoryFiles.PathOf("docs/routing.md"));
        Assert.Equal("debit-eur", explanation.Rules[^2].Rule);
        foreach (RuleVerdict rule in explanation.Rules.Where(static rule => !rule.Matched))
            Assert.Contains($"- `{rule.Rule}`: {rule.FailedCondition}\n", document, StringComparison.Ordinal);
        Assert.Equal(
            [new("beta", true, "cost 34 minor units"), new("alpha", true, "cost 37.5 minor units")],
            explanation.Rules[^2].Candidates);
    }

    [Fact]
    public void Sample_EverydaySplit_SevenToThree()
    {
        int alpha = 0;
        for (ulong id = 0; id < 10_000; id++)
            if (Sample.AcquirerNames[Plan("4111111111111111", split: id)[0]] == "alpha") alpha++;
        Assert.InRange(alpha, 6_770, 7_230);
    }

    [Fact]
    public void Schema_KeysOfEveryMapping_AreThoseOfTheReader()
    {
        (string Definition, string[] Keys)[] mappings =
        [
            ("root", RouteKeys.Root), ("acquirer", RouteKeys.Acquirer), ("fee", RouteKeys.Fee),
            ("bin_range", RouteKeys.BinRange), ("rule", RouteKeys.Rule), ("conditions", RouteKeys.Conditions),
            ("amount", RouteKeys.Amount), ("candidates", RouteKeys.Candidates),
        ];
        JsonElement definitions = Definitions();
        foreach ((string definition, string[] keys) in mappings)
        {
            JsonElement mapping = definitions.GetProperty(definition);
            Assert.False(mapping.GetProperty("additionalProperties").GetBoolean(), definition);
            IEnumerable<string> inSchema =
                mapping.GetProperty("properties").EnumerateObject().Select(static p => p.Name);
            Assert.Equal(keys.Order(), inSchema.Order());
        }
        IEnumerable<string> closed = definitions.EnumerateObject()
            .Where(static d => d.Value.TryGetProperty("properties", out _))
            .Select(static d => d.Name);
        Assert.Equal(mappings.Select(static m => m.Definition).Order(), closed.Order());
    }

    [Theory]
    [InlineData("funding", "funding")]
    [InlineData("entry_mode", "entry_mode")]
    [InlineData("kind", "kind")]
    [InlineData("day", "days")]
    public void Schema_Words_AreThoseOfTheBuilder(string definition, string key)
    {
        string[] words = [.. Definitions().GetProperty(definition).GetProperty("enum").EnumerateArray()
            .Select(static word => word.GetString()!)];
        using var folder = new RouteFolder();
        string Path(string list) =>
            folder.Write(RouteFolder.Good.Replace("currency: EUR", $"{key}: [{list}]", StringComparison.Ordinal));

        Assert.Empty(RouteTableBuilder.Build(RouteFile.Read(Path(string.Join(", ", words))).Config, 1).Faults);
        // The fault for an unknown word lists all that are known: no word may be missing from the schema either.
        RouteFault fault = Assert.Single(RouteTableBuilder.Build(RouteFile.Read(Path("nonsense")).Config, 1).Faults);
        Assert.Equal($"'nonsense' is not one of {string.Join(", ", words)}", fault.Message);
    }

    [Fact]
    public void Schema_Bounds_AreThoseOfTheBuilder()
    {
        JsonElement definitions = Definitions();
        JsonElement Property(string definition, string key) =>
            definitions.GetProperty(definition).GetProperty("properties").GetProperty(key);

        Assert.Equal(RoutingLimits.Acquirers, Property("root", "acquirers").GetProperty("maxItems").GetInt32());
        Assert.Equal(RoutingLimits.BinRanges, Property("root", "bin_ranges").GetProperty("maxItems").GetInt32());
        Assert.Equal(RoutingLimits.Rules, Property("root", "rules").GetProperty("maxItems").GetInt32());
        Assert.Equal(RoutingLimits.FixedFeeMinor, Property("fee", "fixed").GetProperty("maximum").GetInt64());
        Assert.Equal(RoutingLimits.BasisPoints, Property("fee", "bps").GetProperty("maximum").GetInt64());
        Assert.Equal(RoutingLimits.AmountMinor, Property("amount", "max").GetProperty("maximum").GetInt64());
        Assert.Equal(RouteKeys.Format, Property("root", "format").GetProperty("const").GetInt32());
        Assert.Equal(
            RoutingLimits.Weight,
            definitions.GetProperty("weights").GetProperty("additionalProperties").GetProperty("maximum").GetInt64());
    }
}
