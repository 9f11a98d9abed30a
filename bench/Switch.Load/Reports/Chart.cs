using System.Globalization;
using System.Text;

namespace Switch.Load.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="Style">Class of the style sheet, which gives it its colour.</param>
/// <param name="Points">x and y.</param>
internal sealed record Line(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A chart of lines as inline SVG: no script, nothing from elsewhere.</summary>
internal sealed class Chart
{
    private const int Width = 900;
    private const int Height = 260;
    private const int Left = 64;
    private const int Right = 12;
    private const int Top = 10;
    private const int Bottom = 40;
    private const int TicksWanted = 5;
    private readonly string _xTitle;
    private readonly string _yTitle;
    private readonly IReadOnlyList<Line> _lines;
    private readonly IReadOnlyList<(double X, string Label)> _xTicks;
    private readonly double _xMin;
    private readonly double _xMax;
    private readonly double _yMax;
    private readonly double _yStep;

    /// <summary>Makes one; x ticks null: round numbers.</summary>
    public Chart(
        string xTitle, string yTitle, IReadOnlyList<Line> lines,
        IReadOnlyList<(double X, string Label)>? xTicks = null)
    {
        _xTitle = xTitle;
        _yTitle = yTitle;
        _lines = lines;
        var points = lines.SelectMany(static line => line.Points).ToList();
        _xMin = points.Count == 0 ? 0 : Math.Min(0, points.Min(static p => p.X));
        _xMax = Math.Max(_xMin + 1, points.Count == 0 ? 1 : points.Max(static p => p.X));
        var highest = points.Count == 0 ? 1 : Math.Max(points.Max(static p => p.Y), 1e-3);
        _yStep = RoundStep(highest / TicksWanted);
        _yMax = Math.Ceiling(highest / _yStep) * _yStep;
        _xTicks = xTicks ?? RoundTicks(_xMin, _xMax);
    }

    public override string ToString()
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" ")
            .Append(CultureInfo.InvariantCulture, $"aria-label=\"{_yTitle} by {_xTitle}\">\n");
        Grid(svg);
        foreach (var line in _lines) Polyline(svg, line);
        svg.Append("</svg>\n<p class=\"legend\">");
        foreach (var line in _lines)
            svg.Append(CultureInfo.InvariantCulture, $"<span><i class=\"{line.Style}\"></i>{line.Name}</span>");
        return svg.Append("</p>\n").ToString();
    }

    private void Grid(StringBuilder svg)
    {
        var bottom = Height - Bottom;
        for (var i = 0; i * _yStep <= _yMax * 1.0001; i++)
        {
            var (value, y) = (i * _yStep, Y(i * _yStep));
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.0}\" y2=\"{y:0.0}\"/>")
                .Append(CultureInfo.InvariantCulture,
                    $"<text class=\"y\" x=\"{Left - 6}\" y=\"{y + 4:0.0}\">{Number(value)}</text>\n");
        }

        foreach (var (x, label) in _xTicks)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{X(x):0.0}\" x2=\"{X(x):0.0}\" y1=\"{Top}\" y2=\"{bottom}\"/>")
                .Append(CultureInfo.InvariantCulture,
                    $"<text class=\"x\" x=\"{X(x):0.0}\" y=\"{bottom + 16}\">{label}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture,
            $"<text class=\"x\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\">{_xTitle}</text>")
            .Append(CultureInfo.InvariantCulture,
                $"<text class=\"x\" transform=\"translate(14 {(Top + bottom) / 2}) rotate(-90)\">{_yTitle}</text>\n");
    }

    private void Polyline(StringBuilder svg, Line line)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<polyline class=\"{line.Style}\" points=\"");
        foreach (var (x, y) in line.Points) svg.Append(CultureInfo.InvariantCulture, $"{X(x):0.0},{Y(y):0.0} ");
        svg.Append("\"/>\n");
    }

    private double X(double x) => Left + ((x - _xMin) / (_xMax - _xMin) * (Width - Left - Right));

    private double Y(double y) => Height - Bottom - (y / _yMax * (Height - Top - Bottom));

    private static List<(double X, string Label)> RoundTicks(double min, double max)
    {
        var step = RoundStep((max - min) / (TicksWanted * 2));
        var ticks = new List<(double X, string Label)>();
        for (var x = Math.Ceiling(min / step) * step; x <= max; x += step) ticks.Add((x, Number(x)));
        return ticks;
    }

    // 1, 2 or 5 times a power of ten, not below the value.
    private static double RoundStep(double value)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * ((value / power) switch
        {
            <= 1 => 1,
            <= 2 => 2,
            <= 5 => 5,
            _ => 10,
        });
    }

    private static string Number(double value) => value.ToString("#,0.####", CultureInfo.InvariantCulture);
}
