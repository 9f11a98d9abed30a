using System.Globalization;
using Switch.Chaos.Faults;

namespace Switch.Chaos;

/// <summary>The command line.</summary>
internal sealed record ChaosOptions
{
    public const string Usage = """
        Chaos run: real switch instances, Redis, broker, acquirers and terminals on loopback, faults from a seeded plan,
        and a checker that compares what terminals saw, the acquirers' ledgers and the events on Kafka.

          dotnet run -c Release --project tests/Switch.Chaos -- [options]
          dotnet run -c Release --project tests/Switch.Chaos -- overload --help     another run: three times the load

          --seconds N      how long faults go on, 5 to 3600 (60)
          --seed N         decides kinds, times and targets of the faults, and what terminals do (1)
          --json FILE      write the report as JSON
          --instances N    switch instances, 1 to 4 (2)
          --terminals N    terminals that pay at a time (64)
          --think MS       pause of a terminal between two payments, on average (100)
          --quiesce N      seconds to wait for quiet at the end (30)
          --min-kills N    floor: with fewer a run that found nothing ends with status 2 (0)
          --min-authorizations N   the same for payments with a final answer (0)
          --variant NAME   run a deliberately broken switch: reply-before-journal, fold-sent-unknown,
                           complete-without-fence
          --overlap        let Redis lose data while an instance is down or its disk gone (outside the guarantees)
          --no-faults      only load, for trying the harness
          --only KIND,...  only faults of these kinds
          --dense          these take the time of the others too, instead of leaving it empty
          --set KEY=VALUE  one more setting of the switch, for example Switch:Limits:InFlightMax=100; repeatable
          --work FOLDER    where logs and records go (a temporary folder)
          --keep           keep that folder also when all is well
          --verbose        print the plan and each fault

        Exit status: 0 nothing found, 1 a violation, 2 the harness failed, or nothing was found and a floor was missed.
        The last line is one JSON object.
        With SWITCH_TEST_KAFKA=host:port that broker is used. It is stopped and started by the shell commands of
        SWITCH_TEST_KAFKA_STOP and SWITCH_TEST_KAFKA_START, which have to return; without them it is never stopped.
        """;

    private static readonly string[] VariantNames =
        ["reply-before-journal", "fold-sent-unknown", "complete-without-fence"];

    public int Seconds { get; private set; } = 60;

    public int Seed { get; private set; } = 1;

    public string? Json { get; private set; }

    public int Instances { get; private set; } = 2;

    public int Terminals { get; private set; } = 64;

    public int ThinkMs { get; private set; } = 100;

    public int QuiesceSeconds { get; private set; } = 30;

    /// <summary>Fewer kills than that say nothing about the switch.</summary>
    public int MinKills { get; private set; }

    /// <summary>Fewer final answers than that say nothing about the switch.</summary>
    public int MinAuthorizations { get; private set; }

    public string? Variant { get; private set; }

    public bool Overlap { get; private set; }

    public bool NoFaults { get; private set; }

    /// <summary>Names of fault kinds; empty: all.</summary>
    public IReadOnlyList<string> Only { get; private set; } = [];

    /// <summary>The kinds that are left take the time of the others.</summary>
    public bool Dense { get; private set; }

    public Dictionary<string, string> Settings { get; } = [];

    public string? WorkFolder { get; private set; }

    public bool Keep { get; private set; }

    public bool Verbose { get; private set; }

    public bool Help { get; private set; }

    /// <summary>Reads the command line; null and a fault when it can't be understood.</summary>
    public static ChaosOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        var options = new ChaosOptions();
        fault = "";
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i];
            if (options.TakeSwitch(name)) continue;
            if (i + 1 == args.Count) fault = $"unknown argument, or one without its value: {name}";
            else fault = options.Take(name, args[++i]) ?? "";
            if (fault.Length > 0) return null;
        }

        return options;
    }

    private bool TakeSwitch(string name)
    {
        switch (name)
        {
            case "--overlap": return Overlap = true;
            case "--dense": return Dense = true;
            case "--no-faults": return NoFaults = true;
            case "--keep": return Keep = true;
            case "--verbose": return Verbose = true;
            case "--help" or "-h": return Help = true;
            default: return false;
        }
    }

    private string? Take(string name, string value)
    {
        switch (name)
        {
            case "--seconds": return Number(value, 5, 3600, n => Seconds = n);
            case "--seed": return Number(value, 0, int.MaxValue, n => Seed = n);
            case "--instances": return Number(value, 1, 4, n => Instances = n);
            case "--terminals": return Number(value, 1, 1000, n => Terminals = n);
            case "--think": return Number(value, 0, 60_000, n => ThinkMs = n);
            case "--quiesce": return Number(value, 1, 600, n => QuiesceSeconds = n);
            case "--min-kills": return Number(value, 0, int.MaxValue, n => MinKills = n);
            case "--min-authorizations": return Number(value, 0, int.MaxValue, n => MinAuthorizations = n);
            case "--json": Json = value; return null;
            case "--work": WorkFolder = value; return null;
            case "--only": return Kinds(value);
            case "--variant" when VariantNames.Contains(value): Variant = value; return null;
            case "--variant": return $"--variant must be one of {string.Join(", ", VariantNames)}";
            case "--set" when value.IndexOf('=', StringComparison.Ordinal) is > 0 and var at:
                Settings[value[..at]] = value[(at + 1)..];
                return null;
            default: return $"unknown argument: {name} {value}";
        }

        string? Kinds(string text)
        {
            Only = text.Split(',');
            var known = Enum.GetValues<FaultKind>().Select(FaultLog.Name).ToList();
            return Only.All(known.Contains) ? null : $"{name} takes of {string.Join(",", known)}";
        }

        string? Number(string text, int min, int max, Action<int> set)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number < min || number > max) return $"{name} must be {min} to {max}";
            set(number);
            return null;
        }
    }
}
