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
}
