using System.Text.RegularExpressions;
using Confluent.Kafka;

namespace Switch.Programs;

/// <summary>The Kafka-protocol broker: one that is given, or the sandbox's in a process of its own.</summary>
internal sealed partial class Broker : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly ChildProcess? _process;
    private readonly GivenBroker? _given;
    private readonly string _log;
    private readonly TimeSpan _patience;
    private bool _isStopped;

    private Broker(string address, string folder, ChildProcess process)
    {
        Address = address;
        _process = process;
        _log = LogIn(folder);
    }

    /// <summary>One that is given.</summary>
    /// <param name="given">Where it is, and how it is stopped and started.</param>
    /// <param name="folder">For what those commands write.</param>
    /// <param name="patience">How long a command may take, and how long the broker until it answers again.</param>
    public Broker(GivenBroker given, string folder, TimeSpan patience)
    {
        Address = given.Address;
        _given = given;
        _log = LogIn(folder);
        _patience = patience;
    }

    public string Address { get; }

    /// <summary>Whether it is a process of this run, which may keep it away but never end it.</summary>
    public bool IsOwn => _process is not null;

    /// <summary>Of a process of this run; null for one that was given.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>Whether <see cref="StopAsync"/> and <see cref="StartAgainAsync"/> work.</summary>
    public bool CanRestart => _given is { Stop: not null };

    public static async Task<Broker> StartAsync(string folder)
    {
        if (GivenBroker.Find(Environment.GetEnvironmentVariable) is { } given)
            return new Broker(given, folder, CommandPatience);

        var log = LogIn(folder);
        // In a folder that was used before, it names a broker that is gone.
        File.Delete(log);
        string[] arguments = ["exec", BuiltProgram.PathOf("src", "Switch.Sandbox"), "--broker-only"];
        var process = ChildProcess.Start("broker", "dotnet", arguments, folder, log);
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (process.HasExited) break;
            if (File.Exists(log) && AddressLine().Match(await File.ReadAllTextAsync(log)) is { Success: true } match)
                return new Broker(match.Groups[1].Value, folder, process);
            await RunClock.Delay(Pause);
        }

        await process.DisposeAsync();
        throw new HarnessException($"the broker does not start; see {log}");
    }

    /// <summary>Stops it, as the environment says.</summary>
    /// <exception cref="HarnessException">The command failed.</exception>
    public Task StopAsync()
    {
        // Also when the command fails: it may have stopped the broker all the same.
        _isStopped = true;
        return ShellCommand.RunAsync(GivenBroker.StopVariable, _given!.Stop!, _log, _patience);
    }

    /// <summary>Starts it again, as the environment says, and waits until it answers.</summary>
    /// <exception cref="HarnessException">The command failed, or the broker does not answer.</exception>
    public async Task StartAgainAsync()
    {
        await RunStartAsync();
        for (var clock = new RunClock(); clock.Now < _patience; await RunClock.Delay(Pause))
        {
            if (await Task.Run(Answers)) return;
        }

        throw new HarnessException($"the broker does not answer at {Address} after {GivenBroker.StartVariable}");
    }

    /// <summary>Starts it again when it was stopped and not started since.</summary>
    /// <exception cref="HarnessException">The command failed, or the broker does not answer.</exception>
    public Task HealAsync() => _isStopped ? StartAgainAsync() : Task.CompletedTask;

    /// <summary>Ends its own; one that is given is left as it was found, up, also when the run has failed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        if (!_isStopped) return;
        try
        {
            await RunStartAsync();
        }
        catch (HarnessException)
        {
            // What the run has failed for, if it has, is said already; and the command's output is in the log.
        }
    }

    private async Task RunStartAsync()
    {
        await ShellCommand.RunAsync(GivenBroker.StartVariable, _given!.Start!, _log, _patience);
        _isStopped = false;
    }

    private static string LogIn(string folder) => Path.Combine(folder, "broker.log");

    // With a client of its own each time: one that is there already remembers where the broker was.
    private bool Answers()
    {
        try
        {
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Address })
                .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
            return admin.GetMetadata(MetadataTimeout).Brokers.Count > 0;
        }
        catch (KafkaException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"on (\S+:\d+)\s")]
    private static partial Regex AddressLine();
}
