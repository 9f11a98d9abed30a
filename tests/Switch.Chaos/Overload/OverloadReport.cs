using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using static System.FormattableString;

namespace Switch.Chaos.Overload;

/// <summary>All rounds: a table with the spread, and whether the promise holds.</summary>
internal sealed class OverloadReport
{
    private const double GoodputRatioMin = 0.90;
    private const double ShedServerMeanMsMax = 1;

    public const string Header =
        "door    peak/s offered   goodput ratio    shed others  client p50    p99  server mean <=1 ms   late"
        + "  refused 1st s, later  good later";

    private static readonly JsonSerializerOptions Compact = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true };
    private readonly OverloadOptions _options;
    private readonly List<Round> _rounds = [];

    public OverloadReport(OverloadOptions options) => _options = options;

    private IEnumerable<IGrouping<string, Round>> Doors => _rounds.Where(static r => !r.IsVoid).GroupBy(r => r.Door);

    /// <summary>Enough rounds in which the generator kept its schedule; else nothing was shown.</summary>
    public bool IsComplete => Doors.Count() == 2 && Doors.All(door => door.Count() == _options.Rounds);

    /// <summary>What was promised and does not hold.</summary>
    public IReadOnlyList<string> Broken
    {
        get
        {
            var broken = new List<string>();
            foreach (var door in Doors)
            {
                var ratio = Median(door.Select(static r => r.GoodputRatio));
                var mean = Server(door).MeanMs;
                Check(ratio >= GoodputRatioMin, Invariant($"goodput at 3x is {ratio:0.00} of the peak"));
                Check(mean < ShedServerMeanMsMax, Invariant($"a refusal takes the switch {mean:0.000} ms"));
                Check(door.Sum(static r => r.Shed) > 0, "nothing was shed");
                Check(door.All(static r => r.Recovered), "refusals go on after the load has fallen");
                Check(door.All(static r => r.Others.Count == 0), "replies neither final nor refused by the book");

                void Check(bool holds, string what)
                {
                    if (!holds) broken.Add($"{door.Key}: {what}");
                }
            }

            return broken;
        }
    }

    public void Add(Round round) => _rounds.Add(round);

    public IReadOnlyList<Round> Valid(string door) => [.. _rounds.Where(r => r.Door == door && !r.IsVoid)];

    public static string Row(Round r) => string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Door,-6} {r.PeakPerSecond,7:0} {r.OfferedPerSecond,7:0} {r.GoodputPerSecond,9:0} {r.GoodputRatio,5:0.000}"
        + $" {r.Shed,7} {r.Others.Values.Sum(),6} {r.ShedClientP50Ms,8:0.00} ms {r.ShedClientP99Ms,6:0.0}"
        + $" {r.ShedServer.MeanMs,9:0.000} ms {r.ShedServer.UnderOneMsShare,7:0.0000} {r.LateShare,6:0.0%}"
        + $" {r.RefusedInFirstSecond,14}, {r.RefusedLater,5} {r.RecoveredGoodputShare,11:0.0000}"
        + $"{(r.IsVoid ? "  void" : "")}");

    public async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync();
        foreach (var door in Doors)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{door.Key}: peak {Spread(door, static r => r.PeakPerSecond, "0")} a second,"
                + $" goodput at 3x {Spread(door, static r => r.GoodputRatio, "0.000")} of it,"
                + $" a refusal takes the switch {Spread(door, static r => r.ShedServer.MeanMs, "0.000")} ms,"
                + $" {Spread(door, static r => r.ShedServer.UnderOneMsShare, "0.0000")} of them at most 1 ms"));
        }

        foreach (var (name, count) in _rounds.SelectMany(static r => r.Others))
            await output.WriteLineAsync($"neither final nor shed: {count} x {name}");
        foreach (var fault in Broken) await output.WriteLineAsync($"BROKEN {fault}");
        if (!IsComplete) await output.WriteLineAsync("VOID: the generator did not keep its schedule in enough rounds");
    }

    public string SummaryLine() => JsonSerializer.Serialize(Summary(), Compact);

    public string ToJson() => JsonSerializer.Serialize(new { Summary = Summary(), Rounds = _rounds }, Indented);

    private Dictionary<string, object> Summary()
    {
        var doors = Doors.ToDictionary(static door => door.Key, DoorSummary);
        var all = doors.Values;
        return new Dictionary<string, object>
        {
            ["peak_per_s"] = Rounded(Median(all.Select(static d => d.PeakPerS))),
            // Of the worse door, both ways in.
            ["goodput_at_3x_ratio"] = all.Select(static d => d.GoodputRatio).DefaultIfEmpty().Min(),
            ["shed_server_mean_ms"] = all.Select(static d => d.ShedServerMeanMs).DefaultIfEmpty().Max(),
            ["shed_server_under_1ms_share"] =
                all.Select(static d => d.ShedServerUnderOneMsShare).DefaultIfEmpty().Min(),
            ["recovered_within_1s"] = all.Count > 0 && all.All(static d => d.Recovered),
            ["holds"] = IsComplete && Broken.Count == 0,
            ["void_rounds"] = _rounds.Count(static r => r.IsVoid),
            ["doors"] = doors,
        };
    }

    private static DoorFigures DoorSummary(IGrouping<string, Round> door) => new(
        door.Count(),
        Rounded(Median(door.Select(static r => r.PeakPerSecond))),
        Rounded(Median(door.Select(static r => r.GoodputRatio))),
        Rounded(door.Min(static r => r.GoodputRatio)),
        Rounded(door.Max(static r => r.GoodputRatio)),
        door.Sum(static r => r.Shed),
        Rounded(Server(door).MeanMs),
        Rounded(Server(door).UnderOneMsShare),
        Rounded(Median(door.Select(static r => r.ShedClientP50Ms))),
        Rounded(Median(door.Select(static r => r.ShedClientP99Ms))),
        door.All(static r => r.Recovered));

    private static RefusalTimes Server(IEnumerable<Round> rounds) =>
        rounds.Aggregate(default(RefusalTimes), static (sum, round) => sum + round.ShedServer);

    private static string Spread(IEnumerable<Round> rounds, Func<Round, double> of, string format)
    {
        var values = rounds.Select(of).ToList();
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(Median(values))} ({Text(values.Min())} to {Text(values.Max())})";
    }

    private static double Median(IEnumerable<double> values)
    {
        var ordered = values.Order().ToList();
        return ordered.Count == 0 ? 0 : (ordered[(ordered.Count - 1) / 2] + ordered[ordered.Count / 2]) / 2;
    }

    private static double Rounded(double value) => Math.Round(value, 4);

    private sealed record DoorFigures(
        int Rounds, double PeakPerS, double GoodputRatio, double GoodputRatioMin, double GoodputRatioMax, int Shed,
        double ShedServerMeanMs, double ShedServerUnderOneMsShare, double ShedClientP50Ms, double ShedClientP99Ms,
        bool Recovered);
}
