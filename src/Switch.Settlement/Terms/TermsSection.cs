using System.Diagnostics.CodeAnalysis;

namespace Switch.Settlement.Terms;

/// <summary>Reads a text; false when it is not of the kind.</summary>
internal delegate bool TryRead<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>
/// One mapping of the file. Keys are taken one by one; what is left at the end is unknown, hence a fault.
/// </summary>
internal sealed class TermsSection
{
    private readonly Dictionary<string, (int Line, TermsNode Value)> _left = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    public TermsSection(TermsNode node, string path, TermsFaults faults)
    {
        Line = node.Line;
        Path = path;
        Faults = faults;
        if (node.Entries is null)
        {
            IsBroken = true;
            faults.Add(node.Line, path, "keys with values are expected here");
            return;
        }

        foreach (var (key, line, value) in node.Entries) _left[key] = (line, value);
    }

    public int Line { get; }

    public string Path { get; }

    public TermsFaults Faults { get; }

    /// <summary>Whether it is no mapping at all, which is said already: its keys are not missed one by one.</summary>
    public bool IsBroken { get; }

    /// <summary>The keys that nobody has taken yet.</summary>
    public IReadOnlyList<(string Key, int Line)> Left => [.. _left.Select(pair => (pair.Key, pair.Value.Line))];

    /// <summary>Takes the node as it is, or null when the key is absent.</summary>
    public TermsNode? Take(string key)
    {
        _known.Add(key);
        return _left.Remove(key, out var entry) ? entry.Value : null;
    }

    /// <summary>Takes a nested section; null when the key is absent, which is a fault if it is required.</summary>
    public TermsSection? Section(string key, bool isRequired = false)
    {
        if (Take(key) is { } node) return new TermsSection(node, Child(key), Faults);
        if (isRequired) Missing(key);
        return null;
    }

    /// <summary>Takes a list of sections; none when the key is absent. An empty one may be a fault.</summary>
    public IEnumerable<TermsSection> Sections(string key, int max, bool mayBeEmpty = true) =>
        Items(key, max, mayBeEmpty).Select((node, i) => new TermsSection(node, $"{Child(key)}[{i}]", Faults));

    /// <summary>Takes a list of nodes; none when the key is absent. An empty one may be a fault.</summary>
    public IReadOnlyList<TermsNode> Items(string key, int max, bool mayBeEmpty = true)
    {
        if (Take(key) is not { } node) return [];
        if (node.Items is not { } items) Faults.Add(node.Line, Child(key), "a list is expected here");
        else if (items.Count == 0 && !mayBeEmpty) Faults.Add(node.Line, Child(key), "the list is empty");
        else if (items.Count > max) Faults.Add(node.Line, Child(key), $"more than {max} entries");
        else return items;
        return [];
    }

    /// <summary>Takes one value; false when the key is absent or its value a fault.</summary>
    public bool TryTake<T>(string key, TryRead<T> read, string expectation, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return Take(key) is { } node && TryValue(node, Child(key), read, expectation, out value);
    }

    /// <summary>Takes one value, or the default when the key is absent.</summary>
    public T Value<T>(string key, TryRead<T> read, string expectation, T otherwise) =>
        TryTake(key, read, expectation, out var value) ? value : otherwise;

    /// <summary>Takes one value; its absence is a fault.</summary>
    public T Required<T>(string key, TryRead<T> read, string expectation, T placeholder)
    {
        Require(key);
        return Value(key, read, expectation, placeholder);
    }

    /// <summary>Takes one value or a list of them; none when the key is absent.</summary>
    public List<T> List<T>(string key, TryRead<T> read, string expectation, int max)
    {
        var values = new List<T>();
        if (Take(key) is not { } node) return values;
        var nodes = node.Items ?? [node];
        if (nodes.Count == 0) Faults.Add(node.Line, Child(key), "the list is empty");
        if (nodes.Count > max) Faults.Add(node.Line, Child(key), $"more than {max} entries");
        foreach (var item in nodes.Take(max))
            if (TryValue(item, Child(key), read, expectation, out var value)) values.Add(value);
        return values;
    }

    /// <summary>Says so when the key is not there.</summary>
    public void Require(string key)
    {
        if (!_left.ContainsKey(key)) Missing(key);
    }

    /// <summary>Adds a fault of the section as a whole.</summary>
    public void Fault(string message) => Faults.Add(Line, Path, message);

    /// <summary>Reports the keys that nobody took.</summary>
    public void Close()
    {
        foreach (var (key, entry) in _left)
            Faults.Add(entry.Line, Path, $"unknown key '{key}'; known are {string.Join(", ", _known)}");
    }

    /// <summary>The path of a key in this section.</summary>
    public string Child(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private void Missing(string key)
    {
        if (!IsBroken) Fault($"'{key}' is missing");
    }

    private bool TryValue<T>(
        TermsNode node, string path, TryRead<T> read, string expectation, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node.Text is not { } text) Faults.Add(node.Line, path, $"{expectation} is expected here");
        else if (read(text, out value)) return true;
        else Faults.Add(node.Line, path, $"'{text}' is not {expectation}");
        return false;
    }
}
