using System.Globalization;
using Switch.Load.Payments;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>What both lanes share: the broker, the acquirer, ports, and the folder of the run.</summary>
internal sealed class Ground : IAsyncDisposable
{
    private const string LedgerMax = "20000000";
    private readonly FreePorts _ports = new();
    private readonly int _acquirerPort;
    private Broker? _broker;
    private ChildProcess? _acquirer;

    private Ground(string folder, TerminalOfMerchant[] terminals)
    {
        Folder = folder;
        Terminals = terminals;
        KafkaAway = TakeAddress();
        _acquirerPort = TakePort();
    }

    public string Folder { get; }

    public TerminalOfMerchant[] Terminals { get; }

    public string Kafka => _broker!.Address;

    /// <summary>An address at which nobody listens.</summary>
    public string KafkaAway { get; }

    public string Acquirer => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_acquirerPort}");

    public IEnumerable<(string Name, int ProcessId)> Processes
    {
        get
        {
            if (_broker!.ProcessId is { } broker) yield return ("broker", broker);
            yield return ("acquirer", _acquirer!.Id);
        }
    }

    public static async Task<Ground> StartAsync(string folder, TerminalOfMerchant[] terminals)
    {
        var ground = new Ground(folder, terminals);
        try
        {
            ground._broker = await Broker.StartAsync(folder);
            return ground;
        }
        catch
        {
            await ground.DisposeAsync();
            throw;
        }
    }

    public int TakePort() => _ports.Take();

    public string TakeAddress() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{TakePort()}");

    /// <summary>Starts the acquirer, with an empty ledger: it keeps each payment in memory.</summary>
    public async Task StartAcquirerAsync()
    {
        if (_acquirer is not null) await _acquirer.DisposeAsync();
        string[] arguments =
        [
            "exec", BuiltProgram.PathOf("src", "Switch.Simulator"), "--name", "alpha", "--port",
            _acquirerPort.ToString(CultureInfo.InvariantCulture), "--quiet", "--ledger-max", LedgerMax,
        ];
        _acquirer = ChildProcess.Start("acquirer", "dotnet", arguments, Folder, Path.Combine(Folder, "acquirer.log"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_acquirer is not null) await _acquirer.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
    }
}
