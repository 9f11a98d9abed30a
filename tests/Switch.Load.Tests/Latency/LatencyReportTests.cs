using System.Text.Json;
using Switch.Load.Compare;
using Switch.Load.Latency;

namespace Switch.Load.Tests.Latency;

public sealed class LatencyReportTests
{
    [Fact]
    public void Json_OfAWarmUp_NamesTheServer()
    {
        var warmUp = new WarmUp(Contender.Switch, 38, 0.01, IsQuiet: true);
        var report = new LatencyReport(1000, 500, RunCard.Of(Path.GetTempPath()), [warmUp], []);
        var json = JsonDocument.Parse(report.ToJson()).RootElement.GetProperty("warm_ups")[0];
        Assert.Equal("switch", json.GetProperty("contender").GetString());
    }

    [Fact]
    public void Report_NamesEachStageOnce_WithTheMedianOfItsMeans()
    {
        var report = new LatencyReport(
            1000, 500, RunCard.Of(Path.GetTempPath()), [], [Round(0.2, 1), Round(0.4, 1), Round(0.3, 2)]);

        Assert.Single(report.ToString().Split(" claim ").Skip(1));
        Assert.Matches("claim +mean 0.30 \\(0.20-0.40\\) +p99 1.00 \\(1.00-2.00\\)", report.ToString());
        var summary = JsonDocument.Parse(report.SummaryLine()).RootElement;
        Assert.Equal(0.3, summary.GetProperty("stages_mean_ms").GetProperty("claim").GetDouble());
    }

    private static LatencyRound Round(double mean, double p99) =>
        new(2, 6, 0.4, 1, 0.2, 1, 0.2, 0, IsLate: false, [new StageTimes("claim", mean, p99)]);
}
