using System.Globalization;

namespace Switch.Simulator;

/// <summary>
/// A scenario at work in one host: the counters of its rules and its draws. A new scenario starts afresh.
/// </summary>
internal sealed class ScenarioRun
{
    private const int ApprovalCodes = 1_000_000;

    private readonly long[] _matches;
    private readonly SeededDraws _draws;

    public ScenarioRun(Scenario scenario)
    {
        Scenario = scenario;
        _matches = new long[scenario.Rules.Count];
        _draws = new SeededDraws(scenario.Seed);
    }

    /// <summary>What is played.</summary>
    public Scenario Scenario { get; }

    /// <summary>The first rule that applies, or null.</summary>
    public ScenarioRule? Decide(HostRequest request, ReadOnlySpan<byte> pan)
    {
        for (var i = 0; i < _matches.Length; i++)
        {
            var rule = Scenario.Rules[i];
            if (rule.When.Match(request, pan) && IsDue(i, rule.When)) return rule;
        }

        return null;
    }

    /// <summary>The answer's latency under a rule's actions.</summary>
    public TimeSpan Latency(RuleActions actions) => (actions.Latency ?? Scenario.DefaultLatency).Draw(_draws);

    /// <summary>Random bytes for a spoilt answer.</summary>
    public void Fill(Span<byte> bytes)
    {
        foreach (ref var value in bytes) value = (byte)(_draws.Next() * 256);
    }

    /// <summary>The approval code (DE 38) of this payment: the same for the same seed and RRN, six digits.</summary>
    public string ApprovalCode(string rrn)
    {
        var hash = Scenario.Seed;
        foreach (var character in rrn) hash = SeededDraws.Mix(hash ^ character);
        return (hash % ApprovalCodes).ToString("D6", CultureInfo.InvariantCulture);
    }

    private bool IsDue(int index, RuleConditions when)
    {
        if (when.Probability is { } chance && _draws.Next() >= chance) return false;
        if (when is { Every: 0, Times: 0 }) return true;
        var match = Interlocked.Increment(ref _matches[index]);
        return when.Every > 0
            ? match % when.Every == 0 && (when.Times == 0 || match / when.Every <= when.Times)
            : match <= when.Times;
    }
}
