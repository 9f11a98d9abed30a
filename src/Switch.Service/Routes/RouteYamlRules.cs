using Switch.Routing;
using YamlDotNet.RepresentationModel;

namespace Switch.Service.Routes;

/// <summary>Reads the rules and the fallback of a routing file.</summary>
internal sealed class RouteYamlRules
{
    private delegate bool TryParse<T>(ReadOnlySpan<char> text, out T value);

    private readonly YamlReader _reader;

    internal RouteYamlRules(YamlReader reader) => _reader = reader;

    internal static string NotABin(string text) =>
        $"'{text}' is neither a prefix of 1 to 11 digits nor a range of 6 to 11 digits a side such as 400000-499999";

    internal List<RuleConfig> ReadRules(YamlNode node)
    {
        var rules = new List<RuleConfig>();
        IList<YamlNode> items = _reader.List(node, "rules") ?? [];
        for (int i = 0; i < items.Count; i++)
        {
            string path = $"rules[{i}]";
            int faultsBefore = _reader.FaultCount;
            if (_reader.Mapping(items[i], path, RouteKeys.Rule) is not { } entries) continue;
            Located<string>? name = entries.TryGetValue("name", out YamlNode? text)
                ? _reader.Text(text, path + ".name") : null;
            if (text is null) _reader.Fault(items[i], path + ".name", "is needed");
            ConditionsConfig conditions = entries.TryGetValue("when", out YamlNode? when)
                ? ReadConditions(when, path + ".when")
                : new ConditionsConfig();
            CandidatesConfig? candidates = ReadCandidates(items[i], entries, path);
            bool allowsFallback = !entries.TryGetValue("fallback", out YamlNode? fallback)
                || (_reader.Boolean(fallback, path + ".fallback") ?? true);
            rules.Add(new RuleConfig
            {
                // A rule without a name still has everything else that can be wrong with it.
                Name = name ?? new Located<string>($"nameless-{i}", _reader.SourceOf(items[i])),
                When = conditions,
                Candidates = candidates,
                AllowsFallback = allowsFallback,
                IsPartial = _reader.FaultCount > faultsBefore,
            });
        }
        return rules;
    }

    internal CandidatesConfig? ReadFallback(YamlNode node) =>
        _reader.Mapping(node, "fallback", RouteKeys.Candidates) is { } entries
            ? ReadCandidates(node, entries, "fallback")
            : null;

    private CandidatesConfig? ReadCandidates(YamlNode owner, Dictionary<string, YamlNode> entries, string path)
    {
        string[] given = Array.FindAll(RouteKeys.Candidates, entries.ContainsKey);
        if (given.Length == 0) return new CandidatesConfig(RouteStrategy.Priority, [], _reader.SourceOf(owner));
        if (given.Length > 1)
        {
            _reader.Fault(owner, path, $"{string.Join(" and ", given)} exclude each other");
            return null;
        }

        YamlNode node = entries[given[0]];
        string listPath = $"{path}.{given[0]}";
        return given[0] switch
        {
            "weight" => new CandidatesConfig(
                RouteStrategy.Weight, ReadWeights(node, listPath), _reader.SourceOf(owner)),
            "least_cost" => Listed(RouteStrategy.LeastCost),
            _ => Listed(RouteStrategy.Priority),
        };

        CandidatesConfig Listed(RouteStrategy strategy) => new(
            strategy,
            _reader.Texts(node, listPath).ConvertAll(static name => new CandidateConfig(name)),
            _reader.SourceOf(owner));
    }

    private List<CandidateConfig> ReadWeights(YamlNode node, string path)
    {
        var candidates = new List<CandidateConfig>();
        foreach ((string name, YamlNode value) in _reader.Mapping(node, path) ?? [])
            if (_reader.Integer(value, $"{path}.{name}") is { } weight)
                candidates.Add(new CandidateConfig(new Located<string>(name, _reader.SourceOf(value)), weight));
        return candidates;
    }

    private ConditionsConfig ReadConditions(YamlNode node, string path)
    {
        if (_reader.Mapping(node, path, RouteKeys.Conditions) is not { } entries) return new ConditionsConfig();
        return new ConditionsConfig
        {
            Schemes = Texts("scheme"),
            Bins = Parsed<BinRange>("bin", BinRange.TryParse, NotABin),
            Countries = Texts("country"),
            Fundings = Texts("funding"),
            Currencies = Texts("currency"),
            Amount = entries.TryGetValue("amount", out YamlNode? amount) ? ReadAmount(amount, path + ".amount") : null,
            Mccs = Parsed<MccRange>("mcc", MccRange.TryParse, static text =>
                $"'{text}' is neither a category of four digits nor a range such as 3000-3299"),
            Merchants = Texts("merchant"),
            EntryModes = Texts("entry_mode"),
            Kinds = Texts("kind"),
            Time = entries.TryGetValue("time", out YamlNode? time) ? ReadTime(time, path + ".time") : null,
            Days = Texts("days"),
        };

        List<Located<string>>? Texts(string key) =>
            entries.TryGetValue(key, out YamlNode? value) ? _reader.Texts(value, $"{path}.{key}") : null;

        List<Located<T>>? Parsed<T>(string key, TryParse<T> parse, Func<string, string> fault) =>
            entries.TryGetValue(key, out YamlNode? value) ? Parse(value, $"{path}.{key}", parse, fault) : null;
    }

    private List<Located<T>> Parse<T>(YamlNode node, string path, TryParse<T> parse, Func<string, string> fault)
    {
        var values = new List<Located<T>>();
        foreach (Located<string> text in _reader.Texts(node, path))
        {
            if (parse(text.Value, out T value)) values.Add(new Located<T>(value, text.Line));
            else _reader.Fault(node, path, fault(text.Value));
        }
        return values;
    }

    private AmountBandConfig? ReadAmount(YamlNode node, string path)
    {
        if (_reader.Mapping(node, path, RouteKeys.Amount) is not { } entries) return null;
        return new AmountBandConfig(
            entries.TryGetValue("min", out YamlNode? min) ? _reader.Integer(min, path + ".min") : null,
            entries.TryGetValue("max", out YamlNode? max) ? _reader.Integer(max, path + ".max") : null,
            _reader.SourceOf(node));
    }

    private Located<TimeWindow>? ReadTime(YamlNode node, string path)
    {
        if (_reader.Text(node, path) is not { } text) return null;
        if (TimeWindow.TryParse(text.Value, out TimeWindow window)) return new Located<TimeWindow>(window, text.Line);
        _reader.Fault(node, path, $"'{text.Value}' is not a window of local time such as 22:00-06:00");
        return null;
    }
}
