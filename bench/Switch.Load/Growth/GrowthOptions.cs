using Switch.Load.CommandLine;

namespace Switch.Load.Growth;

/// <summary>What grows.</summary>
internal enum Grown
{
    /// <summary>Records in Redis.</summary>
    Redis,

    /// <summary>BIN ranges of the routing file.</summary>
    Bins,

    /// <summary>Connections of terminals.</summary>
    Connections,

    /// <summary>Rows of events that wait for Kafka.</summary>
    Outbox,
}

/// <summary>The command line of growth.</summary>
internal sealed class GrowthOptions : MeasurementOptions
{
    /// <summary>The limit of the switch on ranges.</summary>
    private const int RangesMax = 1_000_000;

    public const string About = """
        Measures whether the cost of an authorization grows with what the switch has to keep: records in Redis, BIN
        ranges, connections, events that wait for Kafka. Two switches run, each with a redis-server of its own; one
        stays as it began, the other grows, and both are measured turn by turn.

          dotnet run -c Release --project bench/Switch.Load -- growth [options]
        """;

    public const string ExitStatus = """
        Exit status: 0 measured, 1 some requests had no approval, 2 the run could not be made. The last line is one
        JSON object.
        """;

    public GrowthOptions()
    {
        Table.Some(
            "--series", Enum.GetValues<Grown>(), NameOf, "redis, bins, connections, outbox, or some (all)", SetSeries)
            .Sizes("--records", 1, 20_000_000, "in Redis (10000,100000,1000000,5000000)", n => Records = n)
            .Sizes("--ranges", 10, RangesMax, "BIN ranges (1000,10000,100000,1000000)", n => Ranges = n)
            .Sizes("--terminals", 1, 60_000, "connections (100,1000,10000)", n => Connections = n)
            .Sizes("--rows", 0, 4_000_000, "events that wait for Kafka (0,100000,1000000)", n => Rows = n)
            .Seconds("--seconds", 1, 600, "of each measurement (3)", time => Measured = time)
            .Seconds("--warm-up", 0, 60, "seconds of each measurement before it counts (1)", time => WarmUp = time)
            .Seconds("--first-warm-up", 0, 600, "seconds after each start of a switch (6)", time => FirstWarmUp = time);
        AddShared(drawsCharts: true);
    }

    public IReadOnlyList<Grown> Series { get; private set; } = Enum.GetValues<Grown>();

    public IReadOnlyList<int> Records { get; private set; } = [10_000, 100_000, 1_000_000, 5_000_000];

    public IReadOnlyList<int> Ranges { get; private set; } = [1_000, 10_000, 100_000, 1_000_000];

    public IReadOnlyList<int> Connections { get; private set; } = [100, 1_000, 10_000];

    public IReadOnlyList<int> Rows { get; private set; } = [0, 100_000, 1_000_000];

    public TimeSpan Measured { get; private set; } = TimeSpan.FromSeconds(3);

    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(1);

    public TimeSpan FirstWarmUp { get; private set; } = TimeSpan.FromSeconds(6);

    public static string NameOf(Grown grown) => grown switch
    {
        Grown.Redis => "redis",
        Grown.Bins => "bins",
        Grown.Connections => "connections",
        _ => "outbox",
    };

    private void SetSeries(IReadOnlyList<Grown> series) => Series = series;
}
