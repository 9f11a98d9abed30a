using System.Globalization;

namespace Switch.Load.Latency;

/// <summary>
/// The acquirer's own time: the switch's histogram of its link, from the socket to the reply, between two looks.
/// </summary>
internal sealed class LinkTimes
{
    private const string Name = "cardswitch_link_rtt_seconds";
    private readonly SortedDictionary<double, double> _below = [];

    /// <summary>Exchanges.</summary>
    public double Count { get; private set; }

    public double MeanMs { get; private set; }

    /// <summary>What came between two pages of metrics.</summary>
    public static LinkTimes Between(string before, string after)
    {
        var (first, last) = (Read(before), Read(after));
        var times = new LinkTimes { Count = last.Count - first.Count };
        times.MeanMs = times.Count > 0 ? (last.Sum - first.Sum) / times.Count * 1000 : 0;
        foreach (var (bound, count) in last.Below)
            times._below.Add(bound, count - first.Below.GetValueOrDefault(bound));
        return times;
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

    private static (double Count, double Sum, Dictionary<double, double> Below) Read(string page)
    {
        var (count, sum, below) = (0.0, 0.0, new Dictionary<double, double>());
        foreach (var line in page.Split('\n'))
        {
            if (!line.StartsWith(Name, StringComparison.Ordinal)) continue;
            var rest = line[Name.Length..];
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
