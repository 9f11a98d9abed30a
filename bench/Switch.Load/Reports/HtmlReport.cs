using System.Globalization;
using System.Net;
using System.Text;
using HdrHistogram;
using Switch.Load.Runs;
using static System.FormattableString;

namespace Switch.Load.Reports;

/// <summary>A result as people read it in a browser: one file, which loads nothing and runs nothing.</summary>
internal static class HtmlReport
{
    private const int CurvePointsPerHalving = 5;
    private const double NinesMax = 5;

    public static string Of(RunResult result, LoadOptions options)
    {
        var html = new StringBuilder(HtmlPage.Head("Load report"));
        html.Append("\n<h1>Load report</h1>\n");
        html.Append($"<p class=\"card\">{WebUtility.HtmlEncode(options.ToString())}</p>\n");
        if (result.IsVoid)
        {
            html.Append("<p class=\"bad\">Void: the generator could not keep its schedule, ")
                .Append("so it is what was measured.</p>\n");
        }

        Tiles(html, result);
        html.Append("<h2>Throughput</h2>\n").Append(Throughput(result));
        html.Append("<h2>Latency</h2>\n").Append(LatencyByTime(result));
        html.Append("<h2>Latency distribution</h2>\n").Append(Distribution(result));
        html.Append("<h2>Steps</h2>\n");
        Steps(html, result);
        html.Append("<h2>Replies</h2>\n");
        Replies(html, result);
        html.Append(result.Callers > 0
            ? "<p class=\"card\">Closed loop: latencies are service times, from sending to answer.</p>\n"
            : "<p class=\"card\">Latencies are taken from the moment at which a request was to start.</p>\n");
        return html.Append(HtmlPage.End).ToString();
    }

    private static void Tiles(StringBuilder html, RunResult result)
    {
        var latency = LatencyResult.Of(result.Latencies());
        var steps = result.Measured.ToList();
        var errors = steps.Sum(static s => s.Failed + s.Dropped + s.Unanswered);
        html.Append("<div class=\"tiles\">\n");
        Tile(Invariant($"{steps.Max(static s => s.AchievedPerSecond):#,0.#}"), "answers a second, best step");
        Tile(Invariant($"{latency.P50:#,0.00} ms"), "median");
        Tile(Invariant($"{latency.P99:#,0.00} ms"), "99th percentile");
        Tile(Invariant($"{latency.Max:#,0.00} ms"), "longest");
        Tile(Invariant($"{steps.Sum(static s => s.Answered):#,0}"), "answers");
        Tile(Invariant($"{errors:#,0}"), "requests without an answer", errors > 0);
        html.Append("</div>\n");

        void Tile(string value, string what, bool isBad = false) => html.Append(
            $"<div><b{(isBad ? " class=\"bad\"" : "")}>{value}</b><span>{what}</span></div>\n");
    }

    private static Chart Throughput(RunResult result)
    {
        var seconds = result.IntervalLength.TotalSeconds;
        var lines = new List<Line>
        {
            Series("answers", "a", result, i => i.Answered / seconds),
        };
        if (result.Callers == 0) lines.Insert(0, Series("asked by schedule", "c", result, i => i.Due / seconds));
        if (result.Intervals.Any(static i => i.Failed > 0))
            lines.Add(Series("refusals and errors", "bad", result, i => i.Failed / seconds));
        return new Chart("seconds, warm-up included", "a second", lines);
    }

    private static Chart LatencyByTime(RunResult result) => new(
        "seconds, warm-up included", "milliseconds",
        [
            Series("99th percentile", "b", result, i => LatencyResult.Ms(i.Figures.FromIntended, 99)),
            Series("median", "a", result, i => LatencyResult.Ms(i.Figures.FromIntended, 50)),
        ]);

    // Each tick to the right is one nine more: 90, 99, 99.9 %.
    private static Chart Distribution(RunResult result)
    {
        var latencies = result.Latencies();
        var nines = Math.Min(NinesMax, Math.Log10(Math.Max(10, latencies.TotalCount)));
        if (latencies.TotalCount == 0) return new Chart("percentile", "milliseconds", []);
        var points = latencies.Percentiles(CurvePointsPerHalving)
            .Select(static p => (X: -Math.Log10(1 - (p.Percentile / 100)), Y: p.ValueIteratedTo / 1000.0))
            .Where(p => p.X <= nines).ToList();
        (double, string)[] ticks = [(0, "0 %"), (Math.Log10(2), "50 %"), (1, "90 %"), (2, "99 %"), (3, "99.9 %"),
            (4, "99.99 %"), (5, "99.999 %")];
        return new Chart(
            "percentile", "milliseconds", [new Line("latency", "a", points)],
            [.. ticks.Where(t => t.Item1 <= Math.Max(1, points.Count == 0 ? 0 : points[^1].X))]);
    }

    private static void Steps(StringBuilder html, RunResult result)
    {
        html.Append("<div class=\"wide\"><table><tr>");
        string[] columns =
        [
            result.Callers > 0 ? "callers" : "asked/s", "answers/s", "due", "errors", "dropped", "late", "p50 ms",
            "p90", "p99", "p99.9", "max", "p99 from sending",
        ];
        foreach (var column in columns) html.Append(CultureInfo.InvariantCulture, $"<th>{column}</th>");
        html.Append("</tr>\n");
        foreach (var s in result.Measured)
        {
            var asked = result.Callers > 0 ? result.Callers : s.AskedPerSecond;
            var l = s.Latency;
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{asked:#,0.#}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{s.AchievedPerSecond:#,0.0}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{s.Due:#,0}</td><td>{s.Failed + s.Unanswered:#,0}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{s.Dropped:#,0}</td><td>{s.LateShare:0.0%}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{l.P50:#,0.00}</td><td>{l.P90:#,0.00}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{l.P99:#,0.00}</td><td>{l.P999:#,0.00}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{l.Max:#,0.00}</td>")
                .Append(CultureInfo.InvariantCulture, $"<td>{s.LatencyFromSending.P99:#,0.00}</td></tr>\n");
        }

        html.Append("</table></div>\n");
    }

    private static void Replies(StringBuilder html, RunResult result)
    {
        html.Append("<table><tr><th class=\"name\">reply</th><th>how many</th></tr>\n");
        foreach (var (name, count) in result.Replies()) Row(name, count);
        if (result.Unanswered > 0) Row("without a reply when the run was over", result.Unanswered);
        html.Append("</table>\n");

        void Row(string name, long count) => html.Append(
            CultureInfo.InvariantCulture,
            $"<tr><td class=\"name\">{WebUtility.HtmlEncode(name)}</td><td>{count:#,0}</td></tr>\n");
    }

    private static Line Series(string name, string style, RunResult result, Func<Interval, double> value) => new(
        name, style,
        [.. result.Intervals.Select(i => ((i.From + (result.IntervalLength / 2)).TotalSeconds, value(i)))]);
}
