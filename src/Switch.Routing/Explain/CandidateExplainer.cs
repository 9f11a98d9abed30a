using System.Globalization;

namespace Switch.Routing;

/// <summary>Puts candidates in order and says why each was kept or skipped.</summary>
internal sealed class CandidateExplainer
{
    private readonly RouteTable _table;
    private readonly RouteQuery _query;
    private readonly CardInfo _card;
    private readonly CandidateStatus[] _statuses;
    private readonly Dictionary<int, string> _ownerByAcquirer = [];

    internal CandidateExplainer(
        RouteTable table, RouteQuery query, CardInfo card, ReadOnlySpan<CandidateStatus> statuses)
    {
        _table = table;
        _query = query;
        _card = card;
        _statuses = statuses.ToArray();
    }

    /// <summary>Acquirer indexes kept so far, best first.</summary>
    internal List<int> Plan { get; } = [];

    internal List<CandidateVerdict> Explain(CompiledCandidates list, string owner)
    {
        var skipped = new List<(int Listed, CandidateVerdict Verdict)>();
        var usable = new List<(int Listed, double Score)>();
        for (int i = 0; i < list.Acquirers.Length; i++)
        {
            if (WhySkipped(list.Acquirers[i]) is { } reason) skipped.Add((i, Skip(list, i, reason)));
            else usable.Add((i, Score(list, i)));
        }

        List<(int Listed, double Score)> ordered =
            [.. usable.OrderBy(static candidate => candidate.Score).ThenBy(static candidate => candidate.Listed)];
        int room = RoutingLimits.CandidatesPerPlan - Plan.Count;
        var verdicts = new List<CandidateVerdict>();
        for (int i = 0; i < ordered.Count; i++)
        {
            int listed = ordered[i].Listed;
            if (i < room)
            {
                verdicts.Add(new CandidateVerdict(Name(list, listed), Kept: true, WhyKept(list, listed)));
                Plan.Add(list.Acquirers[listed]);
                _ownerByAcquirer.Add(list.Acquirers[listed], owner);
                continue;
            }
            string reason = $"beyond {RoutingLimits.CandidatesPerPlan} candidates";
            if (list.Strategy == RouteStrategy.LeastCost && room > 0)
            {
                int last = ordered[room - 1].Listed;
                reason = $"lower cost elsewhere: {Cost(list, listed)} here, {Cost(list, last)} at {Name(list, last)}";
            }
            skipped.Add((listed, Skip(list, listed, reason)));
        }
        verdicts.AddRange(skipped.OrderBy(static skip => skip.Listed).Select(static skip => skip.Verdict));
        return verdicts;
    }

    private string? WhySkipped(int acquirer)
    {
        if (_ownerByAcquirer.TryGetValue(acquirer, out string? owner)) return $"already a candidate of {owner}";
        if (((_table.AcquirersTaking(_query.Currency) >> acquirer) & 1) == 0) return $"does not take {_query.Currency}";
        return _statuses[acquirer] switch
        {
            CandidateStatus.Available => null,
            CandidateStatus.LinkDown => "link down",
            CandidateStatus.BreakerOpen => "breaker open",
            _ => "not available",
        };
    }

    private string WhyKept(CompiledCandidates list, int listed) => list.Strategy switch
    {
        RouteStrategy.Weight => $"weight {list.Weights[listed]} of {list.Weights.Sum()}",
        RouteStrategy.LeastCost => $"cost {Cost(list, listed)}",
        _ => $"priority {listed + 1}",
    };

    // A cost has more digits than a double holds; its rank among the candidates has not.
    private double Score(CompiledCandidates list, int listed) => list.Strategy switch
    {
        RouteStrategy.Weight => SplitScore.Draw(
            _query.SplitHash, _table.NameHash(list.Acquirers[listed]), 1.0 / list.Weights[listed]),
        RouteStrategy.LeastCost => list.Acquirers.Count(other => CostUnits(other) < CostUnits(list.Acquirers[listed])),
        _ => listed,
    };

    private long CostUnits(int acquirer) => _table.Fees.Cost(acquirer, _card.Scheme, _query.AmountMinor);

    private string Cost(CompiledCandidates list, int listed)
    {
        decimal minor = (decimal)CostUnits(list.Acquirers[listed]) / FeeTable.UnitsPerMinor;
        return minor.ToString("0.######", CultureInfo.InvariantCulture) + " minor units";
    }

    private string Name(CompiledCandidates list, int listed) => _table.AcquirerNames[list.Acquirers[listed]];

    private CandidateVerdict Skip(CompiledCandidates list, int listed, string reason) =>
        new(Name(list, listed), Kept: false, reason);
}
