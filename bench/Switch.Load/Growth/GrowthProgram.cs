using Switch.Load.CommandLine;
using Switch.Load.Compare;

namespace Switch.Load.Growth;

/// <summary>Growth as a program: its command line, its reports, its exit status.</summary>
internal static class GrowthProgram
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var options = new GrowthOptions();
        if (await Verb.ReadAsync(
            options.Table, args, GrowthOptions.About, GrowthOptions.ExitStatus, output, error) is { } ended)
            return ended;

        return await Workplace.RunAsync(options, "growth", error, async folder =>
        {
            var report = new GrowthReport(RunCard.Of(folder));
            try
            {
                await new GrowthRun(options, output).RunAsync(folder, report, stop);
            }
            finally
            {
                await TellAsync(report, options, output);
            }

            return report.IsVoid;
        });
    }

    // What was measured before a step failed is worth keeping.
    private static async Task TellAsync(GrowthReport report, GrowthOptions options, TextWriter output)
    {
        if (report.Points.Count == 0) return;
        if (options.Json is { } json) await File.WriteAllTextAsync(json, report.ToJson(), CancellationToken.None);
        if (options.Html is { } html)
            await File.WriteAllTextAsync(html, GrowthHtml.Of(report, options), CancellationToken.None);
        foreach (var (name, count) in report.Faults)
            await output.WriteLineAsync(FormattableString.Invariant($"NOT APPROVED: {count} x {name}"));
        await output.WriteLineAsync(report.SummaryLine());
    }
}
