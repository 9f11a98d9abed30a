namespace Switch.Routing;

/// <summary>
/// The reasons of a table's plans in words, each made when it is first asked for: every payment's event carries one,
/// and a table has few. Safe for any number of threads: two that make the same text at once make equal ones.
/// </summary>
internal sealed class ReasonTexts(IReadOnlyList<string> ruleNames)
{
    private const int Most = RoutingLimits.CandidatesPerPlan;

    // By matched rule, none first; then by whether the rule itself gave the candidate, its position, and how many.
    private readonly string?[]?[] _byRule = new string?[]?[ruleNames.Count + 1];

    /// <param name="plan">A plan of the table.</param>
    /// <param name="position">0 for the best, below the plan's count.</param>
    public string Of(in RoutePlan plan, int position)
    {
        string?[] texts = Volatile.Read(ref _byRule[plan.RuleIndex + 1])
            ?? (_byRule[plan.RuleIndex + 1] = new string?[2 * Most * Most]);
        int ofRule = position < plan.RuleCandidates ? Most * Most : 0;
        ref string? text = ref texts[ofRule + (position * Most) + plan.Count - 1];
        return Volatile.Read(ref text) ?? (text = Word(plan, position));
    }

    private string Word(in RoutePlan plan, int position)
    {
        string rule = plan.RuleIndex < 0 ? "" : $"rule {ruleNames[plan.RuleIndex]}";
        string who = position < plan.RuleCandidates ? rule : rule.Length == 0 ? "fallback" : $"fallback after {rule}";
        return $"{who}, candidate {position + 1} of {plan.Count}";
    }
}
