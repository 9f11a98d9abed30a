using Switch.Routing;

namespace Switch.Service.Routes;

/// <summary>Collects the faults of one file, up to the bound that the routing core has.</summary>
internal sealed class RouteFaults
{
    private readonly List<RouteFault> _faults = [];

    internal RouteFaults(string fileName) => FileName = fileName;

    internal string FileName { get; }

    internal IReadOnlyList<RouteFault> All => _faults;

    /// <summary>How many there were, those past the bound included.</summary>
    internal int Count { get; private set; }

    internal void Add(int line, string path, string message)
    {
        Count++;
        if (_faults.Count < RoutingLimits.Faults)
            _faults.Add(new RouteFault(new SourceLine(FileName, line), path, message));
    }
}
