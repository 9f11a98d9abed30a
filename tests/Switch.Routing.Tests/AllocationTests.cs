namespace Switch.Routing.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void Plan_Warm_AllocatesNothing()
    {
        var random = new RandomTables(11);
        (RouteConfig config, RouteTable table) = random.Next(ranges: 1_000, rules: 300);
        RouteQuery[] queries = [.. Enumerable.Range(0, 1_024).Select(_ => random.NextPayment(config).ToQuery())];
        CandidateStatus[] statuses = [.. random.NextStatuses().Values];

        long sum = Decide(table, queries, statuses, rounds: 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        sum += Decide(table, queries, statuses, rounds: 50);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.NotEqual(0, sum);
    }

    private static long Decide(RouteTable table, RouteQuery[] queries, CandidateStatus[] statuses, int rounds)
    {
        long sum = 0;
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < queries.Length; i++)
            {
                RoutePlan plan = RouteSelector.Plan(table, in queries[i], statuses);
                for (int c = 0; c < plan.Count; c++) sum += plan[c] + 1;
            }
        }
        return sum;
    }
}
