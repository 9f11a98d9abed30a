using Switch.Load.CommandLine;

namespace Switch.Load.Latency;

/// <summary>The command line of latency.</summary>
internal sealed class LatencyOptions : MeasurementOptions
{
    public const string About = """
        Measures what the switch adds to an authorization at half its highest rate: the whole, as a terminal sees it,
        and beside it the acquirer's own time, which the switch measures from the socket to the reply, and the same
        calls to a bare gRPC server, which is what client and protocol take. Starts everything itself, as compare does.

          dotnet run -c Release --project bench/Switch.Load -- latency [options]
        """;

    public const string ExitStatus = """
        Exit status: 0 measured, 1 void, 2 the run could not be made. The last line is one JSON object.
        """;

    public LatencyOptions()
    {
        Table.Number(
            "--max", 1, 1_000_000, "the highest rate, when it is known (it is searched for)", rate => Max = rate)
            .Number("--p99", 0.1, 60_000, "milliseconds under which the highest rate keeps (50)", ms => P99Ms = ms)
            .Number("--from", 1, 1_000_000, "first rate of the search, a second (200)", rate => From = rate)
            .Seconds("--step", 1, 600, "seconds of each step of the search (3)", time => Step = time)
            .Seconds("--seconds", 1, 600, "of each measurement (5)", time => Measured = time)
            .Whole("--connections", 1, 64, "of the client (4)", n => Connections = n);
        AddShared();
    }

    public double? Max { get; private set; }

    public double P99Ms { get; private set; } = 50;

    public double From { get; private set; } = 200;

    public TimeSpan Step { get; private set; } = TimeSpan.FromSeconds(3);

    public TimeSpan Measured { get; private set; } = TimeSpan.FromSeconds(5);

    public int Connections { get; private set; } = 4;
}
