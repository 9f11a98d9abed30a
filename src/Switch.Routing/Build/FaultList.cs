namespace Switch.Routing;

/// <summary>Collects faults up to a bound and counts the rest, so that a hopeless file cannot fill the log.</summary>
internal sealed class FaultList
{
    private readonly List<RouteFault> _faults = [];
    private int _dropped;
    private SourceLine _lastDropped;

    internal int Count => _faults.Count + _dropped;

    internal void Add(SourceLine line, string path, string message)
    {
        if (_faults.Count < RoutingLimits.Faults)
        {
            _faults.Add(new RouteFault(line, path, message));
            return;
        }
        _dropped++;
        _lastDropped = line;
    }

    internal IReadOnlyList<RouteFault> ToSortedList()
    {
        List<RouteFault> sorted = [.. _faults
            .OrderBy(static fault => fault.Line.File, StringComparer.Ordinal)
            .ThenBy(static fault => fault.Line.Line)];
        if (_dropped > 0) sorted.Add(new RouteFault(_lastDropped, "", $"and {_dropped} faults more"));
        return sorted;
    }
}
