using Switch.Chaos;
using Switch.Load.CommandLine;

namespace Switch.Load.Latency;

/// <summary>Latency as a program: its command line, its folder, its report, its exit status.</summary>
internal static class LatencyProgram
{
    private const int Measured = 0;
    private const int Void = 1;
    private const int HarnessFailed = 2;

    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        var options = new LatencyOptions();
        if (await Verb.ReadAsync(
            options.Table, args, LatencyOptions.About, LatencyOptions.ExitStatus, output, error) is { } ended)
            return ended;

        var folder = options.WorkFolder is { } given
            ? Directory.CreateDirectory(given).FullName
            : Directory.CreateTempSubdirectory("switch-latency-").FullName;
        var status = HarnessFailed;
        try
        {
            var report = await new LatencyRun(options, output).RunAsync(folder, stop);
            if (options.Json is { } json) await File.WriteAllTextAsync(json, report.ToJson(), CancellationToken.None);
            await output.WriteLineAsync(report.ToString());
            status = report.IsVoid ? Void : Measured;
            await output.WriteLineAsync(report.SummaryLine());
        }
        catch (Exception e) when (e is HarnessException or IOException or TimeoutException or HttpRequestException
            or OperationCanceledException)
        {
            await error.WriteLineAsync($"The run could not be made: {e.Message}");
            await error.WriteLineAsync($"Logs are in {folder}");
        }

        if (status == Measured && !options.Keep && options.WorkFolder is null)
            Directory.Delete(folder, recursive: true);
        return status;
    }
}
