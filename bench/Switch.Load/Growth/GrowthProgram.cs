using Switch.Chaos;
using Switch.Load.CommandLine;
using Switch.Load.Compare;

namespace Switch.Load.Growth;

/// <summary>Growth as a program: its command line, its folder, its reports, its exit status.</summary>
internal static class GrowthProgram
{
    private const int Measured = 0;
    private const int Void = 1;
    private const int HarnessFailed = 2;

    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var options = new GrowthOptions();
        if (await Verb.ReadAsync(
            options.Table, args, GrowthOptions.About, GrowthOptions.ExitStatus, output, error) is { } ended)
            return ended;

        var folder = options.WorkFolder is { } given
            ? Directory.CreateDirectory(given).FullName
            : Directory.CreateTempSubdirectory("switch-growth-").FullName;
        var report = new GrowthReport(RunCard.Of(folder));
        var status = HarnessFailed;
        try
        {
            await new GrowthRun(options, output).RunAsync(folder, report, stop);
            status = report.IsVoid ? Void : Measured;
        }
        catch (Exception e) when (e is HarnessException or IOException or TimeoutException or HttpRequestException
            or OperationCanceledException or StackExchange.Redis.RedisException
            or Microsoft.Data.Sqlite.SqliteException)
        {
            await error.WriteLineAsync($"The run could not be made: {e.Message}");
            await error.WriteLineAsync($"Logs are in {folder}");
        }

        await TellAsync(report, options, output);
        if (status == Measured && !options.Keep && options.WorkFolder is null)
            Directory.Delete(folder, recursive: true);
        return status;
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
