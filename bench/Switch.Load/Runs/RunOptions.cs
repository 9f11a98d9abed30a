using Switch.Load.CommandLine;

namespace Switch.Load.Runs;

/// <summary>The command line of run.</summary>
internal sealed class RunOptions
{
    public const string About = """
        Sends payments to a switch: by schedule (--rate, --rates), whatever becomes of those before, or in a closed loop
        (--in-flight). Latency by schedule is taken from the moment at which a request was to start, so that a stall is
        paid for by everybody who would have come meanwhile.

          dotnet run -c Release --project bench/Switch.Load -- run --rate 500 --duration 30 --html report.html
        """;

    public const string ExitStatus = """
        Exit status: 0 done, 1 void (the generator could not keep its schedule), 2 wrong options or nobody answers,
        99 a limit of --p99-max, --errors-max or --achieved-min was broken. The last line is one JSON object.
        """;

    private const int StepsMax = 100;
    private readonly List<double> _rates = [];

    public RunOptions()
    {
        Table = Load.AddTo(new OptionTable()
            .Number("--rate", 0.1, 1_000_000, "requests a second (100)", rate => _rates.Add(rate))
            .Checked("--rates", "N,N,...", "one after the other, each for --duration", SetRates)
            .Whole("--in-flight", 1, 100_000, "closed loop instead: callers that wait for their answer", SetCallers)
            .Seconds("--duration", 1, 86_400, "seconds of each rate (30)", time => Duration = time)
            .Seconds("--warm-up", 0, 600, "seconds before that, at the first rate; they don't count (5)", SetWarmUp)
            .Text("--json", "FILE", "write the result as JSON", path => Json = path)
            .Text("--html", "FILE", "write a report with charts, one file", path => Html = path)
            .Text("--hgrm", "FILE", "write the latency distribution as HdrHistogram prints it", path => Hgrm = path)
            .Number("--p99-max", 0.001, 60_000, "milliseconds; above it the exit status is 99", n => P99MaxMs = n)
            .Number("--errors-max", 0, 100, "percent without an answer; above it the exit status is 99", SetErrorsMax)
            .Number("--achieved-min", 0, 100, "percent of the rate; below it the exit status is 99", SetAchieved));
    }

    public OptionTable Table { get; }

    public LoadOptions Load { get; } = new();

    public IReadOnlyList<double> Rates => _rates.Count > 0 ? _rates : IsClosed ? [0] : [100];

    /// <summary>Callers of the closed loop; 0: by schedule.</summary>
    public int Callers { get; private set; }

    public bool IsClosed => Callers > 0;

    public TimeSpan Duration { get; private set; } = TimeSpan.FromSeconds(30);

    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(5);

    public string? Json { get; private set; }

    public string? Html { get; private set; }

    public string? Hgrm { get; private set; }

    public double? P99MaxMs { get; private set; }

    public double? ErrorsMaxPercent { get; private set; }

    public double? AchievedMinPercent { get; private set; }

    /// <summary>What is wrong with them together; null when nothing is.</summary>
    public string? Fault() =>
        IsClosed && _rates.Count > 0 ? "--in-flight goes with neither --rate nor --rates"
        : IsClosed && AchievedMinPercent is not null ? "--achieved-min needs --rate or --rates"
        : Load.Fault();

    private void SetCallers(int callers) => Callers = callers;

    private void SetWarmUp(TimeSpan time) => WarmUp = time;

    private void SetErrorsMax(double percent) => ErrorsMaxPercent = percent;

    private void SetAchieved(double percent) => AchievedMinPercent = percent;

    private string? SetRates(string text)
    {
        if (_rates.Count > 0) return "goes not with --rate";
        foreach (var part in text.Split(','))
        {
            if (!OptionTable.TryNumber(part, out var rate) || rate is < 0.1 or > 1_000_000)
                return "must be numbers from 0.1 to 1000000 with commas between";
            _rates.Add(rate);
        }

        return _rates.Count <= StepsMax ? null : $"must be {StepsMax} at most";
    }
}
