using System.Text.Json;
using Switch.Load.Compare;
using Switch.Load.Reports;
using static System.FormattableString;

namespace Switch.Load.Growth;

/// <summary>All points: each size beside the lane that did not grow, ratios taken within a round.</summary>
internal sealed class GrowthReport
{
    public const string Header =
        "series                 size      /s  p50 ms  p99 ms   cpu us: switch  redis    all   "
        + "switch, grown to kept    all, grown to kept";

    private readonly List<Point> _points = [];

    public GrowthReport(RunCard card) => Card = card;

    public RunCard Card { get; }

    public IReadOnlyList<Point> Points => _points;

    /// <summary>Requests that were not approved, by reply.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> Faults =>
        [.. _points.SelectMany(static p => p.Grown.Concat(p.Kept)).SelectMany(static s => s.Faults)
            .GroupBy(static f => f.Key, static f => f.Value)
            .Select(static g => KeyValuePair.Create(g.Key, g.Sum()))];

    public bool IsVoid => _points.Count == 0 || Faults.Count > 0;

    public static string Line(Point p) => Invariant(
        $"{p.Series,-18} {p.Size,8} {Median(p.Grown, s => s.PerSecond),7:0} {Median(p.Grown, s => s.P50Ms),7:0.00} ")
        + Invariant($"{Median(p.Grown, s => s.P99Ms),7:0.00}           {Median(p.Grown, s => s.ServerCpuUs),6:0.0} ")
        + Invariant($"{Median(p.Grown, s => s.RedisCpuUs),6:0.0} {Median(p.Grown, s => s.TotalCpuUs),6:0.0}   ")
        + Invariant($"{ServerRatio(p),-24:0.000} {TotalRatio(p):0.000}")
        + string.Concat(p.Facts.Select(static f => Invariant($"\n{"",28}{f.Key} {f.Value:0.##}")));

    /// <summary>Processor time of the switch an answer, against the lane that did not grow.</summary>
    public static Spread ServerRatio(Point p) => Ratio(p, static s => s.ServerCpuUs);

    /// <summary>That of all processes.</summary>
    public static Spread TotalRatio(Point p) => Ratio(p, static s => s.TotalCpuUs);

    public static double Median(IReadOnlyList<Sample> samples, Func<Sample, double> value) =>
        Spread.Of(samples.Select(value)).Median;

    public void Add(Point point) => _points.Add(point);

    public string ToJson() => JsonSerializer.Serialize(new { Card, Faults, Points = _points }, ReportJson.Indented);

    /// <summary>The last line: of each series its greatest size.</summary>
    public string SummaryLine()
    {
        var line = new Dictionary<string, object>();
        foreach (var series in _points.GroupBy(static p => p.Series))
        {
            var (first, last) = (series.First(), series.Last());
            line.Add(series.Key, new
            {
                From = first.Size,
                To = last.Size,
                FirstCpuRatio = Rounded(ServerRatio(first)),
                LastCpuRatio = Rounded(ServerRatio(last)),
                LastTotalCpuRatio = Rounded(TotalRatio(last)),
                LastP99Ratio = Rounded(Ratio(last, static s => s.P99Ms)),
            });
        }

        line.Add("void", IsVoid);
        return JsonSerializer.Serialize(line, ReportJson.Compact);
    }

    private static double Rounded(Spread ratio) => Math.Round(ratio.Median, 3);

    private static Spread Ratio(Point p, Func<Sample, double> value) =>
        Spread.Of(p.Grown.Zip(p.Kept, (grown, kept) => value(grown) / value(kept)));
}
