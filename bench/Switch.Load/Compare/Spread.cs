using System.Globalization;

namespace Switch.Load.Compare;

/// <summary>Median, and between what the rounds lay.</summary>
internal readonly record struct Spread(double Median, double Min, double Max) : IFormattable
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        if (ordered.Length == 0) return new Spread(double.NaN, double.NaN, double.NaN);
        var median = (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
        return new Spread(median, ordered[0], ordered[^1]);
    }

    public string ToString(string? format, IFormatProvider? provider) =>
        $"{Median.ToString(format, provider)} ({Min.ToString(format, provider)}-{Max.ToString(format, provider)})";

    public override string ToString() => ToString("0.00", CultureInfo.InvariantCulture);
}
