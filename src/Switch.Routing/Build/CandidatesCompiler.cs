namespace Switch.Routing;

/// <summary>Resolves lists of candidates.</summary>
internal sealed class CandidatesCompiler
{
    private readonly AcquirerSet _acquirers;
    private readonly FaultList _faults;

    internal CandidatesCompiler(AcquirerSet acquirers, FaultList faults)
    {
        _acquirers = acquirers;
        _faults = faults;
    }

    /// <summary>Stands in for a list that could not be compiled; never part of a table.</summary>
    internal static CompiledCandidates None(SourceLine line) =>
        new() { Strategy = RouteStrategy.Priority, Line = line, Acquirers = [], Weights = [] };

    /// <summary>Compiles a list; null when there is a fault in it.</summary>
    internal CompiledCandidates? Compile(CandidatesConfig? config, SourceLine owner, string path)
    {
        if (config is null || config.List.Count == 0)
        {
            _faults.Add(config?.Line ?? owner, path, "no candidates: one of priority, weight or least_cost is needed");
            return null;
        }

        var acquirers = new List<byte>();
        var weights = new List<int>();
        var seen = new NameIndex("candidate", _faults);
        bool good = true;
        for (int i = 0; i < config.List.Count; i++)
        {
            (Located<string> name, long weight) = config.List[i];
            string candidatePath = $"{path}.{WordOf(config.Strategy)}[{i}]";
            if (config.Strategy == RouteStrategy.Weight && weight is < 1 or > RoutingLimits.Weight)
            {
                _faults.Add(name.Line, candidatePath,
                    $"the weight {weight} of '{name.Value}' is outside 1 to {RoutingLimits.Weight}");
                good = false;
            }
            if (!_acquirers.Index.Find(name, candidatePath, out int index) || !seen.Declare(name, i, candidatePath))
            {
                good = false;
                continue;
            }
            acquirers.Add((byte)index);
            weights.Add((int)Math.Clamp(weight, 1, RoutingLimits.Weight));
        }
        if (!good) return null;
        return new CompiledCandidates
        {
            Strategy = config.Strategy,
            Line = config.Line,
            Acquirers = [.. acquirers],
            Weights = [.. weights],
        };
    }

    /// <summary>
    /// A currency that a rule asks for and none of its candidates takes would always give an empty plan.
    /// </summary>
    internal void CheckCurrencies(CompiledRule rule, string path)
    {
        if (rule.When.Currencies is not { } currencies) return;
        for (int i = 0; i < currencies.Count; i++)
        {
            if (!CurrencyCode.TryParse(currencies[i].Value, out CurrencyCode currency)) continue;
            ulong taking = _acquirers.ByCurrency[currency.Number];
            if (Array.Exists(rule.Candidates.Acquirers, acquirer => ((taking >> acquirer) & 1) != 0)) continue;
            _faults.Add(currencies[i].Line, $"{path}.when.currency[{i}]",
                $"none of the rule's candidates takes {currencies[i].Value}");
        }
    }

    private static string WordOf(RouteStrategy strategy) => strategy switch
    {
        RouteStrategy.Weight => "weight",
        RouteStrategy.LeastCost => "least_cost",
        _ => "priority",
    };
}
