using System.Globalization;
using Switch.Routing;
using YamlDotNet.RepresentationModel;

namespace Switch.Service.Routes;

/// <summary>
/// Reads nodes of the kinds that the routing file is made of; anything else is a fault with its line and path, and
/// reading goes on, so that all faults of a file come out at once.
/// </summary>
internal sealed class YamlReader
{
    private readonly RouteFaults _faults;

    internal YamlReader(RouteFaults faults) => _faults = faults;

    internal int FaultCount => _faults.Count;

    internal static int LineOf(YamlNode node) => (int)Math.Min(node.Start.Line, int.MaxValue);

    internal SourceLine SourceOf(YamlNode node) => new(_faults.FileName, LineOf(node));

    internal void Fault(YamlNode node, string path, string message) => _faults.Add(LineOf(node), path, message);

    /// <summary>Reads a mapping with known keys; null when it is none. Unknown keys are faults.</summary>
    internal Dictionary<string, YamlNode>? Mapping(YamlNode node, string path, string[] known)
    {
        Dictionary<string, YamlNode>? entries = Mapping(node, path);
        if (entries is null) return null;
        foreach ((string key, YamlNode value) in entries)
        {
            if (Array.IndexOf(known, key) < 0)
                Fault(value, Join(path, key), $"unknown key; known are {string.Join(", ", known)}");
        }
        return entries;
    }

    /// <summary>Reads a mapping whose keys are names; null when it is none.</summary>
    internal Dictionary<string, YamlNode>? Mapping(YamlNode node, string path)
    {
        if (node is not YamlMappingNode mapping)
        {
            Fault(node, path, $"a mapping is needed, not {KindOf(node)}");
            return null;
        }
        var entries = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 } text }) entries.Add(text, value);
            else Fault(key, path, "a key must be a name");
        }
        return entries;
    }

    /// <summary>Reads a list; null when it is none.</summary>
    internal IList<YamlNode>? List(YamlNode node, string path)
    {
        if (node is YamlSequenceNode list) return list.Children;
        Fault(node, path, $"a list is needed, not {KindOf(node)}");
        return null;
    }

    /// <summary>Reads a text; null when it is none, or empty.</summary>
    internal Located<string>? Text(YamlNode node, string path)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } text }) return new Located<string>(text, SourceOf(node));
        Fault(node, path, $"a value is needed, not {KindOf(node)}");
        return null;
    }

    /// <summary>Reads a list of texts, for which one text alone may stand.</summary>
    internal List<Located<string>> Texts(YamlNode node, string path)
    {
        var texts = new List<Located<string>>();
        if (node is YamlScalarNode)
        {
            if (Text(node, path) is { } only) texts.Add(only);
            return texts;
        }
        IList<YamlNode> items = List(node, path) ?? [];
        for (int i = 0; i < items.Count; i++)
            if (Text(items[i], $"{path}[{i}]") is { } text) texts.Add(text);
        return texts;
    }

    /// <summary>Reads a whole number; null when it is none.</summary>
    internal long? Integer(YamlNode node, string path)
    {
        if (Text(node, path) is not { } text) return null;
        if (long.TryParse(text.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return number;
        Fault(node, path, $"'{text.Value}' is not a whole number");
        return null;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>; null when it is neither.</summary>
    internal bool? Boolean(YamlNode node, string path)
    {
        if (Text(node, path) is not { } text) return null;
        if (text.Value is "true" or "false") return text.Value == "true";
        Fault(node, path, $"'{text.Value}' is neither true nor false");
        return null;
    }

    /// <summary>Reads a number with or without decimals; null when it is none.</summary>
    internal decimal? Number(YamlNode node, string path)
    {
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (Text(node, path) is not { } text) return null;
        if (decimal.TryParse(text.Value, Style, CultureInfo.InvariantCulture, out decimal number)) return number;
        Fault(node, path, $"'{text.Value}' is not a number");
        return null;
    }

    internal static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string KindOf(YamlNode node) => node switch
    {
        YamlMappingNode => "a mapping",
        YamlSequenceNode => "a list",
        YamlScalarNode { Value: null or "" } => "nothing",
        _ => "a single value",
    };
}
