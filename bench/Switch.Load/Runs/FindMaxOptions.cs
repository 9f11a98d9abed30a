using Switch.Load.CommandLine;

namespace Switch.Load.Runs;

/// <summary>The command line of find-max.</summary>
internal sealed class FindMaxOptions
{
    public const string About = """
        Looks for the highest rate whose p99, from the moment at which each request was to start, stays under a bound:
        raises the rate by half until a step fails, then halves the gap until it is small.

          dotnet run -c Release --project bench/Switch.Load -- find-max --p99 50
        """;

    public const string ExitStatus = """
        A step holds when its p99 is under the bound, at least 98 % of the rate are answered while it lasts, at most
        --errors percent have no answer, and the generator kept its schedule.
        Exit status: 0 found, 1 not even the first rate holds, 2 wrong options or nobody answers. The last line is one
        JSON object.
        """;

    public FindMaxOptions() => Table = Load.AddTo(new OptionTable()
        .Number("--p99", 0.1, 60_000, "milliseconds (50)", ms => P99Ms = ms)
        .Number("--from", 0.1, 1_000_000, "first rate, a second (100)", rate => From = rate)
        .Number("--to", 0.1, 1_000_000, "last rate (1000000)", rate => To = rate)
        .Number("--precision", 0.5, 50, "percent between what holds and what does not (5)", p => PrecisionPercent = p)
        .Number("--errors", 0, 100, "percent that may have no answer (0)", percent => ErrorsMaxPercent = percent)
        .Seconds("--duration", 1, 3_600, "seconds of each step (10)", time => Duration = time)
        .Seconds("--warm-up", 0, 600, "seconds of each step before it counts (3)", time => WarmUp = time)
        .Text("--json", "FILE", "write the steps as JSON", path => Json = path));

    public OptionTable Table { get; }

    public LoadOptions Load { get; } = new();

    public double P99Ms { get; private set; } = 50;

    public double From { get; private set; } = 100;

    public double To { get; private set; } = 1_000_000;

    public double PrecisionPercent { get; private set; } = 5;

    public double ErrorsMaxPercent { get; private set; }

    public TimeSpan Duration { get; private set; } = TimeSpan.FromSeconds(10);

    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(3);

    public string? Json { get; private set; }

    /// <summary>What is wrong with them together; null when nothing is.</summary>
    public string? Fault() => From > To ? "--from is above --to" : Load.Fault();
}
