using System.Globalization;

namespace Switch.Load.Latency;

/// <summary>
/// Times that the switch itself has measured: one histogram of its metrics page, between two looks.
/// </summary>
internal sealed class HistogramTimes
{
    /// <summary>The acquirer's own time, from the socket to the reply.</summary>
    public const string Link = "cardswitch_link_rtt_seconds";

    /// <summary>Each stage of an authorization; the label "stage" tells which.</summary>
    public const string Stage = "cardswitch_stage_duration_seconds";

    private const string StageLabel = "stage=\"";

    private readonly SortedDictionary<double, double> _below = [];

    /// <summary>How many times were measured.</summary>
    public double Count { get; private set; }

    public double MeanMs { get; private set; }

    /// <summary>What came between two pages of metrics.</summary>
    /// <param name="before">The page before.</param>
    /// <param name="after">The page after.</param>
    /// <param name="name">Of the histogram, as the page has it.</param>
    /// <param name="label">Only series with this label, written as in the page; empty: all together.</param>
    public static HistogramTimes Between(string before, string after, string name, string label = "")
    {
        var (first, last) = (Read(before, name, label), Read(after, name, label));
        var times = new HistogramTimes { Count = last.Count - first.Count };
        times.MeanMs = times.Count > 0 ? (last.Sum - first.Sum) / times.Count * 1000 : 0;
        foreach (var (bound, count) in last.Below)
            times._below.Add(bound, count - first.Below.GetValueOrDefault(bound));
        return times;
    }

    /// <summary>The same of every stage that the later page names, in its order.</summary>
    public static IReadOnlyList<(string Stage, HistogramTimes Times)> OfStages(string before, string after)
    {
        var labels = after.Split('\n')
            .Where(static line => line.StartsWith($"{Stage}_count", StringComparison.Ordinal))
            .Where(static line => line.Contains(StageLabel, StringComparison.Ordinal))
            .Select(static line => line[line.IndexOf(StageLabel, StringComparison.Ordinal)..])
            .Select(static rest => rest[..(rest.IndexOf('"', StageLabel.Length) + 1)])
            .Distinct();
        return
        [
            .. labels.Select(label => (label[StageLabel.Length..^1], Between(before, after, Stage, label))),
        ];
    }

    /// <summary>A percentile, evenly spread within its bucket; milliseconds, 0 when there is nothing.</summary>
    public double Ms(double percentile)
    {
        var wanted = Count * percentile / 100;
        var (from, below) = (0.0, 0.0);
        foreach (var (to, count) in _below)
        {
            if (count >= wanted && count > below)
            {
                // Past the last bound nothing is known but that.
                var width = double.IsInfinity(to) ? 0 : to - from;
                return 1000 * (from + (width * (wanted - below) / (count - below)));
            }

            (from, below) = (to, count);
        }

        return 0;
    }

    private static (double Count, double Sum, Dictionary<double, double> Below) Read(
        string page, string name, string label)
    {
        var (count, sum, below) = (0.0, 0.0, new Dictionary<double, double>());
        foreach (var line in page.Split('\n'))
        {
            if (!line.StartsWith(name, StringComparison.Ordinal) || !line.Contains(label, StringComparison.Ordinal))
                continue;
            var rest = line[name.Length..];
            var value = Number(rest[(rest.LastIndexOf('}') + 1)..].TrimStart('_').Trim().Split(' ')[0]);
            if (rest.StartsWith("_count", StringComparison.Ordinal)) count += value;
            else if (rest.StartsWith("_sum", StringComparison.Ordinal)) sum += value;
            else if (BoundOf(rest) is { } bound) below[bound] = below.GetValueOrDefault(bound) + value;
        }

        return (count, sum, below);
    }

    private static double? BoundOf(string labels)
    {
        const string Label = "le=\"";
        var at = labels.IndexOf(Label, StringComparison.Ordinal);
        if (at < 0) return null;
        var text = labels[(at + Label.Length)..];
        return Number(text[..text.IndexOf('"', StringComparison.Ordinal)]);
    }

    private static double Number(string text) => text == "+Inf"
        ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
