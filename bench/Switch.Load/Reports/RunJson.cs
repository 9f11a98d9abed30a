using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json;
using Switch.Load.Compare;
using Switch.Load.Runs;

namespace Switch.Load.Reports;

/// <summary>A result as programs read it.</summary>
internal static class RunJson
{
    private static readonly double[] Percentiles = [50, 75, 90, 95, 99, 99.9, 99.99, 100];

    /// <summary>The whole result: card, totals, steps, a row for each second.</summary>
    public static string Of(RunResult result, LoadOptions options, IReadOnlyList<string> broken)
    {
        var latencies = result.Latencies();
        return JsonSerializer.Serialize(
            new
            {
                Card = new
                {
                    Address = options.Address.ToString(),
                    Door = options.IsStream ? "stream" : "unary",
                    options.Connections,
                    result.Callers,
                    options.Seed,
                    Terminals = options.Terminals.Length,
                    DuplicatesPercent = options.RepeatPercent,
                    DeclinesPercent = options.DeclinePercent,
                    ReversalsPercent = options.ReversePercent,
                    Build = RunCard.BuildOf(typeof(RunJson).Assembly),
                    Runtime = RuntimeInformation.FrameworkDescription,
                    System = RuntimeInformation.OSDescription,
                    Cores = Environment.ProcessorCount,
                    ServerGc = GCSettings.IsServerGC,
                },
                Void = result.IsVoid,
                BrokenLimits = broken,
                Count = latencies.TotalCount,
                TotalSeconds = Math.Round(result.Measured.Sum(static s => s.Seconds), 3),
                LatencyMs = LatencyResult.Of(latencies),
                LatencyDistribution = Percentiles.Select(
                    p => new { Percentile = p, Ms = LatencyResult.Ms(latencies, p) }),
                Replies = result.Replies().ToDictionary(),
                Steps = result.Measured,
                Intervals = result.Intervals.Select(i => new
                {
                    Second = i.From.TotalSeconds,
                    i.Due,
                    i.Answered,
                    i.Failed,
                    P50Ms = LatencyResult.Ms(i.Figures.FromIntended, 50),
                    P99Ms = LatencyResult.Ms(i.Figures.FromIntended, 99),
                }),
            },
            ReportJson.Indented);
    }

    /// <summary>The last line of a run.</summary>
    public static string Line(RunResult result, IReadOnlyList<string> broken)
    {
        var latency = LatencyResult.Of(result.Latencies());
        var measured = result.Measured.ToList();
        return JsonSerializer.Serialize(
            new
            {
                Due = measured.Sum(static s => s.Due),
                Answered = measured.Sum(static s => s.Answered),
                Errors = measured.Sum(static s => s.Failed + s.Dropped + s.Unanswered),
                PerS = Math.Round(measured.Sum(static s => s.AchievedPerSecond * s.Seconds)
                    / measured.Sum(static s => s.Seconds), 1),
                latency.P50,
                latency.P99,
                latency.P999,
                latency.Max,
                Void = result.IsVoid,
                BrokenLimits = broken.Count,
            },
            ReportJson.Compact);
    }
}
