using static Switch.Routing.CandidateStatus;
using static Switch.Routing.Tests.Configs;

namespace Switch.Routing.Tests;

public sealed class ReasonTests
{
    [Fact]
    public void Reason_OfEveryPlanInAnyOrder_SpeaksOfThatPlan()
    {
        RouteTable table = Build(WithRules(
            Rule("r", Priority("c", "b"), new() { Currencies = List("EUR") }), Rule("s", Priority("d", "b"))));
        (string Currency, CandidateStatus[] Statuses, string[] Reasons)[] plans =
        [
            ("EUR", [Available, Available, Available, Available, Available],
                ["rule r, candidate 1 of 3", "rule r, candidate 2 of 3", "fallback after rule r, candidate 3 of 3"]),
            ("EUR", [Available, Available, LinkDown, Available, Available],
                ["rule r, candidate 1 of 2", "fallback after rule r, candidate 2 of 2"]),
            ("EUR", [LinkDown, Available, Available, Available, Available],
                ["rule r, candidate 1 of 2", "rule r, candidate 2 of 2"]),
            ("EUR", [Available, LinkDown, LinkDown, Available, Available],
                ["fallback after rule r, candidate 1 of 1"]),
            ("USD", [LinkDown, LinkDown, Available, Available, Available], ["rule s, candidate 1 of 1"]),
        ];
        // Twice, because the second time each is known.
        for (int round = 0; round < 2; round++)
            foreach (var (currency, statuses, reasons) in plans)
            {
                RoutePlan plan = RouteSelector.Plan(table, new Payment { Currency = currency }.ToQuery(), statuses);
                Assert.Equal(reasons, Enumerable.Range(0, plan.Count).Select(i => table.Reason(plan, i)));
            }
    }

    [Fact]
    public void Reason_AskedAgain_IsTheSameText()
    {
        RouteTable table = Build(WithRules(Rule("r", Priority("c", "b"))));
        RoutePlan plan = RouteSelector.Plan(table, new Payment().ToQuery(), new CandidateStatus[5]);
        Assert.Same(table.Reason(plan, 1), table.Reason(plan, 1));
    }
}
