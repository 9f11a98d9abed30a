namespace Switch.Routing;

/// <summary>Names that were declared, each with its index; says so when one is declared twice.</summary>
internal sealed class NameIndex
{
    private readonly Dictionary<string, Located<int>> _indexes = new(StringComparer.Ordinal);
    private readonly string _noun;
    private readonly FaultList _faults;

    internal NameIndex(string noun, FaultList faults)
    {
        _noun = noun;
        _faults = faults;
    }

    internal IEnumerable<string> Names => _indexes.Keys;

    /// <summary>Declares a name; a bad or repeated one is a fault, and not declared.</summary>
    internal bool Declare(Located<string> name, int index, string path)
    {
        if (!RoutingLimits.IsName(name.Value))
        {
            _faults.Add(name.Line, path, $"'{name.Value}' is not a name: 1 to {RoutingLimits.NameLength} letters, "
                + "digits, '-', '_' or '.'");
            return false;
        }
        if (_indexes.TryAdd(name.Value, new Located<int>(index, name.Line))) return true;
        _faults.Add(name.Line, path, $"the {_noun} '{name.Value}' is already in line {_indexes[name.Value].Line.Line}");
        return false;
    }

    /// <summary>Finds a name; an unknown one is a fault.</summary>
    internal bool Find(Located<string> name, string path, out int index)
    {
        bool found = _indexes.TryGetValue(name.Value, out Located<int> entry);
        index = entry.Value;
        if (!found)
            _faults.Add(name.Line, path, $"unknown {_noun} '{name.Value}'; known are {string.Join(", ", Names)}");
        return found;
    }

    internal bool TryGet(string name, out int index)
    {
        bool found = _indexes.TryGetValue(name, out Located<int> entry);
        index = entry.Value;
        return found;
    }
}
