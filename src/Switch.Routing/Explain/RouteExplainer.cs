namespace Switch.Routing;

/// <summary>
/// Decides as <see cref="RouteSelector"/> does, but by asking one rule after the other as they were written, and says
/// why. Slow and allocating: for operators, never for payments. A test holds the two to the same answer.
/// </summary>
public static class RouteExplainer
{
    /// <summary>Explains a decision; parameters and errors as of <see cref="RouteSelector.Plan"/>.</summary>
    public static RouteExplanation Explain(
        RouteTable table, in RouteQuery query, ReadOnlySpan<CandidateStatus> statuses)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (statuses.Length < table.AcquirerCount)
            throw new ArgumentException("Every acquirer of the table needs a status.", nameof(statuses));

        CardInfo card = table.Bins.Find(query.Bin).Info;
        var conditions = new ConditionExplainer(table, query, card);
        var candidates = new CandidateExplainer(table, query, card, statuses);
        var verdicts = new List<RuleVerdict>();
        int matched = -1;
        for (int i = 0; i < table.Rules.Length && matched < 0; i++)
        {
            CompiledRule rule = table.Rules[i];
            string? failed = conditions.FirstFailed(rule);
            if (failed is null) matched = i;
            IReadOnlyList<CandidateVerdict> list =
                failed is null ? candidates.Explain(rule.Candidates, $"rule {rule.Name}") : [];
            verdicts.Add(new RuleVerdict(rule.Name, rule.Line, failed is null, failed ?? "", list));
        }
        int ruleCandidates = candidates.Plan.Count;
        verdicts.Add(matched < 0 || table.Rules[matched].AllowsFallback
            ? new RuleVerdict(
                "fallback", table.Fallback.Line, true, "", candidates.Explain(table.Fallback, "the fallback"))
            : new RuleVerdict(
                "fallback", table.Fallback.Line, false, $"fallback: rule {table.Rules[matched].Name} forbids it", []));

        uint acquirers = 0;
        for (int i = 0; i < candidates.Plan.Count; i++) acquirers |= (uint)candidates.Plan[i] << (i * 8);
        return new RouteExplanation(
            table.SchemeName(card),
            card.Country.ToString(),
            card.Funding == CardFunding.Unknown ? "" : Words.Of(Words.Fundings, (int)card.Funding),
            verdicts,
            new RoutePlan(acquirers, candidates.Plan.Count, ruleCandidates, matched, card),
            table.Version);
    }
}
