namespace Switch.Routing.Tests;

public sealed class AgreementTests
{
    private const int TablesPerSize = 30;
    private const int PaymentsPerTable = 200;

    private readonly ITestOutputHelper _output;

    public AgreementTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 2)]
    [InlineData(40, 12)]
    [InlineData(400, 64)]
    [InlineData(200, 65)]
    [InlineData(1500, 600)]
    public void Plan_RandomTables_EqualsNaiveRouterAndExplanation(int ranges, int rules)
    {
        int seed = Random.Shared.Next();
        _output.WriteLine($"seed {seed}");
        Check(seed, ranges, rules);
    }

    [Fact]
    public void Plan_KnownSeed_EqualsNaiveRouterAndExplanation() => Check(20_260_101, 300, 40);

    private static void Check(int seed, int ranges, int rules)
    {
        var random = new RandomTables(seed);
        int tables = rules > 100 ? 10 : TablesPerSize;
        int byRule = 0;
        int lastWinner = -1;
        for (int t = 0; t < tables; t++)
        {
            (RouteConfig config, RouteTable table) = random.Next(ranges, rules);
            var naive = new NaiveRouter(config);
            for (int p = 0; p < PaymentsPerTable; p++)
            {
                Payment payment = random.NextPayment(config);
                Dictionary<string, CandidateStatus> statuses = random.NextStatuses();
                (string? rule, List<string> expected, BinRangeConfig? card) = naive.Decide(payment, statuses);

                CandidateStatus[] byIndex = [.. table.AcquirerNames.Select(name => statuses[name])];
                RouteQuery query = payment.ToQuery();
                RoutePlan plan = RouteSelector.Plan(table, in query, byIndex);
                string context = $"seed {seed}, table {t}, {payment}";

                Assert.True(rule == (plan.RuleIndex < 0 ? null : table.RuleNames[plan.RuleIndex]), context);
                Assert.True(expected.SequenceEqual(Configs.Names(table, plan)), context);
                Assert.True(table.SchemeName(plan.Card) == (card?.Scheme ?? ""), context);
                Assert.True(plan.Card.Country.ToString() == (card?.Country ?? ""), context);
                CheckExplanation(RouteExplainer.Explain(table, in query, byIndex), table, plan, context);
                if (rule is not null) byRule++;
                lastWinner = Math.Max(lastWinner, plan.RuleIndex);
            }
        }
        // Agreement on "no rule matched" alone would prove little.
        if (rules > 10) Assert.InRange(byRule, tables * PaymentsPerTable / 4, int.MaxValue);
        // Nor would winners in the first words of a row alone.
        if (rules > 100) Assert.InRange(lastWinner, rules * 2 / 3, int.MaxValue);
    }

    private static void CheckExplanation(
        RouteExplanation explanation, RouteTable table, RoutePlan plan, string context)
    {
        Assert.True(explanation.Plan.RuleIndex == plan.RuleIndex, context);
        Assert.True(explanation.Plan.RuleCandidates == plan.RuleCandidates, context);
        Assert.True(explanation.Plan.Card == plan.Card, context);
        string[] names = Configs.Names(table, plan);
        Assert.True(names.SequenceEqual(Configs.Names(table, explanation.Plan)), context);
        IEnumerable<string> kept = explanation.Rules
            .SelectMany(static rule => rule.Candidates)
            .Where(static candidate => candidate.Kept)
            .Select(static candidate => candidate.Acquirer);
        Assert.True(names.SequenceEqual(kept), context);

        int looked = plan.RuleIndex < 0 ? table.RuleNames.Count : plan.RuleIndex + 1;
        Assert.True(explanation.Rules.Count == looked + 1, context);
        Assert.All(explanation.Rules, rule => Assert.True(rule.Matched == (rule.FailedCondition.Length == 0), context));
    }
}
