using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.Extensions.Logging;
using Switch.EndToEnd.Tests;
using Switch.Load.Payments;
using Switch.Sandbox;
using Switch.Testing;

namespace Switch.Load.Tests.Runs;

/// <summary>The verbs against a real switch with real acquirer hosts: what was sent is what they booked.</summary>
public sealed class RealSwitchTests : IDisposable
{
    private const int Requests = 100;
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-load-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_BySchedule_SendsWhatWasAskedAndReportsIt(bool isStream)
    {
        await using var sandbox = await StartAsync();
        var (exit, output, json) = await RunAsync(
            [
                "run", "--address", sandbox.Terminals, "--rate", "100", "--duration", "1", "--warm-up", "0",
                "--terminals", "40", "--duplicates", "10", "--declines", "20", "--reversals", "10", "--html", Html,
                "--hgrm", PathOf("run.hgrm"), .. isStream ? ["--stream"] : Array.Empty<string>(),
            ]);

        // A machine that others use may be late: then the run is void, and still tells what came of each request.
        Assert.True(exit is 0 or 1, output);
        var replies = json.RootElement.GetProperty("replies").EnumerateObject()
            .ToDictionary(static r => r.Name, static r => r.Value.GetInt32());
        Assert.Equal(Requests, replies.Values.Sum());
        Assert.DoesNotContain(replies.Keys, static name => name.Contains("UNKNOWN", StringComparison.Ordinal));
        Assert.True(replies["approved"] > 0 && replies["declined 51"] > 0, output);
        var booked = sandbox.Alpha.Ledger.Entries().Concat(sandbox.Beta.Ledger.Entries())
            .Count(static e => e.Mti == "0100");
        Assert.Equal(replies.Where(static r => r.Key is "approved" or "declined 51").Sum(static r => r.Value), booked);
        Assert.Equal(Requests, json.RootElement.GetProperty("steps")[0].GetProperty("due").GetInt32());
        var distribution = await File.ReadAllTextAsync(PathOf("run.hgrm"), Token);
        Assert.Contains("1/(1-Percentile)", distribution, StringComparison.Ordinal);
        await AssertReportAsync("approved");
    }

    [Fact]
    public async Task Run_ClosedLoopOverMutualTls_IsAnswered()
    {
        using var ca = new TestCertificates("load test CA");
        ca.WriteServer(PathOf("tls.crt"), PathOf("tls.key")).Dispose();
        await File.WriteAllTextAsync(PathOf("ca.crt"), ca.Authority.ExportCertificatePem(), Token);
        using (var client = ca.Client("any", "spiffe://pos.test/concentrator/lilas-backoffice"))
        {
            using var key = client.GetECDsaPrivateKey()!;
            await File.WriteAllTextAsync(
                PathOf("client.pem"), $"{client.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}", Token);
        }

        await File.WriteAllTextAsync(PathOf("terminals.csv"), "MARKET-PARIS,MP000001\nMARKET-PARIS,MP000002", Token);
        await using var sandbox = await StartAsync(
            ("Switch:Tls:CertificatePath", PathOf("tls.crt")), ("Switch:Tls:KeyPath", PathOf("tls.key")),
            ("Switch:Tls:ClientCaPath", PathOf("ca.crt")), ("Switch:Tls:TrustDomain", "pos.test"),
            ("Switch:Files:Merchants", null));
        string[] args =
        [
            "run", "--address", sandbox.Terminals.Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            "--in-flight", "4", "--duration", "1", "--warm-up", "0", "--terminals-file", PathOf("terminals.csv"),
            "--cert", PathOf("client.pem"),
        ];

        var (exit, output, json) = await RunAsync([.. args, "--ca", PathOf("ca.crt")]);
        Assert.True(exit == 0, output);
        Assert.Equal("approved", Assert.Single(json.RootElement.GetProperty("replies").EnumerateObject()).Name);

        // Without the authority nobody is believed, and the error says that it is the certificate.
        await using var error = new StringWriter();
        Assert.Equal(2, await LoadProgram.RunAsync(args, TextWriter.Null, error));
        Assert.Contains("certificate", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TerminalsThatTheSwitchDoesNotKnow_SaysWhatToDoAndBreaksItsLimit()
    {
        await using var sandbox = await StartAsync();
        string[] args =
        [
            "run", "--address", sandbox.Terminals, "--in-flight", "1", "--duration", "1", "--warm-up", "0", "--html",
            Html, "--errors-max", "0",
        ];
        var (exit, output, json) = await RunAsync(args);
        Assert.Equal(99, exit);
        Assert.Contains("PermissionDenied MERCHANT_UNKNOWN", output, StringComparison.Ordinal);
        Assert.Contains("--terminals-file", output, StringComparison.Ordinal);
        Assert.Equal(0, json.RootElement.GetProperty("count").GetInt64());
        Assert.Equal(1, json.RootElement.GetProperty("broken_limits").GetArrayLength());
    }

    [Fact]
    public async Task FindMax_BoundThatAlwaysHolds_EndsAtTheLastRate()
    {
        await using var sandbox = await StartAsync();
        await using var output = new StringWriter();
        var exit = await LoadProgram.RunAsync(
            [
                "find-max", "--address", sandbox.Terminals, "--terminals", "40", "--p99", "60000", "--from", "20",
                "--to", "20", "--duration", "1", "--warm-up", "0",
            ],
            output, TextWriter.Null);
        var last = output.ToString().TrimEnd().Split('\n')[^1];
        // What it found depends on how late this machine is; that it tried once, and said so, does not.
        Assert.True(exit is 0 or 1, output.ToString());
        Assert.Contains("\"steps\":1", last, StringComparison.Ordinal);
    }

    private string Html => PathOf("run.html");

    private string PathOf(string name) => Path.Combine(_folder, name);

    private async Task<(int Exit, string Output, JsonDocument Json)> RunAsync(string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exit = await LoadProgram.RunAsync([.. args, "--json", PathOf("run.json")], output, error);
        Assert.Empty(error.ToString());
        return (exit, output.ToString(), JsonDocument.Parse(await File.ReadAllTextAsync(PathOf("run.json"), Token)));
    }

    // Whole, readable, and loading nothing from anywhere.
    private async Task AssertReportAsync(string reply)
    {
        var html = await File.ReadAllTextAsync(Html, Token);
        Assert.Contains("<h2>Latency distribution</h2>", html, StringComparison.Ordinal);
        Assert.Contains(reply, html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("href=", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        var charts = html.Split("<svg ")[1..].Select(static part => "<svg " + part.Split("</svg>")[0] + "</svg>");
        Assert.Equal(3, charts.Select(XElement.Parse).Count(static svg => svg.Descendants("polyline").Any()));
    }

    private async Task<SandboxHost> StartAsync(params (string Path, string? Value)[] configuration)
    {
        var merchants = Terminals.ToMerchantsFile(Terminals.Generate(40));
        await File.WriteAllTextAsync(PathOf("merchants.yaml"), merchants, Token);
        var all = new Dictionary<string, string?> { ["Switch:Files:Merchants"] = PathOf("merchants.yaml") };
        foreach (var (path, value) in configuration)
        {
            if (value is null) all.Remove(path);
            else all[path] = value;
        }

        var sandbox = await SandboxHost.StartAsync(
            new SandboxSettings
            {
                PreferFixedPorts = false,
                Configuration = all,
                Logging = static logging => logging.SetMinimumLevel(LogLevel.None),
            },
            Token);
        // Two connections each, by default.
        await Eventually.TrueAsync(
            () => sandbox.Alpha.Counters.SignOns >= 2 && sandbox.Beta.Counters.SignOns >= 2, "the links are up",
            TimeSpan.FromSeconds(20), Token);
        return sandbox;
    }
}
