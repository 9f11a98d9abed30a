using System.Text.Json;
using System.Xml.Linq;
using Switch.Load.Compare;

namespace Switch.Load.Tests.Compare;

/// <summary>A report of a part: what was not measured is in neither table nor last line.</summary>
public sealed class CompareReportTests
{
    [Fact]
    public async Task Report_OfAll_HasEveryRatio()
    {
        var (text, line) = await ReportAsync();
        Assert.Equal(0.25, line.GetProperty("unary64_ratio").GetDouble());
        Assert.Equal(0.25, line.GetProperty("stream_ratio").GetDouble());
        Assert.Equal(0.5, line.GetProperty("vs_naive_unary").GetDouble());
        Assert.Equal(100, line.GetProperty("switch_stream_per_s").GetDouble());
        Assert.Equal(11, line.EnumerateObject().Count());
        Assert.Contains("C/A 0.250", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfTheSwitchOnOneShape_LeavesTheRestOut()
    {
        var (text, line) = await ReportAsync("--only", "switch", "--shapes", "stream512");
        Assert.Equal(
            ["switch_stream_per_s", "switch_cpu_us", "total_cpu_us", "alloc_bytes", "void"],
            line.EnumerateObject().Select(static p => p.Name));
        Assert.DoesNotContain("C/A", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Naive", text, StringComparison.Ordinal);
        Assert.DoesNotContain("unary64", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfTwoOnUnary_HasTheirRatioAlone()
    {
        var (text, line) = await ReportAsync("--only", "naive,switch", "--shapes", "unary256");
        Assert.Equal(["vs_naive_unary", "void"], line.EnumerateObject().Select(static p => p.Name));
        Assert.DoesNotContain("C/A", text, StringComparison.Ordinal);
        Assert.Contains("C/B 0.500", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_WithoutTheSwitch_HasNoRatioAndIsNotVoid()
    {
        var (text, line) = await ReportAsync("--only", "bare");
        Assert.Equal(["void"], line.EnumerateObject().Select(static p => p.Name));
        Assert.False(line.GetProperty("void").GetBoolean());
        Assert.Contains("the switch was not measured", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_OfAWarmUp_SaysWhoseAndWhetherItWasLongEnough()
    {
        var report = ReportOf();
        report.Add(new WarmUp(Contender.Switch, 72, 0.08, IsQuiet: false));
        var warmUp = JsonDocument.Parse(report.ToJson()).RootElement.GetProperty("warm_ups")[0];
        Assert.Equal("switch", warmUp.GetProperty("contender").GetString());
        Assert.Equal(72, warmUp.GetProperty("seconds").GetDouble());
        Assert.Equal(0.08, warmUp.GetProperty("compiler_share").GetDouble());
        Assert.False(warmUp.GetProperty("is_quiet").GetBoolean());
    }

    [Fact]
    public void Svg_OfAll_DrawsABarForEachContenderOfEachShape()
    {
        var svg = XDocument.Parse(ReportOf().ToSvg());
        var bars = svg.Descendants().Where(static e => e.Name.LocalName == "rect" && e.Attribute("class") is not null);
        Assert.Equal(
            ["bare", "naive", "switch", "bare", "naive", "switch", "bare", "naive", "switch"],
            bars.Select(static bar => bar.Attribute("class")!.Value));
        Assert.Equal(3, svg.Descendants().Count(static e => e.Value == "switch 0.25"));
    }

    [Fact]
    public void Svg_WithoutBare_HasNoBars()
    {
        // Nothing to be a share of.
        var svg = XDocument.Parse(ReportOf("--only", "naive,switch").ToSvg());
        Assert.DoesNotContain(
            svg.Descendants(), static e => e.Name.LocalName == "rect" && e.Attribute("class") is not null);
    }

    private static CompareReport ReportOf(params string[] args)
    {
        var options = new CompareOptions();
        Assert.Empty(options.Table.Read(args));
        var report = new CompareReport(options, RunCard.Of(Path.GetTempPath()));
        foreach (var shape in options.Shapes)
            foreach (var contender in options.Contenders) report.Add(MeasurementOf(contender, shape));
        report.Judge(new HonestyCheck(0, []));
        return report;
    }

    private static async Task<(string Text, JsonElement Line)> ReportAsync(params string[] args)
    {
        var report = ReportOf(args);
        await using var output = new StringWriter();
        await report.PrintAsync(output);
        return (output.ToString(), JsonDocument.Parse(report.SummaryLine()).RootElement);
    }

    private static Measurement MeasurementOf(Contender contender, Shape shape) => new()
    {
        Contender = contender,
        Shape = shape.Name,
        Round = 1,
        PerSecond = contender switch { Contender.Bare => 400, Contender.Naive => 200, _ => 100 },
        P50Ms = 1,
        P99Ms = 2,
        CpuUs = new Dictionary<string, double> { ["client"] = 5, ["server"] = 50 },
        AllocatedBytes = 1000,
        PauseShare = 0,
        AnswerBytes = 100,
        Backlog = 0,
        OthersShare = 0,
    };
}
