using System.Text.Json;
using Switch.Chaos.Faults;
using Switch.Chaos.Reports;
using Switch.Chaos.Tests.Checking;
using Switch.Programs;

namespace Switch.Chaos.Tests.Reports;

public sealed class RunReportTests
{
    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 2)] // one kill is less than two
    [InlineData(1, 2, 2)] // one authorization is less than two
    public void ExitStatus_FloorMissed_SaysNothing(int kills, int authorizations, int status) =>
        Assert.Equal(status, Report(Records.Approved(), kills, authorizations).ExitStatus);

    [Fact]
    public void ExitStatus_ViolationAndFloorMissed_IsAViolation()
    {
        var records = Records.Approved();
        records.Events.Clear();
        Assert.Equal(1, Report(records, 100, 100).ExitStatus);
    }

    [Fact]
    public async Task Report_FloorMissed_SaysSo()
    {
        var report = Report(Records.Approved(), 20, 500);
        var text = await TextOf(report);
        Assert.Contains("MISSED: 1 kills, and --min-kills wants 20", text, StringComparison.Ordinal);
        Assert.Contains(
            "MISSED: 1 authorizations, and --min-authorizations wants 500", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal(2, json.RootElement.GetProperty("missed").GetArrayLength());
    }

    [Fact]
    public async Task Report_KindsLeftOut_SaysWhy()
    {
        var report = Report(Records.Approved(), 0, 0);
        Assert.Contains("Left out, it rains: link_cut, link_delay", await TextOf(report), StringComparison.Ordinal);
        using var json = JsonDocument.Parse(report.ToJson());
        Assert.Equal("it rains", json.RootElement.GetProperty("leftOut").GetProperty("link_cut").GetString());
    }

    private static RunReport Report(Records records, int minKills, int minAuthorizations)
    {
        var options = ChaosOptions.Parse(
            ["--min-kills", $"{minKills}", "--min-authorizations", $"{minAuthorizations}"], out _)!;
        var clock = new RunClock();
        var log = new FaultLog(clock, null)
        {
            LeftOut = new Dictionary<string, string> { ["link_cut"] = "it rains", ["link_delay"] = "it rains" },
        };
        log.Killed();
        return new RunReport(options, records.Evidence(), records.Check(), log, clock, TimeSpan.Zero);
    }

    private static async Task<string> TextOf(RunReport report)
    {
        await using var output = new StringWriter();
        await report.PrintAsync(output);
        return output.ToString();
    }
}
