using System.Globalization;
using System.Net.Sockets;
using Switch.Programs;

namespace Switch.Chaos.Programs;

/// <summary>An acquirer host: the simulator as a process. No fault kills it, because its ledger is the truth.</summary>
internal sealed class AcquirerProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly ChildProcess _process;

    private AcquirerProgram(string name, int port, string ledger, ChildProcess process)
    {
        Name = name;
        Port = port;
        LedgerPath = ledger;
        _process = process;
    }

    public string Name { get; }

    public int Port { get; }

    public string LedgerPath { get; }

    public static async Task<AcquirerProgram> StartAsync(
        string name, string dialect, string behaviour, int port, string folder)
    {
        var scenario = Path.Combine(folder, $"{name}.yaml");
        var ledger = Path.Combine(folder, $"{name}.jsonl");
        var log = Path.Combine(folder, $"{name}.log");
        await File.WriteAllTextAsync(scenario, behaviour);
        string[] arguments =
        [
            "exec", BuiltProgram.PathOf("src", "Switch.Simulator"), "--name", name,
            "--port", port.ToString(CultureInfo.InvariantCulture), "--dialect", dialect, "--scenario", scenario,
            "--ledger", ledger, "--quiet",
        ];
        var acquirer = new AcquirerProgram(
            name, port, ledger, ChildProcess.Start(name, "dotnet", arguments, folder, log));
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (acquirer._process.HasExited) break;
            if (await ListensAsync(port)) return acquirer;
            await RunClock.Delay(Pause);
        }

        await acquirer.DisposeAsync();
        throw new HarnessException($"acquirer {name} does not start; see {log}");
    }

    /// <summary>Ends it in order, so that its ledger file is whole.</summary>
    public async Task StopAsync()
    {
        _process.Send(Signal.Terminate);
        if (await _process.ExitAsync(Patience) is not 0)
            throw new HarnessException($"acquirer {Name} did not end in order: its ledger can't be trusted");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
