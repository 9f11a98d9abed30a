using Switch.Load.Compare;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>One switch with a redis-server of its own, on the ground that both lanes share.</summary>
internal sealed class Lane : IAsyncDisposable
{
    // A journal of a million rows is read at the start, and the first start of an installation takes 10 s.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(3);
    private readonly Ground _ground;
    private readonly string _name;
    private readonly RedisServer _redis;
    private readonly string[] _addresses;
    private ChildProcess? _process;
    private ContenderProcess? _switch;

    private Lane(Ground ground, string name)
    {
        _ground = ground;
        _name = name;
        Folder = Path.Combine(ground.Folder, name);
        Directory.CreateDirectory(Folder);
        _redis = new RedisServer(Folder, ground.TakePort(), rewritesFile: false);
        _addresses = [ground.TakeAddress(), ground.TakeAddress(), ground.TakeAddress()];
    }

    /// <summary>The switch's working folder.</summary>
    public string Folder { get; }

    public string Redis => _redis.Address;

    public string LogPath => Path.Combine(_ground.Folder, $"{_name}.log");

    public string JournalPath => Path.Combine(Folder, "journal", "journal.db");

    public ContenderProcess Switch => _switch!;

    /// <summary>How long the latest start took until it took requests.</summary>
    public TimeSpan StartTook { get; private set; }

    public IEnumerable<(string Name, int ProcessId)> Processes =>
        [("server", _process!.Id), ("redis", _redis.ProcessId), .. _ground.Processes];

    public int RedisProcessId => _redis.ProcessId;

    /// <summary>Starts both; settings outrank those of <see cref="SwitchFiles"/>.</summary>
    public static async Task<Lane> StartAsync(
        Ground ground, string name, IReadOnlyDictionary<string, string>? settings = null)
    {
        var lane = new Lane(ground, name);
        try
        {
            await lane._redis.StartAsync();
            await lane.StartSwitchAsync(settings);
            return lane;
        }
        catch
        {
            await lane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the switch: with Kafka away an end in order waits for it.</summary>
    public async Task KillSwitchAsync()
    {
        _switch?.Dispose();
        if (_process is not null) await _process.DisposeAsync();
        (_switch, _process) = (null, null);
    }

    public async Task StartSwitchAsync(IReadOnlyDictionary<string, string>? settings)
    {
        SwitchFiles.Write(
            Folder, _ground.Terminals, _addresses[0], _addresses[1], _addresses[2], Redis, _ground.Kafka,
            _ground.Acquirer, settings);
        var clock = new RunClock();
        string[] arguments = ["exec", BuiltProgram.PathOf("src", "Switch.Service")];
        _process = ChildProcess.Start(_name, "dotnet", arguments, Folder, LogPath);
        _switch = new ContenderProcess(_name, _process, _addresses[0], _addresses[1]);
        await _switch.ReadyAsync(StartPatience);
        StartTook = clock.Now;
    }

    public async ValueTask DisposeAsync()
    {
        await KillSwitchAsync();
        await _redis.DisposeAsync();
    }
}
