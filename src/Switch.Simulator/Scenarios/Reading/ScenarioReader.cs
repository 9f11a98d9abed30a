using System.Diagnostics.CodeAnalysis;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Switch.Simulator;

/// <summary>Reads a scenario document: every key known, every value checked, every fault with its line.</summary>
internal static class ScenarioReader
{
    private const int MaxCharacters = 1_000_000;
    private const int MaxRules = 1_000;

    private static readonly Dictionary<string, NetworkAnswer> NetworkWords = new()
    {
        ["accept"] = NetworkAnswer.Accept,
        ["refuse"] = NetworkAnswer.Refuse,
        ["silent"] = NetworkAnswer.Silent,
    };

    private static readonly Dictionary<string, DuplicateMatch> MatchWords = new()
    {
        ["exact"] = DuplicateMatch.Exact,
        ["rrn"] = DuplicateMatch.Rrn,
    };

    public static bool TryRead(
        string yaml, string name, [NotNullWhen(true)] out Scenario? scenario, out IReadOnlyList<ScenarioFault> faults)
    {
        var log = new FaultLog(name);
        scenario = Root(yaml, log) is { } root ? Read(root, name, log) : null;
        faults = log.Faults;
        if (!log.IsEmpty) scenario = null;
        return scenario is not null;
    }

    private static YamlNode? Root(string yaml, FaultLog faults)
    {
        if (yaml.Length > MaxCharacters)
        {
            faults.Add(1, "", $"the file has more than {MaxCharacters} characters");
            return null;
        }

        try
        {
            var stream = new YamlStream();
            using var text = new StringReader(yaml);
            stream.Load(text);
            if (stream.Documents.Count == 1) return stream.Documents[0].RootNode;
            faults.Add(1, "", $"one document is expected, not {stream.Documents.Count}");
        }
        catch (YamlException exception)
        {
            faults.Add((int)exception.Start.Line, "", $"this is not YAML: {exception.Message}");
        }

        return null;
    }

    private static Scenario Read(YamlNode node, string name, FaultLog faults)
    {
        var root = new YamlSection(node, "", faults);
        var plain = Scenario.ApproveAll;
        var defaults = root.Section("defaults");
        var scenario = new Scenario(name)
        {
            Seed = root.Value("seed", ScenarioText.Seed, "a whole number", plain.Seed),
            DefaultCode = defaults?.Value("code", ScenarioText.Code, "a response code", "00") ?? plain.DefaultCode,
            DefaultLatency = defaults is null
                ? plain.DefaultLatency
                : ActionsReader.ReadLatency(defaults, faults) ?? plain.DefaultLatency,
            MandatoryFields = Fields(defaults, "mandatory", plain.MandatoryFields),
            MandatoryReversalFields = Fields(defaults, "mandatory_reversal", plain.MandatoryReversalFields),
            Books = ReadBooks(root),
            Network = ReadNetwork(root),
            Rules = ReadRules(root, faults),
        };
        if (scenario.DefaultCode == "10") defaults?.Fault("code 10 needs an amount: use a rule with 'partial'");
        defaults?.Close();
        root.Close();
        return scenario;
    }

    private static IReadOnlyList<int> Fields(YamlSection? section, string key, IReadOnlyList<int> otherwise)
    {
        var fields = section?.List<int>(key, ScenarioText.Field, "a field from 2 to 128") ?? [];
        return fields.Count > 0 ? fields : otherwise;
    }

    private static LedgerPolicy ReadBooks(YamlSection root)
    {
        var policy = new LedgerPolicy();
        if (root.Section("duplicates") is { } duplicates)
        {
            policy = policy with
            {
                DuplicateMatch = duplicates.Value(
                    "match", ScenarioText.Word(MatchWords), "exact or rrn", policy.DuplicateMatch),
                DuplicateCode = CodeOrWord(duplicates, "answer", "replay", policy.DuplicateCode),
            };
            duplicates.Close();
        }

        if (root.Section("reversals") is not { } reversals) return policy;
        policy = policy with
        {
            AlreadyReversedCode = reversals.Value(
                "already_reversed", ScenarioText.Code, "a response code", policy.AlreadyReversedCode),
            UnknownOriginalCode = reversals.Value(
                "unknown_original", ScenarioText.Code, "a response code", policy.UnknownOriginalCode),
            LateOriginalCode = CodeOrWord(reversals, "late_original", "accept", policy.LateOriginalCode),
        };
        reversals.Close();
        return policy;
    }

    private static NetworkPolicy ReadNetwork(YamlSection root)
    {
        var policy = new NetworkPolicy();
        if (root.Section("network") is not { } network) return policy;
        var answer = ScenarioText.Word(NetworkWords);
        policy = policy with
        {
            RequireSignOn = network.Value("require_sign_on", ScenarioText.Truth, "true or false", policy.RequireSignOn),
            BeforeSignOnCode = CodeOrWord(network, "before_sign_on", "drop", policy.BeforeSignOnCode),
            SignOn = network.Value("sign_on", answer, "accept, refuse or silent", policy.SignOn),
            SignOff = network.Value("sign_off", answer, "accept, refuse or silent", policy.SignOff),
            Echo = network.Value("echo", answer, "accept, refuse or silent", policy.Echo),
        };
        network.Close();
        return policy;
    }

    // A response code, or the one word that stands for none.
    private static string? CodeOrWord(YamlSection section, string key, string word, string? otherwise)
    {
        bool Read(string text, out string value)
        {
            value = text;
            return text == word || ScenarioText.Code(text, out value);
        }

        var text = section.Value<string?>(key, Read!, $"a response code or '{word}'", otherwise ?? word);
        return text == word ? null : text;
    }

    private static List<ScenarioRule> ReadRules(YamlSection root, FaultLog faults)
    {
        var rules = new List<ScenarioRule>();
        foreach (var (node, path) in root.Items("rules"))
        {
            if (rules.Count == MaxRules)
            {
                faults.Add(node, path, $"more than {MaxRules} rules");
                break;
            }

            var line = (int)node.Start.Line;
            var section = new YamlSection(node, path, faults);
            var name = section.Value("name", ScenarioText.Name(60), "a name of at most 60 characters", $"line {line}");
            var when = section.Section("when");
            var then = section.Take("then");
            if (then is null) section.Fault("'then' is missing");
            rules.Add(new ScenarioRule(
                name,
                line,
                when is null ? new RuleConditions() : ConditionsReader.Read(when),
                then is null ? RuleActions.None : ActionsReader.Read(then, $"{path}.then", faults)));
            section.Close();
        }

        return rules;
    }
}
