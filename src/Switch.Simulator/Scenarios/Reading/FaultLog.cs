using YamlDotNet.RepresentationModel;

namespace Switch.Simulator;

/// <summary>Every fault of one file, so that a person mends them all at once.</summary>
internal sealed class FaultLog
{
    /// <summary>More faults than this help nobody.</summary>
    private const int Max = 50;

    private readonly string _file;
    private readonly List<ScenarioFault> _faults = [];

    public FaultLog(string file) => _file = file;

    /// <summary>The faults in the order of the file.</summary>
    public IReadOnlyList<ScenarioFault> Faults => [.. _faults.OrderBy(static fault => fault.Line)];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _faults.Count == 0;

    /// <summary>Adds a fault at a node.</summary>
    public void Add(YamlNode node, string path, string message) => Add((int)node.Start.Line, path, message);

    /// <summary>Adds a fault at a line.</summary>
    public void Add(int line, string path, string message)
    {
        if (_faults.Count < Max) _faults.Add(new ScenarioFault(_file, line, path, message));
    }
}
