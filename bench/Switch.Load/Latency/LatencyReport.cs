using System.Text.Json;
using Switch.Load.Compare;
using Switch.Load.Reports;
using static System.FormattableString;

namespace Switch.Load.Latency;

/// <summary>One stage of the switch's own path in a round, by its own clock; milliseconds.</summary>
internal sealed record StageTimes(string Stage, double Mean, double P99);

/// <summary>One round at the same rate: the switch, its acquirer, and the bare server; milliseconds.</summary>
internal sealed record LatencyRound(
    double P50, double P99, double BareP50, double BareP99, double AcquirerP50, double AcquirerP99,
    double AcquirerMean, long Errors, bool IsLate, IReadOnlyList<StageTimes> Stages)
{
    public double AddedP50 => P50 - AcquirerP50;

    public double AddedP99 => P99 - AcquirerP99;
}

/// <summary>What the switch adds. Rounds in which the generator was late say nothing and are left out.</summary>
internal sealed class LatencyReport
{
    private readonly double? _max;
    private readonly double _rate;
    private readonly RunCard _card;
    private readonly IReadOnlyList<WarmUp> _warmUps;
    private readonly IReadOnlyList<LatencyRound> _rounds;
    private readonly List<LatencyRound> _good;

    public LatencyReport(
        double? max, double rate, RunCard card, IReadOnlyList<WarmUp> warmUps, IReadOnlyList<LatencyRound> rounds)
    {
        (_max, _rate, _card, _warmUps, _rounds) = (max, rate, card, warmUps, rounds);
        _good = [.. rounds.Where(static r => !r.IsLate)];
    }

    /// <summary>No round can be used, or some request had no answer.</summary>
    public bool IsVoid => _good.Count == 0 || _rounds.Any(static r => r.Errors > 0);

    public override string ToString()
    {
        var lines = new List<string>
        {
            Invariant($"\n{_rate:0} a second, median (min-max) of {_good.Count} rounds, milliseconds"),
            Row("whole", static r => r.P50, static r => r.P99),
            Row("acquirer, from the socket", static r => r.AcquirerP50, static r => r.AcquirerP99),
            Row("added: the difference", static r => r.AddedP50, static r => r.AddedP99),
            Row("bare gRPC, same rate", static r => r.BareP50, static r => r.BareP99),
            Invariant($"acquirer, mean {Of(static r => r.AcquirerMean):0.000}"),
        };
        if (_good.Count > 0)
            lines.Add("stages by the switch's own clock, each step's warm-up included; attempt has the acquirer in it");
        lines.AddRange(StageNames().Select(StageRow));
        if (_good.Count < _rounds.Count)
            lines.Add(Invariant($"left out: {_rounds.Count - _good.Count} rounds with over 2 % of starts 5 ms late"));
        if (IsVoid) lines.Add(Invariant($"VOID: {_rounds.Sum(static r => r.Errors)} requests without an answer"));
        return string.Join('\n', lines);
    }

    public string SummaryLine() => JsonSerializer.Serialize(
        new
        {
            MaxPerS = _max,
            RatePerS = _rate,
            P50Ms = Rounded(static r => r.P50),
            P99Ms = Rounded(static r => r.P99),
            AcquirerP50Ms = Rounded(static r => r.AcquirerP50),
            AcquirerP99Ms = Rounded(static r => r.AcquirerP99),
            AddedP50Ms = Rounded(static r => r.AddedP50),
            AddedP99Ms = Rounded(static r => r.AddedP99),
            BareP50Ms = Rounded(static r => r.BareP50),
            BareP99Ms = Rounded(static r => r.BareP99),
            StagesMeanMs = StageNames().ToDictionary(
                static name => name, name => Rounded(r => OfStage(r, name).Mean)),
            Void = IsVoid,
        },
        ReportJson.Compact);

    public string ToJson() => JsonSerializer.Serialize(
        new { Card = _card, MaxPerS = _max, RatePerS = _rate, WarmUps = _warmUps, Rounds = _rounds },
        ReportJson.Indented);

    private string Row(string name, Func<LatencyRound, double> p50, Func<LatencyRound, double> p99) =>
        Invariant($"{name,-26} p50 {Of(p50),-22:0.00} p99 {Of(p99):0.00}");

    private string StageRow(string name) => Invariant(
        $"  {name,-24} mean {Of(r => OfStage(r, name).Mean),-21:0.00} p99 {Of(r => OfStage(r, name).P99):0.00}");

    // A stage that a round has not seen took no time in it.
    private static StageTimes OfStage(LatencyRound round, string name) =>
        round.Stages.FirstOrDefault(stage => stage.Stage == name) ?? new StageTimes(name, 0, 0);

    private string[] StageNames() => [.. _good.SelectMany(static r => r.Stages).Select(static s => s.Stage).Distinct()];

    private Spread Of(Func<LatencyRound, double> value) => Spread.Of(_good.Select(value));

    private double? Rounded(Func<LatencyRound, double> value) =>
        _good.Count == 0 ? null : Math.Round(Of(value).Median, 3);
}
