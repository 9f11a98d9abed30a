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
        Hosts = [new AcquirerHost("alpha", Scheduler), new AcquirerHost("beta", Scheduler)];
    }

    public Scheduler Scheduler { get; }

    public Trace Trace { get; }

    public Weather Weather { get; }

    public SharedStore Store { get; }

    public IReadOnlyList<AcquirerHost> Hosts { get; }

    public EventLog Events { get; } = new();
}
