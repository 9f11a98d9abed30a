using System.Text.Json;
using System.Text.RegularExpressions;

namespace Switch.EndToEnd.Tests;

/// <summary>The sandbox as a new user runs it: a program, its output and its exit status.</summary>
public sealed partial class SandboxProgramTests : IDisposable
{
    // A temporary folder of its own, so that what is left behind can be seen.
    private readonly string _temp = Directory.CreateTempSubdirectory("switch-sandbox-test-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_temp, recursive: true);

    [Fact]
    public async Task Once_EndsWithTheSummaryAsItsLastLine_AndLeavesNothingBehind()
    {
        var (code, output, errors) = await RunAsync("--once");

        Assert.True(code == 0, output + errors);
        using var summary = JsonDocument.Parse(output.Trim().Split('\n')[^1]);
        string[] keys =
        [
            "authorized", "approved", "declined", "replayed", "rejected", "events", "settled", "unmatched",
            "ledger_balanced", "unreconciled",
        ];
        Assert.Equal(keys.Order(), summary.RootElement.EnumerateObject().Select(property => property.Name).Order());
        int Count(string key) => summary.RootElement.GetProperty(key).GetInt32();
        Assert.Equal(0, Count("unmatched"));
        Assert.Equal(0, Count("unreconciled"));
        Assert.True(summary.RootElement.GetProperty("ledger_balanced").GetBoolean());
        // A pre-authorization moves no money, and what was in doubt was taken back.
        Assert.InRange(Count("settled"), 1, Count("approved"));
        foreach (var said in (string[])["Statement ", "Ledger, balanced:", "differ in 0 lines"])
            Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.Equal(Count("authorized"), Count("approved") + Count("declined"));
        Assert.True(Count("events") >= Count("authorized"));
        Assert.All(keys[..7], key => Assert.True(Count(key) > 0, key));
        Assert.Empty(Directory.GetFileSystemEntries(_temp, "switch-sandbox-*"));
        Assert.Equal("", errors);
    }

    [Fact]
    public async Task Stay_TwoAtOnce_SayWhatToTry_TakeFiles_AndStopOnInterrupt()
    {
        await using var first = Start();
        await using var second = Start();
        await first.SaysAsync("Ctrl-C stops everything.");
        await second.SaysAsync("Ctrl-C stops everything.");
        Assert.NotEqual(TerminalsOf(first), TerminalsOf(second));
        foreach (var sandbox in (ProgramProcess[])[first, second])
        {
            foreach (var tool in (string[])["grpcurl ", "kcat ", "curl ", "send samples/requests/"])
                Assert.Contains(tool, sandbox.Output, StringComparison.Ordinal);

            // Exactly as its own hint says, which names the address when it is not the default one.
            var hint = sandbox.Output.Split('\n').Single(line => line.Contains("-- send ", StringComparison.Ordinal));
            Assert.Equal(
                TerminalsOf(sandbox) == "127.0.0.1:7400", !hint.Contains("--address", StringComparison.Ordinal));
            var (code, output, errors) = await RunAsync(
                "send", Sample("06-refund"), "--address", $"http://{TerminalsOf(sandbox)}");
            Assert.True(code == 0, output + errors);
            Assert.Contains("APPROVED", output, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("BK000001", await PaymentsAsItSaysAsync(sandbox), StringComparison.Ordinal);
        }

        Assert.Equal(2, Directory.GetDirectories(_temp, "switch-sandbox-*").Length);
        await first.SignalAsync("INT");
        await second.SignalAsync("TERM");
        Assert.Equal(0, await first.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(0, await second.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.EndsWith("Stopped.", first.Output.Trim(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_temp, "switch-sandbox-*"));
        Assert.Equal("", first.Errors + second.Errors);
    }

    // Exactly as its own hint says.
    private static async Task<string> PaymentsAsItSaysAsync(ProgramProcess sandbox)
    {
        var hint = sandbox.Output.Split('\n').Single(line => line.Contains("/v1/payments?", StringComparison.Ordinal));
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(hint.Split('\'')[1]), Token);
    }

    [Fact]
    public async Task Interrupted_BeforeTheDemonstrationIsOver_StopsWithoutAStackTrace()
    {
        await using var sandbox = Start("--once");
        await sandbox.SaysAsync("Sending the requests");
        await sandbox.SignalAsync("INT");
        Assert.Equal(130, await sandbox.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.DoesNotContain("   at ", sandbox.Output + sandbox.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(_temp, "switch-sandbox-*"));
    }

    [Theory]
    [InlineData("--store-only", "store (Redis protocol) on 127.0.0.1:")]
    [InlineData("--broker-only", "broker (Kafka protocol) on 127.0.0.1:")]
    public async Task OnePart_SaysWhereItIs_AndStopsOnInterrupt(string argument, string expected)
    {
        await using var sandbox = Start(argument);
        await sandbox.SaysAsync(expected);
        await sandbox.SaysAsync("Ctrl-C stops everything.");
        await sandbox.SignalAsync("INT");
        Assert.Equal(0, await sandbox.ExitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("", sandbox.Errors);
    }

    [Theory]
    [InlineData("unknown argument: --twice", "--twice")]
    [InlineData("send needs at least one file", "send")]
    [InlineData("--address needs a URL", "send", "a.json", "--address")]
    [InlineData("--address needs a URL", "send", "a.json", "--address", "localhost")]
    public async Task BadArguments_EndWithStatus2_AndUsage(string expected, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync(arguments);
        Assert.Equal(2, code);
        Assert.StartsWith(expected, errors, StringComparison.Ordinal);
        Assert.Contains("--once", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"idempotencyKey\": ")]
    [InlineData("{ \"idempotencyKye\": \"x\" }")]
    [InlineData("{ \"paymentMethod\": { \"card\": { \"emvData\": \"*\" } } }")]
    [InlineData(null)]
    public async Task Send_BrokenFile_IsNamed(string? content)
    {
        var file = Path.Combine(_temp, "mine.json");
        if (content is not null) await File.WriteAllTextAsync(file, content, Token);
        var (code, _, errors) = await RunAsync("send", file);
        Assert.Equal(1, code);
        Assert.StartsWith($"sandbox: {file}: ", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WithoutASandbox_SaysThatNobodyAnswers()
    {
        var (code, output, errors) = await RunAsync("send", Sample("06-refund"), "--address", "http://127.0.0.1:1");
        Assert.Equal(1, code);
        Assert.Contains("Nobody answers at http://127.0.0.1:1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + errors, StringComparison.Ordinal);
    }

    private static string TerminalsOf(ProgramProcess sandbox) => Terminals().Match(sandbox.Output).Groups[1].Value;

    private static string Sample(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Switch.sln"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "samples", "requests", $"{name}.json");
    }

    private ProgramProcess Start(params string[] arguments) =>
        ProgramProcess.Start("Switch.Sandbox", arguments, [new("TMPDIR", _temp)]);

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) =>
        ProgramProcess.RunAsync("Switch.Sandbox", arguments, [new("TMPDIR", _temp)]);

    [GeneratedRegex(@"terminal API \(gRPC\) +(\S+)")]
    private static partial Regex Terminals();
}
