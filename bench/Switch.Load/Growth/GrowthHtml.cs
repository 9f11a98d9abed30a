using System.Globalization;
using System.Net;
using System.Text;
using Switch.Load.Compare;
using Switch.Load.Reports;

namespace Switch.Load.Growth;

/// <summary>The points as charts, a section for each series; steps are evenly spaced, whatever their sizes.</summary>
internal static class GrowthHtml
{
    public static string Of(GrowthReport report, GrowthOptions options)
    {
        var html = new StringBuilder(HtmlPage.Head("Growth report"));
        html.Append("\n<h1>Growth report</h1>\n<p class=\"card\">")
            .Append(WebUtility.HtmlEncode(report.Card.ToString()))
            .Append(CultureInfo.InvariantCulture, $"<br>medians of {options.Rounds} rounds of ")
            .Append(CultureInfo.InvariantCulture, $"{options.Measured.TotalSeconds:0.#} s; ")
            .Append("\"kept\" is the same switch beside it that did not grow, measured turn by turn with it</p>\n");
        if (report.IsVoid)
        {
            var faults = string.Join(", ", report.Faults.Select(static f => $"{f.Value} x {f.Key}"));
            html.Append("<p class=\"bad\">Not every request was approved: ").Append(WebUtility.HtmlEncode(faults))
                .Append("</p>\n");
        }

        foreach (var series in report.Points.GroupBy(static p => p.Series)) Section(html, series.Key, [.. series]);
        return html.Append(HtmlPage.End).ToString();
    }

    private static void Section(StringBuilder html, string name, List<Point> points)
    {
        html.Append($"<h2>{WebUtility.HtmlEncode(Title(name))}: processor time an authorization</h2>\n");
        html.Append(Chart(points, Unit(name), "microseconds",
        [
            Line("switch", "a", points, static p => GrowthReport.Median(p.Grown, static s => s.ServerCpuUs)),
            Line("switch, kept", "c", points, static p => GrowthReport.Median(p.Kept, static s => s.ServerCpuUs)),
            Line("Redis", "b", points, static p => GrowthReport.Median(p.Grown, static s => s.RedisCpuUs)),
        ]));
        html.Append($"<h2>{WebUtility.HtmlEncode(Title(name))}: latency</h2>\n");
        html.Append(Chart(points, Unit(name), "milliseconds",
        [
            Line("median", "a", points, static p => GrowthReport.Median(p.Grown, static s => s.P50Ms)),
            Line("99th percentile", "b", points, static p => GrowthReport.Median(p.Grown, static s => s.P99Ms)),
            Line("99th percentile, kept", "c", points, static p => GrowthReport.Median(p.Kept, static s => s.P99Ms)),
        ]));
        Table(html, name, points);
    }

    private static void Table(StringBuilder html, string name, List<Point> points)
    {
        string[] facts = [.. points.SelectMany(static p => p.Facts.Keys).Distinct()];
        string[] columns =
        [
            Unit(name), "answers/s", "p50 ms", "p99 ms", "switch \u00b5s", "Redis \u00b5s", "all \u00b5s",
            "switch, grown/kept",
            .. facts.Select(static f => f.Replace('_', ' ')),
        ];
        html.Append("<div class=\"wide\"><table><tr>");
        foreach (var column in columns) html.Append(CultureInfo.InvariantCulture, $"<th>{column}</th>");
        html.Append("</tr>\n");
        foreach (var p in points)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{p.Size:#,0}</td>");
            Cell(GrowthReport.Median(p.Grown, static s => s.PerSecond), "#,0");
            Cell(GrowthReport.Median(p.Grown, static s => s.P50Ms), "0.00");
            Cell(GrowthReport.Median(p.Grown, static s => s.P99Ms), "0.00");
            Cell(GrowthReport.Median(p.Grown, static s => s.ServerCpuUs), "0.0");
            Cell(GrowthReport.Median(p.Grown, static s => s.RedisCpuUs), "0.0");
            Cell(GrowthReport.Median(p.Grown, static s => s.TotalCpuUs), "0.0");
            Spread ratio = GrowthReport.ServerRatio(p);
            html.Append(CultureInfo.InvariantCulture, $"<td>{ratio:0.00}</td>");
            foreach (var fact in facts)
            {
                if (p.Facts.TryGetValue(fact, out var value)) Cell(value, "#,0.#");
                else html.Append("<td></td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</table></div>\n");

        void Cell(double value, string format) =>
            html.Append("<td>").Append(value.ToString(format, CultureInfo.InvariantCulture)).Append("</td>");
    }

    private static Chart Chart(List<Point> points, string xTitle, string yTitle, IReadOnlyList<Line> lines) => new(
        xTitle, yTitle, lines,
        [.. points.Select(static (p, i) => ((double)i, p.Size.ToString("#,0", CultureInfo.InvariantCulture)))]);

    private static Line Line(string name, string style, List<Point> points, Func<Point, double> value) =>
        new(name, style, [.. points.Select((p, i) => ((double)i, value(p)))]);

    private static string Title(string series) => char.ToUpperInvariant(series[0]) + series[1..];

    private static string Unit(string series) => series switch
    {
        "redis" => "records",
        "bins" => "BIN ranges",
        "connections" => "connections",
        _ => "events waiting at the start",
    };
}
