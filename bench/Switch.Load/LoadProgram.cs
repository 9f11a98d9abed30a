using System.Runtime.InteropServices;
using Switch.Load.Compare;

namespace Switch.Load;

/// <summary>The load tool: one verb, then its options.</summary>
internal static class LoadProgram
{
    private const string Usage = """
        Load tool of the card payment switch.

          compare     the switch, a naive handler and a bare gRPC server, turn by turn on this machine

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
            case ["compare", .. var rest]:
                return await CompareProgram.RunAsync(rest, output, error, stop.Token);
            case ["--help" or "-h" or "help"]:
                await output.WriteLineAsync(Usage);
                return 0;
            default:
                await error.WriteLineAsync(args.Length == 0 ? Usage : $"no such verb: {args[0]}\n{Usage}");
                return WrongUsage;
        }
    }
}
