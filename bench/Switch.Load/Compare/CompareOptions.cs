using Switch.Load.CommandLine;

namespace Switch.Load.Compare;

/// <summary>The command line of compare.</summary>
internal sealed class CompareOptions : MeasurementOptions
{
    public const string About = """
        Compares, in one run and turn by turn, on the same machine with the same client:
          A  bare     the same contract on the same gRPC server, a handler that returns a fixed answer
          B  naive    claim in Redis, acquirer, answer into Redis, Kafka: each awaited in turn, no journal
          C  switch   the switch as shipped, all durability on
        with redis-server, a Kafka-protocol broker and an acquirer host as processes of their own. An answer of C that
        is not approved in the acquirer's ledger and on Kafka makes the run void.

          dotnet run -c Release --project bench/Switch.Load -- compare [options]
        """;

    public const string ExitStatus = """
        Exit status: 0 measured, 1 void, 2 the run could not be made. The last line is one JSON object.
        """;

    public CompareOptions()
    {
        Table.Seconds("--seconds", 1, 600, "of each measurement (5)", time => Measured = time)
            .Some(
                "--only", Enum.GetValues<Contender>(), ContenderNames.Of, "measure bare, naive, switch, or some (all)",
                list => Contenders = list)
            .Some(
                "--shapes", Shape.All, static s => s.Name, "unary64, unary256, stream512, or some (all)",
                list => Shapes = list)
            .Seconds(
                "--warm-up", 0, 60, "seconds of each measurement before it counts; 0: no warm-up at all (1)",
                time => WarmUp = time)
            .Whole("--connections", 1, 64, "of the client (4)", n => Connections = n);
        Table.Text("--svg", "FILE", "draw the rates", path => Svg = path);
        AddShared();
    }

    public TimeSpan Measured { get; private set; } = TimeSpan.FromSeconds(5);

    public IReadOnlyList<Contender> Contenders { get; private set; } = Enum.GetValues<Contender>();

    public IReadOnlyList<Shape> Shapes { get; private set; } = Shape.All;

    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(1);

    public int Connections { get; private set; } = 4;

    public string? Svg { get; private set; }
}
