using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Switch.Simulator;

/// <summary>How single values of a scenario are written. Each method is a <see cref="TryRead{T}"/>.</summary>
internal static class ScenarioText
{
    public static bool Code(string text, out string code)
    {
        code = text;
        return text.Length == 2 && text.All(char.IsAsciiLetterOrDigit);
    }

    public static bool Amount(string text, out long amountMinor) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out amountMinor)
        && amountMinor <= 999_999_999_999;

    public static bool AmountRange(string text, out (long Low, long High) range)
    {
        range = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var low = dash < 0 ? text : text[..dash].Trim();
        var high = dash < 0 ? text : text[(dash + 1)..].Trim();
        return Amount(low, out range.Low) && Amount(high, out range.High) && range.Low <= range.High;
    }

    public static bool Ending(string text, out long ending) => Amount(text, out ending) && text.Length == 2;

    public static bool Count(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    public static bool Seed(string text, out ulong seed) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);

    public static bool Field(string text, out int field) => Count(text, out field) && field is >= 2 and <= 128;

    public static bool Probability(string text, out double probability) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out probability)
        && probability is > 0 and <= 1;

    public static bool Share(string text, out decimal share)
    {
        share = 0;
        if (!text.EndsWith('%')) return false;
        if (!decimal.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out share))
            return false;
        share /= 100;
        return share is > 0 and < 1;
    }

    public static bool Truth(string text, out bool truth) => bool.TryParse(text, out truth);

    public static TryRead<string> Digits(int minLength, int maxLength) =>
        (string text, [MaybeNullWhen(false)] out string digits) =>
    {
        digits = text;
        return text.Length >= minLength && text.Length <= maxLength && text.All(char.IsAsciiDigit);
    };

    public static TryRead<string> Name(int maxLength) => (string text, [MaybeNullWhen(false)] out string name) =>
    {
        name = text;
        return text.Length > 0 && text.Length <= maxLength && text.All(static c => c is >= ' ' and <= '~');
    };

    public static TryRead<CardPattern> Card(bool isPrefix) =>
        (string text, [MaybeNullWhen(false)] out CardPattern card) =>
    {
        var isCard = text.Length >= (isPrefix ? 1 : 12) && text.Length <= 19 && text.All(char.IsAsciiDigit);
        card = isCard ? new CardPattern(Encoding.ASCII.GetBytes(text), isPrefix) : null;
        return isCard;
    };

    /// <summary>One of several words, each with its meaning.</summary>
    public static TryRead<T> Word<T>(IReadOnlyDictionary<string, T> words) =>
        (string text, [MaybeNullWhen(false)] out T value) => words.TryGetValue(text, out value);

    /// <summary>
    /// A duration such as <c>250us</c>, <c>5ms</c>, <c>1.5s</c> or <c>2m</c>, at most <see cref="Latency.Max"/>.
    /// </summary>
    public static bool Duration(string text, out TimeSpan duration)
    {
        duration = default;
        (string Unit, double Ms)[] units = [("us", 0.001), ("ms", 1), ("s", 1_000), ("m", 60_000)];
        foreach (var (unit, ms) in units)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal)) continue;
            if (!double.TryParse(
                text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var number)) continue;
            if (number * ms > Latency.Max.TotalMilliseconds) return false;
            duration = TimeSpan.FromMilliseconds(number * ms);
            return true;
        }

        return false;
    }

    /// <summary>
    /// Two durations such as <c>2-20ms</c> or <c>500us-2ms</c>; the first takes the unit of the second.
    /// </summary>
    public static bool DurationRange(string text, [MaybeNullWhen(false)] out Latency latency)
    {
        latency = null;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 1) return false;
        var low = text[..dash].Trim();
        var high = text[(dash + 1)..].Trim();
        if (char.IsAsciiDigit(low[^1])) low += high.TrimStart("0123456789.".ToCharArray());
        if (!Duration(low, out var from) || !Duration(high, out var to) || from > to) return false;
        latency = new Latency.Uniform(from, to);
        return true;
    }
}
