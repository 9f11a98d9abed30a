using Switch.Load.CommandLine;

namespace Switch.Load.Latency;

/// <summary>Latency as a program: its command line, its report, its exit status.</summary>
internal static class LatencyProgram
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var options = new LatencyOptions();
        if (await Verb.ReadAsync(
            options.Table, args, LatencyOptions.About, LatencyOptions.ExitStatus, output, error) is { } ended)
            return ended;

        return await Workplace.RunAsync(options, "latency", error, async folder =>
        {
            var report = await new LatencyRun(options, output).RunAsync(folder, stop);
            if (options.Json is { } json) await File.WriteAllTextAsync(json, report.ToJson(), CancellationToken.None);
            await output.WriteLineAsync(report.ToString());
            await output.WriteLineAsync(report.SummaryLine());
            return report.IsVoid;
        });
    }
}
