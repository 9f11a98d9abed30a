using System.Globalization;

namespace Switch.Chaos.Overload;

/// <summary>The command line of the overload run.</summary>
internal sealed record OverloadOptions
{
    public const string Verb = "overload";

    public const string Usage = """
        Overload run: one real switch instance with Redis, broker and acquirers on loopback, offered three times what it
        takes. Capacity is the in-flight bound over the acquirer's latency, not the cores that all of it shares.

          dotnet run -c Release --project tests/Switch.Chaos -- overload [options]

          --seconds N      all phases of all rounds together, 18 to 3600 (72)
          --rounds N       valid rounds, each unary and on streams, 1 to 20 (3)
          --in-flight N    Switch:Limits:InFlightMax, 8 to 1024 (64)
          --latency MS     of the acquirers, 10 to 1000 (100)
          --json FILE      write the report as JSON
          --work FOLDER    where logs go (a temporary folder)
          --keep           keep that folder also when all is well

        Exit status: 0 the promise holds, 1 it does not, 2 the run could not be made. The last line is one JSON object.
        """;

    public int Seconds { get; private set; } = 72;

    public int Rounds { get; private set; } = 3;

    public int InFlightMax { get; private set; } = 64;

    public TimeSpan Latency { get; private set; } = TimeSpan.FromMilliseconds(100);

    public string? Json { get; private set; }

    public string? WorkFolder { get; private set; }

    public bool Keep { get; private set; }

    public bool Help { get; private set; }

    /// <summary>What one phase takes: two ways in, three phases a round.</summary>
    public TimeSpan Phase => TimeSpan.FromSeconds((double)Seconds / (Rounds * 2 * 3));

    /// <summary>Reads the command line behind the verb; null and a fault when it can't be understood.</summary>
    public static OverloadOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        var options = new OverloadOptions();
        fault = "";
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is "--help" or "-h") options.Help = true;
            else if (args[i] is "--keep") options.Keep = true;
            else if (i + 1 == args.Count) fault = $"unknown argument, or one without its value: {args[i]}";
            else fault = options.Take(args[i], args[++i]) ?? "";
            if (fault.Length > 0) return null;
        }

        if (options.Phase >= TimeSpan.FromSeconds(3)) return options;
        fault = "a phase takes 3 s at least: --seconds must be 18 for each of --rounds";
        return null;
    }

    private string? Take(string name, string value)
    {
        switch (name)
        {
            case "--seconds": return Number(18, 3600, n => Seconds = n);
            case "--rounds": return Number(1, 20, n => Rounds = n);
            case "--in-flight": return Number(8, 1024, n => InFlightMax = n);
            case "--latency": return Number(10, 1000, n => Latency = TimeSpan.FromMilliseconds(n));
            case "--json": Json = value; return null;
            case "--work": WorkFolder = value; return null;
            default: return $"unknown argument: {name} {value}";
        }

        string? Number(int min, int max, Action<int> set)
        {
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number < min || number > max) return $"{name} must be {min} to {max}";
            set(number);
            return null;
        }
    }
}
