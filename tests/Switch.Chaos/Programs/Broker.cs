using System.Text.RegularExpressions;

namespace Switch.Chaos.Programs;

/// <summary>The Kafka-protocol broker: one that is given, or the sandbox's in a process of its own.</summary>
internal sealed partial class Broker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly ChildProcess? _process;

    private Broker(string address, ChildProcess? process)
    {
        Address = address;
        _process = process;
    }

    public string Address { get; }

    /// <summary>Whether this run may stop it.</summary>
    public bool IsOwn => _process is not null;

    public static async Task<Broker> StartAsync(string folder)
    {
        if (Environment.GetEnvironmentVariable("SWITCH_TEST_KAFKA") is { Length: > 0 } given)
            return new Broker(given, null);

        var log = Path.Combine(folder, "broker.log");
        string[] arguments = ["exec", BuiltProgram.PathOf("src", "Switch.Sandbox"), "--broker-only"];
        var process = ChildProcess.Start("broker", "dotnet", arguments, folder, log);
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (process.HasExited) break;
            if (File.Exists(log) && AddressLine().Match(await File.ReadAllTextAsync(log)) is { Success: true } match)
                return new Broker(match.Groups[1].Value, process);
            await RunClock.Delay(Pause);
        }

        await process.DisposeAsync();
        throw new HarnessException($"the broker does not start; see {log}");
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    [GeneratedRegex(@"on (\S+:\d+)\s")]
    private static partial Regex AddressLine();
}
