using System.Text.Json;
using System.Xml.Linq;
using Switch.Load.Compare;
using Switch.Load.Growth;

namespace Switch.Load.Tests.Growth;

public sealed class GrowthReportTests
{
    private readonly GrowthReport _report = new(RunCard.Of(Path.GetTempPath()));

    public GrowthReportTests()
    {
        _report.Add(PointOf(10, 50));
        _report.Add(PointOf(1_000_000, 75));
    }

    [Fact]
    public void SummaryLine_OfASeries_SaysWhatItsGreatestSizeCost()
    {
        var line = JsonDocument.Parse(_report.SummaryLine()).RootElement;
        var redis = line.GetProperty("redis");
        Assert.Equal(1, redis.GetProperty("first_cpu_ratio").GetDouble());
        Assert.Equal(1.5, redis.GetProperty("last_cpu_ratio").GetDouble());
        Assert.Equal(1_000_000, redis.GetProperty("to").GetInt64());
        Assert.False(line.GetProperty("void").GetBoolean());
    }

    [Fact]
    public void Report_WithARefusal_IsVoid()
    {
        _report.Add(PointOf(5, 50) with
        {
            Kept = [SampleOf(50) with { Faults = new Dictionary<string, int> { ["Unavailable"] = 2 } }],
        });
        Assert.True(_report.IsVoid);
        Assert.Equal(2, Assert.Single(_report.Faults).Value);
    }

    [Fact]
    public void Html_OfASeries_HasTwoChartsThatLoadNothing()
    {
        var html = GrowthHtml.Of(_report, new GrowthOptions());
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        var from = html.IndexOf("<svg", StringComparison.Ordinal);
        var svg = html[from..(html.IndexOf("</svg>", StringComparison.Ordinal) + "</svg>".Length)];
        Assert.Equal(3, XElement.Parse(svg).Elements("polyline").Count());
        Assert.Contains(">1,000,000</text>", svg, StringComparison.Ordinal);
        Assert.Equal(2, html.Split("<svg").Length - 1);
    }

    private static Point PointOf(long size, double cpu) => new(
        "redis", size, [SampleOf(cpu)], [SampleOf(50)], new Dictionary<string, double> { ["records"] = size });

    private static Sample SampleOf(double cpu) => new()
    {
        PerSecond = 1000,
        P50Ms = 1,
        P99Ms = 5,
        CpuUs = new Dictionary<string, double> { ["server"] = cpu, ["redis"] = 10 },
        AllocatedBytes = 100,
        OthersShare = 0,
        WaitedBefore = 0,
        WaitedAfter = 0,
        Faults = new Dictionary<string, int>(),
    };
}
