using HdrHistogram;
using Switch.Load.CommandLine;
using Switch.Load.Doors;
using Switch.Load.Reports;
using static System.FormattableString;

namespace Switch.Load.Runs;

/// <summary>Run as a program: its command line, its report, its exit status.</summary>
internal static class RunProgram
{
    private const int Done = 0;
    private const int Void = 1;
    private const int LimitBroken = 99;

    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var options = new RunOptions();
        var ended = await Verb.ReadAsync(
            options.Table, args, RunOptions.About, RunOptions.ExitStatus, output, error);
        if (ended is { } status) return status;
        if ((options.Fault() ?? FileFault(options) ?? await options.Load.Target.FindFaultAsync()) is { } fault)
        {
            await error.WriteLineAsync(fault);
            return Verb.WrongUsage;
        }

        await output.WriteLineAsync(options.Load.ToString());
        var schedule = Schedule.Of(options.Rates, options.Duration, options.WarmUp);
        var door = Door.Open(
            options.Load.Target, options.Load.IsStream, options.Load.Connections, options.Load.Patience);
        RunResult result;
        await using (door)
        {
            var progress = new ProgressLine(output, !Console.IsOutputRedirected);
            result = await new LoadRun(options.Load.Sender(door).SendNextAsync, schedule, options.Load)
                .RunAsync(options.Callers, progress, stop);
        }

        var broken = BrokenLimits(result, options);
        await WriteAsync(result, options, broken);
        await RunTable.PrintAsync(result, output);
        foreach (var limit in broken) await output.WriteLineAsync($"BROKEN: {limit}");
        await output.WriteLineAsync(RunJson.Line(result, broken));
        return result.IsVoid ? Void : broken.Count > 0 ? LimitBroken : Done;
    }

    // Found out before a run of an hour, not after it.
    private static string? FileFault(RunOptions options)
    {
        foreach (var path in new[] { options.Json, options.Html, options.Hgrm }.OfType<string>())
        {
            try
            {
                using var file = File.Open(path, FileMode.OpenOrCreate, FileAccess.Write);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return $"{path} can't be written: {e.Message}";
            }
        }

        return null;
    }

    private static async Task WriteAsync(RunResult result, RunOptions options, IReadOnlyList<string> broken)
    {
        if (options.Json is { } json) await File.WriteAllTextAsync(json, RunJson.Of(result, options.Load, broken));
        if (options.Html is { } html) await File.WriteAllTextAsync(html, HtmlReport.Of(result, options.Load));
        if (options.Hgrm is not { } hgrm) return;
        await using var writer = new StreamWriter(hgrm);
        // Microseconds in, milliseconds out, as the tools that draw this form expect.
        result.Latencies().OutputPercentileDistribution(writer, 5, 1000);
    }

    private static List<string> BrokenLimits(RunResult result, RunOptions options)
    {
        var broken = new List<string>();
        foreach (var step in result.Measured)
        {
            var at = step.AskedPerSecond > 0 ? Invariant($" at {step.AskedPerSecond} a second") : "";
            if (step.Latency.P99 > options.P99MaxMs)
                broken.Add(Invariant($"p99 is {step.Latency.P99:0.00} ms{at}, at most {options.P99MaxMs} was asked"));
            if (step.ErrorShare * 100 > options.ErrorsMaxPercent)
                broken.Add(Invariant($"{step.ErrorShare:0.00%} have no answer{at}"));
            if (step.AchievedPerSecond / step.AskedPerSecond * 100 < options.AchievedMinPercent)
                broken.Add(Invariant($"only {step.AchievedPerSecond:0.0} answers a second came{at}"));
        }

        return broken;
    }
}
