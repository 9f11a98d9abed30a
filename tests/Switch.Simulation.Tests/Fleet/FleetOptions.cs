using Microsoft.Extensions.Options;
using Switch.Service;
using Switch.Service.Acquirers;
using Switch.Service.Idempotency;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>The settings of every instance: the defaults' proportions, at a tenth of their length.</summary>
internal static class FleetOptions
{
    public static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(1.5);
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan RecordTtl = TimeSpan.FromHours(1);

    public static SwitchOptions Create() => new()
    {
        InstanceName = "simulated",
        Redis = new RedisOptions
        {
            Lease = Lease,
            RecordTtl = RecordTtl,
            HeartbeatInterval = TimeSpan.FromSeconds(0.5),
            PeerWait = TimeSpan.FromSeconds(5),
        },
        Recovery = { SweepInterval = TimeSpan.FromSeconds(2), IndexInterval = TimeSpan.FromSeconds(0.25) },
        Kafka = { RestartDelay = TimeSpan.FromSeconds(0.3) },
        Acquirers = { ["alpha"] = Acquirer(), ["beta"] = Acquirer() },
    };

    public static IOptions<RedisOptions> Redis(SwitchOptions options) => Options.Create(options.Redis);

    private static AcquirerOptions Acquirer() => new()
    {
        ReplyTimeout = ReplyTimeout,
        Advices =
        {
            RetryMin = TimeSpan.FromSeconds(0.1), RetryMax = TimeSpan.FromSeconds(2), TriesMax = 1000,
        },
    };
}
