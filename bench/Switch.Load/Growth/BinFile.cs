using System.Globalization;

namespace Switch.Load.Growth;

/// <summary>A routing file with so many BIN ranges, among them those of the cards that pay.</summary>
internal static class BinFile
{
    /// <summary>Ranges that stand in the routing file itself: they count against the bound too.</summary>
    public const int InlineRanges = 2;

    private const string Routes = """
        format: 1
        schemes: [visa, mastercard]
        acquirers:
          - { name: alpha, fees: { default: { fixed: 0, bps: 10 } } }
        bin_ranges_file: bins.csv
        bin_ranges:
          - { bin: 4, scheme: visa }
          - { bin: 510000-559999, scheme: mastercard }
        rules:
          - name: mastercard
            when: { scheme: mastercard }
            priority: alpha
        fallback:
          priority: alpha

        """;

    // Eleven digits are the most a range has: six of the prefix and five.
    private const int DigitsMax = 5;
    private const int UnderPrefixMax = 100_000;

    private static readonly (string Prefix, string Scheme)[] Cards =
        [("411111", "visa"), ("400005", "visa"), ("555555", "mastercard"), ("520082", "mastercard")];

    // Neighbours differ, so that no two ranges could be kept as one.
    private static readonly string[] Countries = ["US", "GB", "FR", "DE", "ES", "IT", "NL"];
    private static readonly string[] Fundings = ["credit", "debit", "prepaid"];

    /// <summary>Writes routes.yaml and bins.csv, so many ranges together; the latter appears as a whole.</summary>
    public static void Write(string folder, int ranges)
    {
        Directory.CreateDirectory(folder);
        var (path, draft) = (Path.Combine(folder, "bins.csv"), Path.Combine(folder, "bins.draft"));
        File.WriteAllLines(draft, Lines(ranges - InlineRanges));
        File.Move(draft, path, overwrite: true);
        var routes = Path.Combine(folder, "routes.yaml");
        if (!File.Exists(routes)) File.WriteAllText(routes, Routes);
    }

    /// <summary>
    /// The lines of bins.csv with its header. The cards' prefixes share the ranges evenly, up to 100,000 each; what is
    /// left lies elsewhere.
    /// </summary>
    public static IEnumerable<string> Lines(int ranges)
    {
        yield return "low,high,scheme,country,funding";
        var underEach = Math.Min(ranges / Cards.Length, UnderPrefixMax);
        var digits = Math.Clamp((int)Math.Ceiling(Math.Log10(underEach)), 1, DigitsMax);
        var form = new string('0', digits);
        for (var i = 0; i < underEach; i++)
        {
            foreach (var (prefix, scheme) in Cards)
                yield return Line(prefix + i.ToString(form, CultureInfo.InvariantCulture), scheme, i);
        }

        for (var i = 0; i < ranges - (underEach * Cards.Length); i++)
            yield return Line(string.Create(CultureInfo.InvariantCulture, $"42{i:D9}"), "visa", i);
    }

    private static string Line(string bin, string scheme, int number) =>
        $"{bin},{bin},{scheme},{Countries[number % Countries.Length]},{Fundings[number % Fundings.Length]}";
}
