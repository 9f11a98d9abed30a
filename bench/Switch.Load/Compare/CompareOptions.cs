using System.Globalization;

namespace Switch.Load.Compare;

/// <summary>The command line of compare.</summary>
internal sealed record CompareOptions
{
    public const string Usage = """
        Compares, in one run and turn by turn, on the same machine with the same client:
          A  bare     the same contract on the same gRPC server, a handler that returns a fixed answer
          B  naive    claim in Redis, acquirer, answer into Redis, Kafka: each awaited in turn, no journal
          C  switch   the switch as shipped, all durability on
        with redis-server, a Kafka-protocol broker and an acquirer host as processes of their own. An answer of C that
        is not approved in the acquirer's ledger and on Kafka makes the run void.

          dotnet run -c Release --project bench/Switch.Load -- compare [options]

          --seconds N       of each measurement, 1 to 600 (5)
          --rounds N        of every measurement, 1 to 100 (3)
          --warm-up N       seconds of each measurement before it counts, 0 to 60 (1)
          --connections N   of the client, 1 to 64 (4)
          --seed N          of cards, terminals and amounts (1)
          --json FILE       write every measurement as JSON
          --work FOLDER     where journal, Redis file and logs go (a temporary folder); on the disk that you mean
          --keep            keep that folder

        Exit status: 0 measured, 1 void, 2 the run could not be made. The last line is one JSON object.
        """;

    public TimeSpan Measured { get; private set; } = TimeSpan.FromSeconds(5);

    public int Rounds { get; private set; } = 3;

    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(1);

    public int Connections { get; private set; } = 4;

    public long Seed { get; private set; } = 1;

    public string? Json { get; private set; }

    public string? WorkFolder { get; private set; }

    public bool Keep { get; private set; }

    public bool Help { get; private set; }

    /// <summary>Reads the command line behind the verb; null and a fault when it can't be understood.</summary>
    public static CompareOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        var options = new CompareOptions();
        fault = "";
        for (var i = 0; i < args.Count && fault.Length == 0; i++)
        {
            if (args[i] is "--help" or "-h") options.Help = true;
            else if (args[i] is "--keep") options.Keep = true;
            else if (i + 1 == args.Count) fault = $"unknown argument, or one without its value: {args[i]}";
            else fault = options.Take(args[i], args[++i]) ?? "";
        }

        return fault.Length == 0 ? options : null;
    }

    private string? Take(string name, string value)
    {
        switch (name)
        {
            case "--seconds": return Number(1, 600, n => Measured = TimeSpan.FromSeconds(n));
            case "--rounds": return Number(1, 100, n => Rounds = n);
            case "--warm-up": return Number(0, 60, n => WarmUp = TimeSpan.FromSeconds(n));
            case "--connections": return Number(1, 64, n => Connections = n);
            case "--seed": return Number(0, int.MaxValue, n => Seed = n);
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
