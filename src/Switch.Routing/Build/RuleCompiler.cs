namespace Switch.Routing;

/// <summary>Resolves the names of rules and of the fallback.</summary>
internal sealed class RuleCompiler
{
    private readonly RouteConfig _config;
    private readonly NameIndex _ruleNames;
    private readonly CandidatesCompiler _candidates;
    private readonly ConditionsCompiler _conditions;
    private readonly FaultList _faults;

    internal RuleCompiler(RouteConfig config, NameIndex schemes, AcquirerSet acquirers, FaultList faults)
    {
        _config = config;
        _ruleNames = new NameIndex("rule", faults);
        _candidates = new CandidatesCompiler(acquirers, faults);
        _conditions = new ConditionsCompiler(schemes, faults);
        _faults = faults;
    }

    /// <summary>Compiles all rules; those with a fault come out with what could be resolved.</summary>
    internal CompiledRule[] CompileRules()
    {
        IReadOnlyList<RuleConfig> rules = _config.Rules;
        if (rules.Count > RoutingLimits.Rules)
        {
            _faults.Add(rules[RoutingLimits.Rules].Name.Line, "rules",
                $"{rules.Count} rules; at most {RoutingLimits.Rules} are allowed");
            return [];
        }

        var compiled = new CompiledRule[rules.Count];
        for (int i = 0; i < rules.Count; i++)
        {
            RuleConfig rule = rules[i];
            string path = $"rules[{i}]";
            int faultsBefore = _faults.Count;
            _ruleNames.Declare(rule.Name, i, path + ".name");
            CompiledCandidates? candidates = _candidates.Compile(rule.Candidates, rule.Name.Line, path);
            compiled[i] = new CompiledRule
            {
                Name = rule.Name.Value,
                Line = rule.Name.Line,
                When = rule.When,
                Candidates = candidates ?? CandidatesCompiler.None(rule.Name.Line),
                AllowsFallback = rule.AllowsFallback,
            };
            _conditions.Compile(compiled[i], path + ".when");
            if (candidates is not null) _candidates.CheckCurrencies(compiled[i], path);
            compiled[i].IsSound = !rule.IsPartial && _faults.Count == faultsBefore;
        }
        return compiled;
    }

    /// <summary>Compiles the fallback; without one there is no table.</summary>
    internal CompiledCandidates? CompileFallback()
    {
        if (_config.Fallback is not null)
            return _candidates.Compile(_config.Fallback, _config.Fallback.Line, "fallback");
        _faults.Add(_config.Line, "fallback", "a fallback is needed: who is asked when no rule matches");
        return null;
    }
}
