using Switch.Routing;

namespace Switch.Service.Routes;

/// <summary>There is no routing table to start with; the message lists every fault, one a line.</summary>
internal sealed class RoutesRefusedException : Exception
{
    public RoutesRefusedException(string path, IReadOnlyList<RouteFault> faults)
        : base($"The routing file {path} is refused:{Environment.NewLine}"
            + string.Join(Environment.NewLine, faults.Select(static fault => "  " + fault)))
        => Faults = faults;

    /// <summary>By file and line.</summary>
    public IReadOnlyList<RouteFault> Faults { get; }
}
