using System.Globalization;
using System.Net.Sockets;
using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>The console program: one host until it is stopped.</summary>
internal static class SimulatorCommand
{
    /// <summary>Exit code after an orderly stop.</summary>
    public const int Stopped = 0;

    /// <summary>Exit code when the host cannot start: a file, the scenario, the port.</summary>
    public const int CannotStart = 1;

    /// <summary>Exit code of a wrong command line.</summary>
    public const int WrongUsage = 2;

    /// <summary>Exit code when the ledger could not be written at the end.</summary>
    public const int CannotWriteLedger = 3;

    /// <summary>Runs a host until the token is cancelled, and returns the exit code.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken stop)
    {
        if (!SimulatorArguments.TryParse(args, out var arguments, out var fault))
        {
            await error.WriteLineAsync($"{fault}; --help shows the options");
            return WrongUsage;
        }

        if (arguments.IsHelp)
        {
            await output.WriteLineAsync(SimulatorArguments.Usage);
            return Stopped;
        }

        if (await StartAsync(arguments, output, error) is not { } host) return CannotStart;
        await using (host)
        {
            await output.WriteLineAsync($"{host}; Ctrl-C stops");
            await output.FlushAsync(CancellationToken.None);
            await StoppedAsync(stop);
        }

        await PrintTotalsAsync(host, output);
        return !arguments.IsLedgerAtEnd || await WriteLedgerAsync(host, arguments.LedgerFile!, error)
            ? Stopped
            : CannotWriteLedger;
    }

    private static async Task<AcquirerHost?> StartAsync(
        SimulatorArguments arguments, TextWriter output, TextWriter error)
    {
        try
        {
            return await AcquirerHost.StartAsync(new AcquirerHostOptions
            {
                Name = arguments.Name,
                Address = arguments.Address,
                Port = arguments.Port,
                Dialect = IsoDialect.Resolve(arguments.Dialect),
                Scenario = arguments.Scenario is { } path ? Scenario.Load(path) : Scenario.ApproveAll,
                LedgerFile = arguments.IsLedgerAtEnd ? null : arguments.LedgerFile,
                LedgerMaxEntries = arguments.LedgerMaxEntries,
                Log = arguments.IsQuiet ? null : output,
            });
        }
        catch (SocketException exception)
        {
            await error.WriteLineAsync($"cannot listen on {arguments.Address}:{arguments.Port}: {exception.Message}");
        }
        catch (Exception exception) when (exception
            is ScenarioException or IsoDialectException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(exception.Message);
        }

        return null;
    }

    private static async Task<bool> WriteLedgerAsync(AcquirerHost host, string path, TextWriter error)
    {
        try
        {
            LedgerFile.WriteAll(path, host.Ledger);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(exception.Message);
            return false;
        }
    }

    private static async Task StoppedAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }

    private static async Task PrintTotalsAsync(AcquirerHost host, TextWriter output)
    {
        var ledger = host.Ledger;
        var counters = host.Counters;
        await output.WriteLineAsync(
            $"{host.Name}: {counters.Messages} messages, {ledger.Count} entries, {ledger.DuplicateSends} duplicates");
        foreach (var total in ledger.Totals())
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{total.Currency} {total.Kind}: {total.ApprovedCount} approved {total.ApprovedMinor}, "
                + $"{total.ReversedCount} reversed {total.ReversedMinor}, net {total.NetCount} {total.NetMinor}"));
        }

        if (ledger.FileFault is { } fault) await output.WriteLineAsync(fault);
    }
}
