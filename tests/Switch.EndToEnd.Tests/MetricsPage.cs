using System.Globalization;
using System.Text.RegularExpressions;

namespace Switch.EndToEnd.Tests;

/// <summary>One line of a page of metrics.</summary>
internal sealed record MetricsLine(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Whether it is of that name and has those labels, others aside.</summary>
    public bool Is(string name, (string Label, string Value)[] labels) =>
        Name == name && labels.All(l => Labels.TryGetValue(l.Label, out var value) && value == l.Value);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}{{{string.Join(',', Labels.Select(l => $"{l.Key}={l.Value}"))}}} {Value}";
}

/// <summary>What a Prometheus server reads from the management port.</summary>
internal static partial class MetricsPage
{
    public static async Task<IReadOnlyList<MetricsLine>> ReadAsync(string management, CancellationToken token)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(management + "/metrics"), token);
        return [.. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];
    }

    private static MetricsLine Parse(string line)
    {
        var match = Line().Match(line);
        Assert.True(match.Success, $"no line of metrics: {line}");
        var labels = Label().Matches(match.Groups["labels"].Value)
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value);
        var value = match.Groups["value"].Value switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            var text => double.Parse(text, CultureInfo.InvariantCulture),
        };
        return new MetricsLine(match.Groups["name"].Value, labels, value);
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>.*)\})? (?<value>\S+)( \d+)?$""")]
    private static partial Regex Line();

    [GeneratedRegex("""(?<name>\w+)="(?<value>(\\.|[^"\\])*)"(,|$)""")]
    private static partial Regex Label();
}
