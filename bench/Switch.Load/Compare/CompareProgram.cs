using Switch.Load.CommandLine;

namespace Switch.Load.Compare;

/// <summary>Compare as a program: its command line, its report, its exit status.</summary>
internal static class CompareProgram
{
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var options = new CompareOptions();
        if (await Verb.ReadAsync(
            options.Table, args, CompareOptions.About, CompareOptions.ExitStatus, output, error) is { } ended)
            return ended;

        return await Workplace.RunAsync(options, "compare", error, async folder =>
        {
            var report = await new CompareRun(options, output).RunAsync(folder, stop);
            if (options.Json is { } json) await File.WriteAllTextAsync(json, report.ToJson(), CancellationToken.None);
            if (options.Svg is { } svg) await File.WriteAllTextAsync(svg, report.ToSvg(), CancellationToken.None);
            await report.PrintAsync(output);
            await output.WriteLineAsync(report.SummaryLine());
            return report.IsVoid;
        });
    }
}
