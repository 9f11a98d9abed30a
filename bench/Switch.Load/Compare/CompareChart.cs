using System.Globalization;
using System.Text;

namespace Switch.Load.Compare;

/// <summary>
/// The rates of all contenders as bars, each shape with the bare server of the same round as 1: an SVG file of its own,
/// which a page shows as a picture.
/// </summary>
internal static class CompareChart
{
    private const int Width = 860;
    private const int Height = 320;
    private const int Left = 56;
    private const int Top = 64;
    private const int Bottom = 44;
    private const int Ticks = 5;
    private const string Style = """
        text { font: 13px system-ui, sans-serif; fill: #24292f } .over { font-size: 12px }
        .small { font-size: 11px; fill: #57606a } .end { text-anchor: end } .mid { text-anchor: middle }
        .grid { stroke: #d0d7de } .spread { stroke: #24292f; stroke-width: 1.5 }
        .bare { fill: #b6bec8 } .naive { fill: #e0a84a } .switch { fill: #2f6fde }
        """;

    /// <summary>Draws what was measured; a shape or contender that was not is not there.</summary>
    /// <param name="measurements">Of all rounds.</param>
    /// <param name="card">Machine and build, below the title.</param>
    public static string Of(IReadOnlyList<Measurement> measurements, string card)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} ")
            .Append(CultureInfo.InvariantCulture, $"{Height}\" role=\"img\" aria-label=\"Answers a second, a bare ")
            .Append("gRPC server = 1\">\n<style>").Append(Style).Append("</style>\n")
            .Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n")
            .Append("<text x=\"12\" y=\"22\">Answers a second; the bare gRPC server of the same round = 1</text>\n")
            .Append("<text class=\"small\" x=\"12\" y=\"40\">")
            .Append(System.Net.WebUtility.HtmlEncode(card)).Append("</text>\n");
        for (var i = 0; i <= Ticks; i++) Grid(svg, (double)i / Ticks);
        var shapes = Shape.All.Where(s => measurements.Any(m => m.Shape == s.Name)).ToList();
        var group = (Width - Left - 12) / Math.Max(1, shapes.Count);
        for (var i = 0; i < shapes.Count; i++)
        {
            var x = Left + (i * group);
            Bars(svg, [.. measurements.Where(m => m.Shape == shapes[i].Name)], x, group);
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"mid\" x=\"{x + (group / 2)}\" ")
                .Append(CultureInfo.InvariantCulture, $"y=\"{Height - 16}\">")
                .Append(CultureInfo.InvariantCulture, $"{(shapes[i].IsStream ? "streams" : "unary")}, ")
                .Append(CultureInfo.InvariantCulture, $"{shapes[i].InFlight} in flight</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Bars(StringBuilder svg, List<Measurement> shape, int left, int group)
    {
        var bare = shape.Where(m => m.Contender == Contender.Bare).ToDictionary(m => m.Round, m => m.PerSecond);
        var contenders = Enum.GetValues<Contender>().Where(c => shape.Exists(m => m.Contender == c)).ToList();
        var width = group / (contenders.Count + 1);
        for (var i = 0; i < contenders.Count; i++)
        {
            var of = shape.FindAll(m => m.Contender == contenders[i] && bare.ContainsKey(m.Round));
            if (of.Count == 0) continue;
            var share = Spread.Of(of.Select(m => m.PerSecond / bare[m.Round]));
            var rate = Spread.Of(of.Select(m => m.PerSecond)).Median;
            var x = left + (width / 2) + (i * width);
            var middle = x + ((width - 8) / 2);
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{ContenderNames.Of(contenders[i])}\" x=\"{x}\" ")
                .Append(CultureInfo.InvariantCulture, $"y=\"{Y(share.Median):0.0}\" width=\"{width - 8}\" ")
                .Append(CultureInfo.InvariantCulture, $"height=\"{Y(0) - Y(share.Median):0.0}\"/>")
                .Append(CultureInfo.InvariantCulture, $"<line class=\"spread\" x1=\"{middle}\" x2=\"{middle}\" ")
                .Append(CultureInfo.InvariantCulture, $"y1=\"{Y(share.Min):0.0}\" y2=\"{Y(share.Max):0.0}\"/>")
                .Append(CultureInfo.InvariantCulture, $"<text class=\"over mid\" x=\"{middle}\" ")
                .Append(CultureInfo.InvariantCulture, $"y=\"{Y(share.Max) - 18:0.0}\">")
                .Append(CultureInfo.InvariantCulture, $"{ContenderNames.Of(contenders[i])} {share.Median:0.00}</text>")
                .Append(CultureInfo.InvariantCulture, $"<text class=\"small mid\" x=\"{middle}\" ")
                .Append(CultureInfo.InvariantCulture, $"y=\"{Y(share.Max) - 5:0.0}\">{rate:#,0}/s</text>\n");
        }
    }

    private static void Grid(StringBuilder svg, double share) =>
        svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - 12}\" ")
            .Append(CultureInfo.InvariantCulture, $"y1=\"{Y(share):0.0}\" y2=\"{Y(share):0.0}\"/>")
            .Append(CultureInfo.InvariantCulture, $"<text class=\"small end\" x=\"{Left - 8}\" ")
            .Append(CultureInfo.InvariantCulture, $"y=\"{Y(share) + 4:0.0}\">")
            .Append(CultureInfo.InvariantCulture, $"{share:0.0}</text>\n");

    // Room above 1 for the words over the bars.
    private static double Y(double share) => Height - Bottom - (share / 1.1 * (Height - Top - Bottom));
}
