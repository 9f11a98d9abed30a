using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// A mapping of a YAML file that is read key by key. Faults name file, line and path, and are gathered; a key that
/// nobody asked for is a fault.
/// </summary>
internal sealed class MappingSection
{
    private readonly YamlMappingNode _node;
    private readonly string _file;
    private readonly string _path;
    private readonly List<string> _faults;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public MappingSection(YamlMappingNode node, string file, string path, List<string> faults)
    {
        _node = node;
        _file = file;
        _path = path;
        _faults = faults;
    }

    /// <summary>The keys in the order of the file.</summary>
    public IEnumerable<string> Keys => _node.Children.Keys.OfType<YamlScalarNode>().Select(static key => key.Value ?? "");

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A text, or the default.</summary>
    public string Text(string key, string otherwise) => OptionalText(key) ?? otherwise;

    /// <summary>A text, or null when the key is not there.</summary>
    public string? OptionalText(string key)
    {
        if (Find(key) is not { } node) return null;
        if (node is YamlScalarNode { Value: { Length: > 0 } value }) return value;
        Fault(node, key, "expected a text");
        return null;
    }

    /// <summary>A text; a fault when the key is not there.</summary>
    public string RequiredText(string key)
    {
        if (!Has(key)) Fault(_node, key, "is missing");
        return OptionalText(key) ?? "";
    }

    /// <summary>One of some words.</summary>
    public string Word(string key, string otherwise, params string[] words)
    {
        var text = Text(key, otherwise);
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        Fault(Find(key) ?? _node, key, $"'{text}' is none of {string.Join(", ", words)}");
        return otherwise;
    }

    /// <summary>One character, or the default.</summary>
    public char? Character(string key, char? otherwise)
    {
        if (Find(key) is not { } node) return otherwise;
        if (node is YamlScalarNode { Value: [var only] } && char.IsAscii(only)) return only;
        if (node is YamlScalarNode { Value: "\\t" or "tab" }) return '\t';
        Fault(node, key, "expected one ASCII character");
        return otherwise;
    }

    /// <summary>"true" or "false", or the default.</summary>
    public bool Flag(string key, bool otherwise)
    {
        if (Find(key) is not { } node) return otherwise;
        if (node is YamlScalarNode { Value: "true" or "false" } flag) return flag.Value == "true";
        Fault(node, key, "expected true or false");
        return otherwise;
    }

    /// <summary>A whole number within bounds, or the default.</summary>
    public long Number(string key, long otherwise, long min, long max)
    {
        if (Find(key) is not { } node) return otherwise;
        if (node is YamlScalarNode scalar
            && long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max) return value;
        Fault(node, key, $"expected a whole number from {min} to {max}");
        return otherwise;
    }

    /// <summary>A list of texts; one text counts as a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        switch (Find(key))
        {
            case null:
                return [];
            case YamlScalarNode { Value: { } value }:
                return [value];
            case YamlSequenceNode list when list.Children.All(static c => c is YamlScalarNode):
                return [.. list.Children.Select(static c => ((YamlScalarNode)c).Value ?? "")];
            case var node:
                Fault(node, key, "expected a list of texts");
                return [];
        }
    }

    /// <summary>A section below, or null when the key is not there.</summary>
    public MappingSection? Section(string key)
    {
        if (Find(key) is not { } node) return null;
        if (node is YamlMappingNode mapping) return new MappingSection(mapping, _file, PathOf(key), _faults);
        Fault(node, key, "expected a section");
        return null;
    }

    /// <summary>A list of sections below.</summary>
    public IReadOnlyList<MappingSection> Sections(string key)
    {
        if (Find(key) is not { } node) return [];
        if (node is not YamlSequenceNode list || list.Children.Any(static c => c is not YamlMappingNode))
        {
            Fault(node, key, "expected a list of sections");
            return [];
        }

        return
        [
            .. list.Children.Select((child, i) =>
                new MappingSection((YamlMappingNode)child, _file, $"{PathOf(key)}[{i}]", _faults)),
        ];
    }

    /// <summary>A fault of a key that is there, or should be.</summary>
    public void Fault(string key, string fault) => Fault(Find(key) ?? _node, key, fault);

    /// <summary>Call last: a key that nobody asked for is a misspelling.</summary>
    public void EndKeys()
    {
        foreach (var key in _node.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (!_asked.Contains(name)) Fault(key, name, "is no key that is known here");
        }
    }

    private YamlNode? Find(string key)
    {
        _asked.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;
    }

    private void Fault(YamlNode node, string key, string fault) =>
        _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{_file}:{node.Start.Line}: {PathOf(key)}: {fault}"));

    private string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
