using Switch.Simulation.Tests.Ports;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>What all instances of one run share.</summary>
internal sealed class Surroundings
{
    public Surroundings(int seed, bool keepsLines)
    {
        Scheduler = new Scheduler(seed);
        Trace = new Trace(Scheduler, keepsLines);
        Weather = new Weather(Scheduler);
        Store = new SharedStore(Scheduler, FleetOptions.RecordTtl);
        // Half of the runs have acquirers for which a second send is a second payment: there must be none.
        var detects = seed % 2 == 0;
        Hosts =
        [
            new AcquirerHost("alpha", Scheduler) { DetectsDuplicates = detects },
            new AcquirerHost("beta", Scheduler) { DetectsDuplicates = detects },
        ];
    }

    public Scheduler Scheduler { get; }

    public Trace Trace { get; }

    public Weather Weather { get; }

    public SharedStore Store { get; }

    public IReadOnlyList<AcquirerHost> Hosts { get; }

    public EventLog Events { get; } = new();

    /// <summary>An empty disk, of an instance that knows no other.</summary>
    public Disk NewDisk() => new((ulong)Scheduler.Random.NextInt64() | 1);
}
