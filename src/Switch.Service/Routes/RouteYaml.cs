using Switch.Routing;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Switch.Service.Routes;

/// <summary>
/// Reads the text of a routing file. What the words mean is for <see cref="RouteTableBuilder"/> to judge.
/// </summary>
internal sealed class RouteYaml
{
    private readonly RouteFaults _faults;
    private readonly YamlReader _reader;
    private readonly RouteYamlRules _rules;

    private RouteYaml(RouteFaults faults)
    {
        _faults = faults;
        Config = new RouteConfig { Line = new SourceLine(faults.FileName, 1) };
        _reader = new YamlReader(faults);
        _rules = new RouteYamlRules(_reader);
    }

    /// <summary>The name of the file of BIN ranges, when there is one.</summary>
    internal Located<string>? BinRangesFile { get; private set; }

    /// <summary>BIN ranges written in the file itself.</summary>
    internal List<BinRangeConfig> BinRanges { get; private set; } = [];

    /// <summary>Everything but BIN ranges.</summary>
    internal RouteConfig Config { get; private set; }

    internal static RouteYaml Read(TextReader text, RouteFaults faults)
    {
        var yaml = new RouteYaml(faults);
        if (yaml.LoadRoot(text) is { } root) yaml.ReadRoot(root);
        return yaml;
    }

    private YamlNode? LoadRoot(TextReader text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new ShallowParser(new Parser(text)));
        }
        catch (YamlException exception)
        {
            // The marks of a parse failure are the only ones that no node carries.
            _faults.Add((int)exception.Start.Line, "", $"this is not YAML: {exception.Message}");
            return null;
        }
        if (stream.Documents.Count == 1) return stream.Documents[0].RootNode;
        _faults.Add(1, "", stream.Documents.Count == 0 ? "the file is empty" : "the file holds several documents");
        return null;
    }

    private void ReadRoot(YamlNode node)
    {
        if (_reader.Mapping(node, "", RouteKeys.Root) is not { } root) return;
        CheckFormat(node, root);
        if (root.TryGetValue("bin_ranges_file", out YamlNode? file))
            BinRangesFile = _reader.Text(file, "bin_ranges_file");
        if (root.TryGetValue("bin_ranges", out YamlNode? ranges)) BinRanges = ReadBinRanges(ranges);
        Config = new RouteConfig
        {
            Line = _reader.SourceOf(node),
            Schemes = root.TryGetValue("schemes", out YamlNode? schemes) ? _reader.Texts(schemes, "schemes") : [],
            Acquirers = root.TryGetValue("acquirers", out YamlNode? acquirers) ? ReadAcquirers(acquirers) : [],
            Rules = root.TryGetValue("rules", out YamlNode? rules) ? _rules.ReadRules(rules) : [],
            Fallback = root.TryGetValue("fallback", out YamlNode? fallback) ? _rules.ReadFallback(fallback) : null,
        };
    }

    private void CheckFormat(YamlNode node, Dictionary<string, YamlNode> root)
    {
        if (!root.TryGetValue("format", out YamlNode? format))
            _reader.Fault(node, "format", $"'format: {RouteKeys.Format}' is needed");
        else if (_reader.Integer(format, "format") is { } number && number != RouteKeys.Format)
            _reader.Fault(format, "format", $"format {number} is not known; known is {RouteKeys.Format}");
    }

    private List<AcquirerConfig> ReadAcquirers(YamlNode node)
    {
        var acquirers = new List<AcquirerConfig>();
        IList<YamlNode> items = _reader.List(node, "acquirers") ?? [];
        for (int i = 0; i < items.Count; i++)
        {
            string path = $"acquirers[{i}]";
            if (_reader.Mapping(items[i], path, RouteKeys.Acquirer) is not { } entries) continue;
            if (Needed(items[i], entries, path, "name") is not { } name) continue;
            acquirers.Add(new AcquirerConfig
            {
                Name = name,
                Currencies = entries.TryGetValue("currencies", out YamlNode? currencies)
                    ? _reader.Texts(currencies, path + ".currencies")
                    : null,
                Fees = entries.TryGetValue("fees", out YamlNode? fees) ? ReadFees(fees, path + ".fees") : [],
            });
        }
        return acquirers;
    }

    private List<FeeConfig> ReadFees(YamlNode node, string path)
    {
        var fees = new List<FeeConfig>();
        foreach ((string scheme, YamlNode value) in _reader.Mapping(node, path) ?? [])
        {
            string feePath = $"{path}.{scheme}";
            if (_reader.Mapping(value, feePath, RouteKeys.Fee) is not { } entries) continue;
            fees.Add(new FeeConfig
            {
                Scheme = new Located<string>(scheme, _reader.SourceOf(value)),
                FixedMinor = entries.TryGetValue("fixed", out YamlNode? minor)
                    ? _reader.Integer(minor, feePath + ".fixed") ?? 0
                    : 0,
                BasisPoints = entries.TryGetValue("bps", out YamlNode? points)
                    ? _reader.Number(points, feePath + ".bps") ?? 0
                    : 0,
            });
        }
        return fees;
    }

    private List<BinRangeConfig> ReadBinRanges(YamlNode node)
    {
        var ranges = new List<BinRangeConfig>();
        IList<YamlNode> items = _reader.List(node, "bin_ranges") ?? [];
        for (int i = 0; i < items.Count; i++)
        {
            string path = $"bin_ranges[{i}]";
            if (_reader.Mapping(items[i], path, RouteKeys.BinRange) is not { } entries) continue;
            Located<string>? bin = Needed(items[i], entries, path, "bin");
            Located<string>? scheme = Needed(items[i], entries, path, "scheme");
            string? country = Optional(entries, path, "country");
            string? funding = Optional(entries, path, "funding");
            if (bin is not { } text || scheme is not { } name) continue;
            if (BinRange.TryParse(text.Value, out BinRange range))
                ranges.Add(new BinRangeConfig(range, name.Value, country, funding, _reader.SourceOf(items[i])));
            else
                _reader.Fault(entries["bin"], path + ".bin", RouteYamlRules.NotABin(text.Value));
        }
        return ranges;
    }

    private Located<string>? Needed(YamlNode owner, Dictionary<string, YamlNode> entries, string path, string key)
    {
        if (entries.TryGetValue(key, out YamlNode? value)) return _reader.Text(value, $"{path}.{key}");
        _reader.Fault(owner, $"{path}.{key}", "is needed");
        return null;
    }

    private string? Optional(Dictionary<string, YamlNode> entries, string path, string key) =>
        entries.TryGetValue(key, out YamlNode? value) ? _reader.Text(value, $"{path}.{key}")?.Value : null;
}
