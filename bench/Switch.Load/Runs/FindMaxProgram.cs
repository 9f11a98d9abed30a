using System.Text.Json;
using Switch.Load.CommandLine;
using Switch.Load.Doors;
using Switch.Load.Reports;
using static System.FormattableString;

namespace Switch.Load.Runs;

/// <summary>find-max as a program: its command line, a line a step, its exit status.</summary>
internal static class FindMaxProgram
{
    private const int Found = 0;
    private const int NotFound = 1;
    private const double AchievedMin = 0.98;

    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var options = new FindMaxOptions();
        var ended = await Verb.ReadAsync(
            options.Table, args, FindMaxOptions.About, FindMaxOptions.ExitStatus, output, error);
        if (ended is { } status) return status;
        if ((options.Fault() ?? await options.Load.Target.FindFaultAsync()) is { } fault)
        {
            await error.WriteLineAsync(fault);
            return Verb.WrongUsage;
        }

        await output.WriteLineAsync(options.Load.ToString());
        await output.WriteLineAsync(" asked/s   got/s  errors   late      p50      p99  ms");
        var (search, steps) = await SearchAsync(options, output, stop);
        if (options.Json is { } json)
            await File.WriteAllTextAsync(
                json, JsonSerializer.Serialize(steps, ReportJson.Compact), CancellationToken.None);
        await output.WriteLineAsync(search.Best is { } rate
            ? Invariant($"highest rate with p99 under {options.P99Ms} ms: {rate:0.#} a second")
            : Invariant($"not even {options.From} a second has its p99 under {options.P99Ms} ms"));
        var best = steps.LastOrDefault(step => step.AskedPerSecond == search.Best);
        await output.WriteLineAsync(JsonSerializer.Serialize(
            new { MaxPerS = search.Best, P99Ms = best?.Latency.P99, BoundMs = options.P99Ms, Steps = steps.Count },
            ReportJson.Compact));
        return search.Best is null ? NotFound : Found;
    }

    /// <summary>What broke a step; null when it holds.</summary>
    public static string? WhyNot(StepResult step, RunResult result, double p99Ms, double errorsMaxPercent) =>
        step.Latency.P99 > p99Ms ? "p99"
        : step.ErrorShare * 100 > errorsMaxPercent ? "errors"
        : step.AchievedPerSecond < AchievedMin * step.AskedPerSecond ? "falls behind"
        : result.IsVoid ? "the generator falls behind"
        : null;

    private static async Task<(RateSearch Search, List<StepResult> Steps)> SearchAsync(
        FindMaxOptions options, TextWriter output, CancellationToken stop)
    {
        var search = new RateSearch(options.From, options.To, options.PrecisionPercent / 100);
        var steps = new List<StepResult>();
        await using var door = Door.Open(
            options.Load.Target, options.Load.IsStream, options.Load.Connections, options.Load.Patience);
        var sender = options.Load.Sender(door);
        while (search.Next is { } rate && !stop.IsCancellationRequested)
        {
            var schedule = Schedule.Of([rate], options.Duration, options.WarmUp);
            var result = await new LoadRun(sender.SendNextAsync, schedule, options.Load).RunAsync(0, null, stop);
            if (stop.IsCancellationRequested) break;
            var step = result.Measured.First();
            steps.Add(step);
            var why = WhyNot(step, result, options.P99Ms, options.ErrorsMaxPercent);
            search.Tell(why is null);
            await output.WriteLineAsync(
                Invariant($"{rate,8:0.#} {step.AchievedPerSecond,7:0.0} {step.ErrorShare,7:0.0%} ")
                + Invariant($"{step.LateShare,6:0.0%} ")
                + Invariant($"{step.Latency.P50,8:0.00} {step.Latency.P99,8:0.00}  {why ?? "holds"}"));
        }

        return (search, steps);
    }
}
