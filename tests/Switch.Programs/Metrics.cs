using System.Globalization;

namespace Switch.Programs;

/// <summary>A page of metrics as a Prometheus server reads it.</summary>
internal sealed class Metrics
{
    private readonly List<(string Name, string Labels, double Value)> _lines = [];

    public static Metrics Parse(string page)
    {
        var metrics = new Metrics();
        foreach (var line in page.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var nameEnd = line.AsSpan().IndexOfAny('{', ' ');
            var labelsEnd = line.LastIndexOf('}');
            var value = line[(labelsEnd < 0 ? nameEnd : labelsEnd + 1)..].Trim().Split(' ')[0];
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) continue;
            metrics._lines.Add((line[..nameEnd], labelsEnd < 0 ? "" : line[nameEnd..labelsEnd], number));
        }

        return metrics;
    }

    /// <summary>Sum over all lines of that name whose labels hold all these texts; 0 when there is none.</summary>
    public double Sum(string name, params string[] labels) =>
        _lines.Where(line => line.Name == name && labels.All(l => line.Labels.Contains(l, StringComparison.Ordinal)))
            .Sum(line => line.Value);
}
