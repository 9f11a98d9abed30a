using System.Runtime.InteropServices;
using Switch.Programs;

namespace Switch.Chaos;

/// <summary>The run as a program: its folder, its signals, its report, its exit status.</summary>
internal static class ChaosProgram
{
    public const int Clean = 0;
    public const int Violated = 1;
    public const int SaysNothing = 2;

    public static async Task<int> RunAsync(ChaosOptions options, TextWriter output, TextWriter error)
    {
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
            : Directory.CreateTempSubdirectory("switch-chaos-").FullName;
        var status = SaysNothing;
        try
        {
            var report = await new ChaosRun(options, output).RunAsync(folder, stop.Token);
            await report.WriteRecordsAsync(folder);
            if (options.Json is { } json) await File.WriteAllTextAsync(json, report.ToJson(), CancellationToken.None);
            await report.PrintAsync(output);
            status = report.ExitStatus;
            if (status != Clean || options.Keep) await output.WriteLineAsync($"Logs and records are in {folder}");
            await output.WriteLineAsync(report.SummaryLine());
        }
        catch (Exception e) when (e is HarnessException or IOException or InvalidDataException)
        {
            await error.WriteLineAsync($"The run failed, which says nothing about the switch: {e}");
            await error.WriteLineAsync($"Logs are in {folder}");
        }

        if (status == Clean && !options.Keep && options.WorkFolder is null) Directory.Delete(folder, recursive: true);
        return status;
    }
}
