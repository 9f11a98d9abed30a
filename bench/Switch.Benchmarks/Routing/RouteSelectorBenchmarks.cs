using BenchmarkDotNet.Attributes;
using Switch.Routing;

namespace Switch.Benchmarks.Routing;

/// <summary>
/// One routing decision. Bounds: 150 ns and 0 bytes at 100,000 ranges and 1,000 rules. The queries rotate, so that
/// neither the caches nor the branch predictor can learn one answer.
/// </summary>
[MemoryDiagnoser]
public class RouteSelectorBenchmarks
{
    private const int QueryCount = 4_096;

    private RoutingWorkload _workload = null!;
    private int _next;

    /// <summary>BIN ranges in the table.</summary>
    [Params(100_000)]
    public int Ranges { get; set; }

    /// <summary>Rules in the table.</summary>
    [Params(10, 1_000)]
    public int Rules { get; set; }

    /// <summary>Builds the table and the queries.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _workload = new RoutingWorkload(Ranges, Rules, QueryCount);
        Console.Out.WriteLine(
            FormattableString.Invariant($"// {_workload.MatchedShare:P0} of the queries match a rule"));
    }

    /// <summary>The decision.</summary>
    [Benchmark]
    public RoutePlan Plan()
    {
        _next = (_next + 1) & (QueryCount - 1);
        return RouteSelector.Plan(_workload.Table, in _workload.Queries[_next], _workload.Statuses);
    }
}
