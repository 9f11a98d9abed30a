using System.Globalization;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Switch.Iso8583;

namespace Switch.Simulator.Tests;

public sealed partial class SimulatorCommandTests
{
    [Theory]
    [InlineData(2, "'port' is not an option", "port")]
    [InlineData(2, "--port is unknown, or lacks its value", "--port")]
    [InlineData(2, "'70000' is not a port", "--port", "70000")]
    [InlineData(2, "'-1' is not a port", "--port", "-1")]
    [InlineData(2, "'somewhere' is not an IP address", "--address", "somewhere")]
    [InlineData(2, "unknown option --prot", "--prot", "7500")]
    [InlineData(2, "'0' is not a number from 1", "--ledger-max", "0")]
    [InlineData(2, "--ledger-at-end needs --ledger FILE", "--ledger-at-end")]
    [InlineData(1, "no-such-scenario.yaml", "--scenario", "no-such-scenario.yaml")]
    [InlineData(1, "no-such-dialect", "--dialect", "no-such-dialect")]
    [InlineData(1, "no-such-folder", "--ledger", "no-such-folder/ledger.jsonl")]
    public async Task WrongArguments_Run_SaysWhyAndReturnsItsCode(int code, string expected, params string[] args)
    {
        var (exit, output, error) = await RunAsync(args);
        Assert.Equal(code, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task FaultyScenario_Run_PrintsEveryFaultWithItsLine()
    {
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, "foo: 1\nseed: x", TestContext.Current.CancellationToken);
        var (exit, _, error) = await RunAsync("--scenario", path);
        File.Delete(path);
        Assert.Equal(1, exit);
        Assert.Contains($"{Path.GetFileName(path)}:1: unknown key 'foo'", error, StringComparison.Ordinal);
        Assert.Contains($"{Path.GetFileName(path)}:2: seed: 'x'", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PortTaken_Run_SaysSo()
    {
        await using var host = await TestHost.StartAsync();
        var (exit, _, error) = await RunAsync("--port", host.EndPoint.Port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(1, exit);
        Assert.Contains($"cannot listen on 127.0.0.1:{host.EndPoint.Port}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_Run_ShowsEveryOption()
    {
        var (exit, output, _) = await RunAsync("--help");
        Assert.Equal(0, exit);
        string[] options =
        [
            "name", "address", "port", "dialect", "scenario", "ledger", "ledger-at-end", "ledger-max", "quiet", "help",
        ];
        foreach (var option in options)
            Assert.Contains($"--{option} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_RunUntilStopped_ServesAndPrintsItsTotals()
    {
        using var stop = new CancellationTokenSource();
        await using var written = new StringWriter();
        var output = TextWriter.Synchronized(written);
        // The synchronized writer locks itself.
        string Written()
        {
            lock (output) return written.ToString();
        }

        var ledger = Path.GetTempFileName();
        string[] args = ["--name", "alpha", "--quiet", "--ledger", ledger, "--ledger-at-end"];
        var run = SimulatorCommand.RunAsync(args, output, TextWriter.Null, stop.Token);
        await Eventually.TrueAsync(() => EndPoint().IsMatch(Written()));
        var port = int.Parse(EndPoint().Match(Written()).Groups[1].Value, CultureInfo.InvariantCulture);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
            var writer = new IsoFrameWriter(client.GetStream(), IsoDialect.Ascii1987);
            await writer.WriteAsync(
                HostMessage.Purchase().Encode(IsoDialect.Ascii1987), TestContext.Current.CancellationToken);
            Assert.True((await new IsoFrameReader(client.GetStream(), IsoDialect.Ascii1987)
                .ReadAsync(TestContext.Current.CancellationToken)).IsMessage);
        }

        Assert.Empty(await File.ReadAllTextAsync(ledger, TestContext.Current.CancellationToken));
        await stop.CancelAsync();
        Assert.Equal(0, await run);
        var entry = Assert.Single(await File.ReadAllLinesAsync(ledger, TestContext.Current.CancellationToken));
        Assert.Contains("\"delivery\":\"Sent\"", entry, StringComparison.Ordinal);
        File.Delete(ledger);
        Assert.Contains("alpha: 1 messages, 1 entries, 0 duplicates", Written(), StringComparison.Ordinal);
        Assert.Contains("840 Debit: 1 approved 1000, 0 reversed 0, net 1 1000", Written(), StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exit = await SimulatorCommand.RunAsync(args, output, error, TestContext.Current.CancellationToken);
        return (exit, output.ToString(), error.ToString());
    }

    [GeneratedRegex(@"alpha on 127\.0\.0\.1:(\d+) \(iso1987-ascii, approve all\)")]
    private static partial Regex EndPoint();
}
