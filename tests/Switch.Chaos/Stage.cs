using System.Collections.Concurrent;
using System.Globalization;
using Switch.Chaos.Checking;
using Switch.Chaos.Links;
using Switch.Chaos.Programs;
using Switch.Programs;

namespace Switch.Chaos;

/// <summary>Everything that runs: processes, the wires between them, the folder with their logs and records.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(40);

    private static readonly (string Name, string Dialect, int Seed)[] AcquirerNames =
        [("alpha", "iso1987-ascii", 1), ("beta", "iso1987-binary", 2)];

    private readonly List<AcquirerProgram> _acquirers = [];
    private readonly List<LinkProxy> _links = [];
    private readonly List<SwitchInstance> _instances = [];
    private readonly ConcurrentQueue<WireBreak> _wireBreaks = new();
    private RedisServer? _redis;
    private Broker? _broker;
    private LinkProxy? _brokerLink;

    private Stage(string folder)
    {
        Folder = folder;
        // Of its own, because a given broker keeps the topics of other runs.
        Topic = $"payments.transaction.v1.chaos-{Guid.NewGuid():N}";
    }

    public string Folder { get; }

    public string Topic { get; }

    public RedisServer Redis => _redis!;

    public Broker Broker => _broker!;

    /// <summary>
    /// The wire to the broker, null when the broker is not ours: the development broker does not survive SIGSTOP,
    /// because its thread takes the interruption for the end.
    /// </summary>
    public LinkProxy? BrokerLink => _brokerLink;

    public IReadOnlyList<AcquirerProgram> Acquirers => _acquirers;

    public IReadOnlyList<LinkProxy> Links => _links;

    public IReadOnlyList<SwitchInstance> Instances => _instances;

    /// <summary>So far; whatever broke it.</summary>
    public IReadOnlyList<WireBreak> WireBreaks => [.. _wireBreaks];

    public static async Task<Stage> StartAsync(
        ChaosOptions options, string folder, RunClock clock, string? acquirerScenario = null)
    {
        var stage = new Stage(folder);
        try
        {
            await stage.StartAsync(options, clock, acquirerScenario);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts what is not running, and takes every fault away.</summary>
    public async Task HealAsync()
    {
        foreach (var link in _links) link.Heal();
        Redis.Send(Signal.Continue);
        BrokerLink?.Heal();
        await Broker.HealAsync();
        foreach (var instance in _instances)
        {
            instance.Disk.Free();
            if (instance.HasExited) instance.Start();
            else instance.Send(Signal.Continue);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances) await instance.DisposeAsync();
        foreach (var link in _links) await link.DisposeAsync();
        foreach (var acquirer in _acquirers) await acquirer.DisposeAsync();
        if (_brokerLink is not null) await _brokerLink.DisposeAsync();
        if (_broker is not null) await _broker.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }

    private async Task StartAsync(ChaosOptions options, RunClock clock, string? acquirerScenario)
    {
        var ports = new FreePorts();
        _redis = new RedisServer(Folder, ports.Take());
        await _redis.StartAsync();
        _broker = await Broker.StartAsync(Folder);
        if (_broker.IsOwn) _brokerLink = new LinkProxy(new BrokerAddress(_broker.Address));
        var kafka = _brokerLink is null ? _broker.Address : string.Create(
            CultureInfo.InvariantCulture, $"127.0.0.1:{_brokerLink.Port}");
        foreach (var (name, dialect, seed) in AcquirerNames)
        {
            var scenario = acquirerScenario ?? AcquirerScenario.Text(options.Seed + seed);
            _acquirers.Add(await AcquirerProgram.StartAsync(name, dialect, scenario, ports.Take(), Folder));
        }

        var files = SharedFiles.Write(Folder, options.Terminals);
        var shared = new SharedServices(_redis.Address, kafka, Topic, files, options.Settings);
        for (var i = 0; i < options.Instances; i++)
        {
            var name = $"{(char)('a' + i)}";
            var links = new List<(string, string, int)>();
            foreach (var (acquirer, dialect, _) in AcquirerNames)
            {
                var link = new LinkProxy(name, acquirer, _acquirers.Find(a => a.Name == acquirer)!.Port);
                link.OnBreak = held =>
                    _wireBreaks.Enqueue(new WireBreak(name, acquirer, clock.Now - held, clock.Now));
                _links.Add(link);
                links.Add((acquirer, dialect, link.Port));
            }

            var disk = new JournalDisk(Path.Combine(Folder, $"{name}-disk"), options.Seconds);
            var place = new InstancePlace(name, ports.Take(), ports.Take(), ports.Take(), disk.JournalPath, links);
            var instance = new SwitchInstance(place, shared, disk, Folder, options.Variant, clock);
            _instances.Add(instance);
            instance.Start();
        }

        foreach (var instance in _instances)
        {
            if (!await instance.ReadyAsync(StartPatience))
                throw new HarnessException($"instance {instance.Name} does not get ready; see {instance.LogPath}");
        }
    }
}
