using System.Globalization;

namespace Switch.Chaos.Programs;

/// <summary>
/// Every setting of the switch that a run changes, in one place. Times are short, so that within a minute links come
/// back, leases run out and reversals are repeated many times.
/// </summary>
internal static class SwitchSettings
{
    public static readonly TimeSpan ShutdownGrace = TimeSpan.FromSeconds(3);

    /// <summary>An instance that is stopped for longer loses its claims.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    /// <summary>Docs/configuration.md: DrainDelay + Grace + 10 s, then an orchestrator may kill.</summary>
    public static readonly TimeSpan EndsWithin = ShutdownGrace + TimeSpan.FromSeconds(10);

    /// <summary>Equal for all instances.</summary>
    private static readonly Dictionary<string, string> Fixed = new()
    {
        ["Switch:Redis:ConnectTimeout"] = "00:00:01",
        ["Switch:Redis:Lease"] = Lease.ToString("c", CultureInfo.InvariantCulture),
        ["Switch:Redis:HeartbeatInterval"] = "00:00:00.500",
        ["Switch:Redis:PeerWait"] = "00:00:08",
        ["Switch:Recovery:IndexInterval"] = "00:00:00.100",
        ["Switch:Recovery:SweepInterval"] = "00:00:01",
        ["Switch:Kafka:RestartDelay"] = "00:00:00.200",
        ["Switch:Kafka:Client:socket.timeout.ms"] = "2000",
        ["Switch:Kafka:Client:reconnect.backoff.max.ms"] = "500",
        ["Switch:Kafka:Client:topic.metadata.refresh.interval.ms"] = "1000",
        ["Switch:Journal:ProbeDelayMax"] = "00:00:00.500",
        ["Switch:Shutdown:DrainDelay"] = "00:00:00",
        ["Switch:Shutdown:Grace"] = ShutdownGrace.ToString("c", CultureInfo.InvariantCulture),
        ["Logging:LogLevel:Default"] = "Information",
        ["Logging:LogLevel:Microsoft"] = "Warning",
        ["Logging:LogLevel:Grpc"] = "Warning",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "HH:mm:ss.fff ",
    };

    /// <summary>Equal for all acquirers, below <c>Switch:Acquirers:NAME</c>.</summary>
    private static readonly Dictionary<string, string> EachAcquirer = new()
    {
        ["AcquiringInstitutionId"] = "123456",
        ["ReplyTimeout"] = "00:00:01",
        ["EchoInterval"] = "00:00:02",
        ["ReconnectMin"] = "00:00:00.050",
        ["ReconnectMax"] = "00:00:00.400",
        ["Advices:RetryMin"] = "00:00:00.200",
        ["Advices:RetryMax"] = "00:00:02",
        ["BreakerProbeMin"] = "00:00:00.200",
        ["BreakerProbeMax"] = "00:00:01",
    };

    /// <summary>The whole configuration of one instance.</summary>
    public static SortedDictionary<string, string> Of(InstancePlace place, SharedServices shared)
    {
        var all = new SortedDictionary<string, string>(Fixed, StringComparer.Ordinal)
        {
            ["Switch:InstanceName"] = place.Name,
            ["Switch:Listen:Terminals"] = Loopback(place.TerminalsPort),
            ["Switch:Listen:Management"] = Loopback(place.ManagementPort),
            ["Switch:Listen:Operations"] = Loopback(place.OperationsPort),
            ["Switch:Redis:Configuration"] = shared.Redis,
            ["Switch:Kafka:BootstrapServers"] = shared.Kafka,
            ["Switch:Kafka:Topic"] = shared.Topic,
            ["Switch:Journal:Path"] = place.JournalPath,
            ["Switch:Files:Keys"] = shared.Files.Keys,
            ["Switch:Files:Merchants"] = shared.Files.Merchants,
            ["Switch:Routes:File"] = shared.Files.Routes,
        };
        foreach (var (acquirer, dialect, port) in place.Links)
        {
            all[$"Switch:Acquirers:{acquirer}:Endpoints:0"] = Loopback(port);
            all[$"Switch:Acquirers:{acquirer}:Dialect"] = dialect;
            foreach (var (key, value) in EachAcquirer) all[$"Switch:Acquirers:{acquirer}:{key}"] = value;
        }

        foreach (var (key, value) in shared.MoreSettings) all[key] = value;
        return all;
    }

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
}

/// <summary>Where one instance listens and keeps its journal, and the way it takes to the acquirers.</summary>
internal sealed record InstancePlace(
    string Name, int TerminalsPort, int ManagementPort, int OperationsPort, string JournalPath,
    IReadOnlyList<(string Acquirer, string Dialect, int Port)> Links);

/// <summary>What all instances share.</summary>
internal sealed record SharedServices(
    string Redis, string Kafka, string Topic, SharedFiles Files, IReadOnlyDictionary<string, string> MoreSettings);
