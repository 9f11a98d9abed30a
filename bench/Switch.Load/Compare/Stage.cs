using System.Globalization;
using Switch.Load.Payments;
using Switch.Programs;

namespace Switch.Load.Compare;

/// <summary>Everything that is measured and everything it needs, each a process of its own on loopback.</summary>
internal sealed class Stage : IAsyncDisposable
{
    public const string NaiveTopic = "naive.transaction.v1";
    private const string LedgerMax = "20000000";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private readonly FreePorts _ports = new();
    private readonly List<ChildProcess> _processes = [];
    private readonly Dictionary<Contender, ContenderProcess> _contenders = [];
    private RedisServer? _redis;
    private Broker? _broker;
    private ChildProcess? _acquirer;

    private Stage(string folder) => _folder = folder;

    public string Kafka => _broker!.Address;

    public string LedgerPath => Path.Combine(_folder, "alpha.jsonl");

    public ContenderProcess this[Contender contender] => _contenders[contender];

    public static async Task<Stage> StartAsync(
        string folder, TerminalOfMerchant[] terminals, IReadOnlyCollection<Contender> contenders)
    {
        var stage = new Stage(folder);
        try
        {
            await stage.StartAsync(terminals, contenders);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Who may have used processor time, by name; the contender is "server".</summary>
    public IEnumerable<(string Name, int ProcessId)> ProcessesOf(Contender contender)
    {
        yield return ("server", _contenders[contender].ProcessId);
        yield return ("redis", _redis!.ProcessId);
        if (_broker!.ProcessId is { } broker) yield return ("broker", broker);
        yield return ("acquirer", _acquirer!.Id);
    }

    /// <summary>The acquirer ends in order, and its ledger is in <see cref="LedgerPath"/>.</summary>
    public async Task CloseLedgerAsync()
    {
        _acquirer!.Send(Signal.Terminate);
        if (await _acquirer.ExitAsync(Patience) is not 0)
            throw new HarnessException("the acquirer did not end in order: its ledger can't be trusted");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var contender in _contenders.Values) contender.Dispose();
        for (var i = _processes.Count - 1; i >= 0; i--) await _processes[i].DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }

    private async Task StartAsync(TerminalOfMerchant[] terminals, IReadOnlyCollection<Contender> contenders)
    {
        _redis = new RedisServer(_folder, _ports.Take(), rewritesFile: false);
        await _redis.StartAsync();
        _broker = await Broker.StartAsync(_folder);
        var acquirerPort = _ports.Take();
        _acquirer = Start(
            "acquirer", BuiltProgram.PathOf("src", "Switch.Simulator"), _folder,
            "--name", "alpha", "--port", Text(acquirerPort), "--quiet", "--ledger", LedgerPath, "--ledger-at-end",
            "--ledger-max", LedgerMax);
        if (contenders.Contains(Contender.Bare)) StartBaseline(Contender.Bare, "bare");
        if (contenders.Contains(Contender.Naive))
        {
            StartBaseline(
                Contender.Naive, "naive", "--Redis", _redis.Address, "--Kafka", _broker.Address, "--Topic", NaiveTopic,
                "--Acquirer", Loopback(acquirerPort));
        }

        if (contenders.Contains(Contender.Switch)) StartSwitch(terminals, Loopback(acquirerPort));
        foreach (var contender in _contenders.Values) await contender.ReadyAsync(Patience);
    }

    private void StartBaseline(Contender contender, string name, params string[] more)
    {
        var (terminals, management) = (_ports.Take(), _ports.Take());
        string[] arguments = [name, "--Terminals", Text(terminals), "--Management", Text(management), .. more];
        var process = Start(name, BuiltProgram.PathOf("bench", "Switch.Baselines"), _folder, arguments);
        _contenders.Add(contender, new ContenderProcess(name, process, Loopback(terminals), Loopback(management)));
    }

    private void StartSwitch(TerminalOfMerchant[] terminals, string acquirer)
    {
        var folder = Path.Combine(_folder, "switch");
        var (listen, management) = (Loopback(_ports.Take()), Loopback(_ports.Take()));
        SwitchFiles.Write(
            folder, terminals, listen, management, Loopback(_ports.Take()), _redis!.Address, _broker!.Address,
            acquirer);
        var process = Start("switch", BuiltProgram.PathOf("src", "Switch.Service"), folder);
        _contenders.Add(Contender.Switch, new ContenderProcess("switch", process, listen, management));
    }

    private ChildProcess Start(string name, string program, string folder, params string[] arguments)
    {
        var log = Path.Combine(_folder, $"{name}.log");
        var process = ChildProcess.Start(name, "dotnet", ["exec", program, .. arguments], folder, log);
        _processes.Add(process);
        return process;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Loopback(int port) => $"127.0.0.1:{Text(port)}";
}
