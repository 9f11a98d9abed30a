using System.Text.Json;
using Switch.Load.Reports;
using static System.FormattableString;

namespace Switch.Load.Compare;

/// <summary>All measurements: medians with their spread, ratios taken within each round, and the one line.</summary>
internal sealed class CompareReport
{
    public const string MeasurementHeader =
        "round shape     who         /s  p50 ms  p99 ms  cpu us: client server  redis broker  acqu. check   "
        + "alloc B gc pause backlog others";

    private const int CommitDigits = 10;

    private static readonly string[] Processes = ["client", "server", "redis", "broker", "acquirer", CompareRun.Check];

    private readonly CompareOptions _options;
    private readonly List<WarmUp> _warmUps = [];
    private readonly List<Measurement> _measurements = [];
    private HonestyCheck? _check;

    public CompareReport(CompareOptions options, RunCard card)
    {
        _options = options;
        Card = card;
    }

    public RunCard Card { get; }

    public bool IsVoid => _check is not { IsVoid: false };

    public static string Line(Measurement m) => Invariant(
        $"{m.Round,5} {m.Shape,-9} {Letter(m.Contender)} {m.Contender,-6} {m.PerSecond,7:0} {m.P50Ms,7:0.00} ")
        + Invariant($"{m.P99Ms,7:0.00}          {Cpu(m, "client"),6:0.0} {Cpu(m, "server"),6:0.0} ")
        + Invariant($"{Cpu(m, "redis"),6:0.0} {Cpu(m, "broker"),6:0.0} {Cpu(m, "acquirer"),6:0.0} ")
        + Invariant($"{Cpu(m, CompareRun.Check),5:0.0} {m.AllocatedBytes,9:0} {m.PauseShare,7:0.0%} {m.Backlog,7} ")
        + Invariant($"{m.OthersShare,6:0.0%}");

    public void Add(WarmUp warmUp) => _warmUps.Add(warmUp);

    public void Add(Measurement measurement) => _measurements.Add(measurement);

    public void Judge(HonestyCheck check) => _check = check;

    public async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(Invariant($"\nmedian (min-max) of {_options.Rounds} rounds"));
        foreach (var shape in _options.Shapes)
        {
            await output.WriteLineAsync(Invariant(
                $"\n{shape.Name}: {shape.InFlight} in flight over {_options.Connections} connections"));
            foreach (var contender in _options.Contenders)
            {
                var of = Of(contender, shape);
                await output.WriteLineAsync(Invariant(
                    $"  {Letter(contender)} {contender,-6} {Spread.Of(of.Select(m => m.PerSecond)),-24:0} a second  ")
                    + Invariant($"p50 {Spread.Of(of.Select(m => m.P50Ms)):0.00} ms  ")
                    + Invariant($"p99 {Spread.Of(of.Select(m => m.P99Ms)):0.00} ms"));
                await output.WriteLineAsync(Invariant(
                    $"           cpu us an answer: {Spread.Of(of.Select(m => m.TotalCpuUs)):0.0} = ") + string.Join(
                    ", ", Processes.Where(p => p != CompareRun.Check).Select(
                        p => Invariant($"{p} {Spread.Of(of.Select(m => Cpu(m, p))).Median:0.0}")))
                    + Invariant($"; beside it check {Spread.Of(of.Select(m => Cpu(m, CompareRun.Check))).Median:0.0}"));
                await output.WriteLineAsync(
                    Invariant($"           {Spread.Of(of.Select(m => m.AllocatedBytes)):0} bytes allocated, ")
                    + Invariant($"gc pauses {Spread.Of(of.Select(m => m.PauseShare)):0.0%} of the time, ")
                    + Invariant($"answer {of[^1].AnswerBytes} bytes"));
            }

            if (Ratio(shape, Contender.Bare) is { } toBare)
                await output.WriteLineAsync(Invariant($"  C/A {toBare:0.000}"));
            if (Ratio(shape, Contender.Naive) is { } toNaive)
                await output.WriteLineAsync(Invariant($"  C/B {toNaive:0.000}"));
        }

        await output.WriteLineAsync(Invariant(
            $"\nothers used {Spread.Of(_measurements.Select(m => m.OthersShare)):0.0%} of all cores meanwhile"));
        if (_check is null) return;
        await output.WriteLineAsync(IsVoid
            ? "VOID:\n  " + string.Join("\n  ", _check.Reasons)
            : !_options.Contenders.Contains(Contender.Switch)
            ? "all answers are approvals; the switch was not measured"
            : Invariant($"each of the switch's {_check.Answers} answers is approved in the acquirer's ledger, once, ")
                + "and on Kafka");
    }

    /// <summary>The last line: what was not measured is not in it.</summary>
    public string SummaryLine()
    {
        var line = new Dictionary<string, object>();
        AddRatio("unary64_ratio", Shape.Unary64, Contender.Bare);
        AddRatio("unary256_ratio", Shape.Unary256, Contender.Bare);
        AddRatio("stream_ratio", Shape.Stream512, Contender.Bare);
        AddRatio("vs_naive_unary", Shape.Unary256, Contender.Naive);
        AddRatio("vs_naive_stream", Shape.Stream512, Contender.Naive);
        AddStream("switch_stream_per_s", 0, static m => m.PerSecond);
        AddStream("switch_cpu_us", 1, static m => Cpu(m, "server"));
        AddStream("total_cpu_us", 1, static m => m.TotalCpuUs);
        AddStream("alloc_bytes", 0, static m => m.AllocatedBytes);
        AddRatio("vs_naive_unary64", Shape.Unary64, Contender.Naive);
        line.Add("void", IsVoid);
        return JsonSerializer.Serialize(line, ReportJson.Compact);

        void AddRatio(string name, Shape shape, Contender to)
        {
            if (Ratio(shape, to) is { } ratio) line.Add(name, Math.Round(ratio.Median, 3));
        }

        void AddStream(string name, int digits, Func<Measurement, double> value)
        {
            var stream = Of(Contender.Switch, Shape.Stream512);
            if (stream.Count > 0) line.Add(name, Math.Round(Spread.Of(stream.Select(value)).Median, digits));
        }
    }

    public string ToJson() => JsonSerializer.Serialize(
        new { Card, WarmUps = _warmUps, Check = _check, Measurements = _measurements }, ReportJson.Indented);

    /// <summary>The rates as a picture.</summary>
    public string ToSvg() => CompareChart.Of(
        _measurements,
        Invariant($"median and spread of {_options.Rounds} rounds of {_options.Measured.TotalSeconds:0.#} s; ")
        + Invariant($"{Card.Cores} cores for client, server, Redis, broker and acquirer; {ShortBuild}"));

    // As much of the commit as a picture has room for.
    private string ShortBuild => Card.Build.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus
        && Card.Build.Length > plus + CommitDigits ? Card.Build[..(plus + 1 + CommitDigits)] : Card.Build;

    private static char Letter(Contender contender) => (char)('A' + (int)contender);

    private static double Cpu(Measurement m, string process) => m.CpuUs.GetValueOrDefault(process);

    private List<Measurement> Of(Contender contender, Shape shape) =>
        [.. _measurements.Where(m => m.Contender == contender && m.Shape == shape.Name)];

    // Within a round: neighbours in time had the same machine. Null when one of the two was not measured.
    private Spread? Ratio(Shape shape, Contender to)
    {
        var ratios = Of(Contender.Switch, shape)
            .Zip(Of(to, shape), static (c, other) => c.PerSecond / other.PerSecond).ToList();
        return ratios.Count == 0 ? null : Spread.Of(ratios);
    }
}
