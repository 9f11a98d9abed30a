using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Ports;

/// <summary>What the world between the ports is like at the moment: the plan of faults changes it.</summary>
internal sealed class Weather(Scheduler scheduler)
{
    private readonly HashSet<string> _cutOff = new(StringComparer.Ordinal);

    /// <summary>Calls to the store, in a thousand, that are lost or very late.</summary>
    public int StoreTrouble { get; set; }

    /// <summary>Calls to acquirers, in a thousand, that do not go as they should.</summary>
    public int AcquirerTrouble { get; set; }

    /// <summary>Deliveries to the broker wait meanwhile.</summary>
    public bool IsBrokerAway { get; set; }

    /// <summary>Calls of terminals, in a thousand, whose answer is lost.</summary>
    public int TerminalTrouble { get; set; }

    /// <summary>Whether an instance cannot reach the store that others reach.</summary>
    public bool IsCutOff(string instance) => _cutOff.Contains(instance);

    public void CutOff(string instance) => _cutOff.Add(instance);

    public void Rejoin(string instance) => _cutOff.Remove(instance);

    /// <summary>Everything as it should be, from now on.</summary>
    public void Clear()
    {
        _cutOff.Clear();
        StoreTrouble = AcquirerTrouble = TerminalTrouble = 0;
        IsBrokerAway = false;
    }

    public Trip StoreTrip()
    {
        var there = scheduler.Between(0.1, 1);
        var back = scheduler.Between(0.1, 1);
        if (!scheduler.Draw(StoreTrouble)) return new Trip(there, back);
        return scheduler.Random.Next(4) switch
        {
            0 => new Trip(there, back, IsLostThere: true),
            1 => new Trip(there, back, IsLostBack: true),
            // Past the time-out: it takes effect though nobody waits any more.
            2 => new Trip(scheduler.Between(300, 1500), back),
            _ => new Trip(scheduler.Between(1, 250), scheduler.Between(1, 250)),
        };
    }
}
