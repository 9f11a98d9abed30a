using System.Globalization;
using System.Runtime.InteropServices;
using Switch.Load.Compare;
using Switch.Load.Growth;
using Switch.Load.Latency;
using Switch.Load.Payments;
using Switch.Load.Runs;

namespace Switch.Load;

/// <summary>The load tool: one verb, then its options.</summary>
internal static class LoadProgram
{
    private const string Usage = """
        Load tool of the card payment switch.

          run         send payments to a switch: by schedule or in a closed loop; percentiles, charts
          find-max    the highest rate whose p99 stays under a bound
          merchants   print the merchants file for so many generated terminals
          compare     the switch, a naive handler and a bare gRPC server, turn by turn on this machine
          latency     what the switch adds to an authorization at half its highest rate
          growth      what an authorization costs as records, BIN ranges, connections and waiting events grow

        "compare --help" and so on show the options.
        """;

    private const int WrongUsage = 2;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        switch (args)
        {
            case ["run", .. var rest]:
                return await RunProgram.RunAsync(rest, output, error, stop.Token);
            case ["find-max", .. var rest]:
                return await FindMaxProgram.RunAsync(rest, output, error, stop.Token);
            case ["merchants", .. var rest]:
                return await PrintMerchantsAsync(rest, output, error);
            case ["compare", .. var rest]:
                return await CompareProgram.RunAsync(rest, output, error, stop.Token);
            case ["latency", .. var rest]:
                return await LatencyProgram.RunAsync(rest, output, error, stop.Token);
            case ["growth", .. var rest]:
                return await GrowthProgram.RunAsync(rest, output, error, stop.Token);
            case ["--help" or "-h" or "help"]:
                await output.WriteLineAsync(Usage);
                return 0;
            default:
                await error.WriteLineAsync(args.Length == 0 ? Usage : $"no such verb: {args[0]}\n{Usage}");
                return WrongUsage;
        }
    }

    private static async Task<int> PrintMerchantsAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (args is not [var text]
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is < 1 or > Terminals.GeneratedMax)
        {
            await error.WriteLineAsync($"usage: merchants N, with N terminals from 1 to {Terminals.GeneratedMax}");
            return WrongUsage;
        }

        await output.WriteAsync(Terminals.ToMerchantsFile(Terminals.Generate(count)));
        return 0;
    }
}
