using System.Runtime.InteropServices;
using Switch.Programs;

namespace Switch.Chaos.Overload;

/// <summary>The overload run as a program: its command line, its folder, its report, its exit status.</summary>
internal static class OverloadProgram
{
    private const int Holds = 0;
    private const int Broken = 1;
    private const int HarnessFailed = 2;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var options = OverloadOptions.Parse(args, out var fault);
        if (options is null || options.Help)
        {
            if (options is null) await error.WriteLineAsync($"{fault}\n");
            await output.WriteLineAsync(OverloadOptions.Usage);
            return options is null ? HarnessFailed : Holds;
        }

        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = options.WorkFolder is { } given
            ? Directory.CreateDirectory(given).FullName
            : Directory.CreateTempSubdirectory("switch-overload-").FullName;
        var status = HarnessFailed;
        try
        {
            var report = await new OverloadRun(options, output).RunAsync(folder, stop.Token);
            if (options.Json is { } json) await File.WriteAllTextAsync(json, report.ToJson(), CancellationToken.None);
            await report.PrintAsync(output);
            status = report.Broken.Count > 0 ? Broken : report.IsComplete ? Holds : HarnessFailed;
            if (status != Holds || options.Keep) await output.WriteLineAsync($"Logs are in {folder}");
            await output.WriteLineAsync(report.SummaryLine());
        }
        catch (Exception e) when (e is HarnessException or IOException)
        {
            await error.WriteLineAsync($"The run failed, which says nothing about the switch: {e}");
            await error.WriteLineAsync($"Logs are in {folder}");
        }

        if (status == Holds && !options.Keep && options.WorkFolder is null) Directory.Delete(folder, recursive: true);
        return status;
    }
}
