using System.Diagnostics.CodeAnalysis;
using YamlDotNet.RepresentationModel;

namespace Switch.Simulator;

/// <summary>Reads a text; false when it is not of the kind.</summary>
internal delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>
/// One mapping of the file. Keys are taken one by one; what is left at the end is unknown, hence a fault.
/// </summary>
internal sealed class YamlSection
{
    private readonly FaultLog _faults;
    private readonly string _path;
    private readonly YamlNode _node;
    private readonly Dictionary<string, YamlNode> _left = [];
    private readonly List<string> _known = [];
    private readonly bool _isShort;

    public YamlSection(YamlNode node, string path, FaultLog faults)
    {
        _node = node;
        _path = path;
        _faults = faults;
        if (node is not YamlMappingNode mapping)
        {
            faults.Add(node, path, "keys with values are expected here");
            return;
        }

        foreach (var (key, value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name }) _left[name] = value;
            else faults.Add(key, path, "a key is a plain word");
        }
    }

    /// <summary>A section of one key that the file states in short, as the node alone.</summary>
    public YamlSection(YamlNode node, string key, string value, string path, FaultLog faults)
    {
        _node = node;
        _path = path;
        _faults = faults;
        _left[key] = new YamlScalarNode(value);
        _isShort = true;
    }

    /// <summary>Takes a nested section, or null when the key is absent.</summary>
    public YamlSection? Section(string key) =>
        Take(key) is { } node ? new YamlSection(node, Child(key), _faults) : null;

    /// <summary>Takes a sequence of nodes; empty when the key is absent.</summary>
    public IReadOnlyList<(YamlNode Node, string Path)> Items(string key)
    {
        if (Take(key) is not { } node) return [];
        if (node is YamlSequenceNode sequence)
            return [.. sequence.Children.Select((child, index) => (child, $"{Child(key)}[{index}]"))];
        Fault(node, Child(key), "a list is expected here");
        return [];
    }

    /// <summary>Takes the node as it is, or null when the key is absent.</summary>
    public YamlNode? Take(string key)
    {
        _known.Add(key);
        return _left.Remove(key, out var node) ? node : null;
    }

    /// <summary>Takes one value. False when the key is absent or its value a fault.</summary>
    public bool TryTake<T>(string key, TryRead<T> read, string expectation, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return Take(key) is { } node && TryValue(node, Child(key), read, expectation, true, out value);
    }

    /// <summary>Takes one value, or the default when the key is absent.</summary>
    public T Value<T>(string key, TryRead<T> read, string expectation, T otherwise) =>
        TryTake(key, read, expectation, out var value) ? value : otherwise;

    /// <summary>Takes one value or a list of them. Values that must not be repeated in a fault are not shown.</summary>
    public IReadOnlyList<T> List<T>(string key, TryRead<T> read, string expectation, bool isShown = true)
    {
        if (Take(key) is not { } node) return [];
        IEnumerable<YamlNode> nodes = node is YamlSequenceNode sequence ? sequence.Children : [node];
        var values = new List<T>();
        foreach (var item in nodes)
            if (TryValue(item, Child(key), read, expectation, isShown, out var value)) values.Add(value);
        if (node is YamlSequenceNode { Children.Count: 0 }) Fault(node, Child(key), "the list is empty");
        return values;
    }

    /// <summary>Adds a fault of the section as a whole.</summary>
    public void Fault(string message) => _faults.Add(_node, _path, message);

    /// <summary>Reports the keys that nobody took.</summary>
    public void Close()
    {
        foreach (var (key, node) in _left)
            Fault(node, _path, $"unknown key '{key}'; known are {string.Join(", ", _known)}");
    }

    // A short section's nodes are not in the file; the node that it was made of is.
    private void Fault(YamlNode node, string path, string message) =>
        _faults.Add(_isShort ? _node : node, path, message);

    /// <summary>The path of a key in this section.</summary>
    public string Child(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private bool TryValue<T>(
        YamlNode node, string path, TryRead<T> read, string expectation, bool isShown,
        [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not YamlScalarNode { Value: { } text })
        {
            Fault(node, path, $"{expectation} is expected here");
            return false;
        }

        if (read(text, out value)) return true;
        Fault(node, path, isShown ? $"'{text}' is not {expectation}" : $"the value is not {expectation}");
        return false;
    }
}
