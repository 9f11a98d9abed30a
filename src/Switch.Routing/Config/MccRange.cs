using System.Globalization;

namespace Switch.Routing;

/// <summary>Merchant category codes (ISO 18245), both ends included: <c>6011</c> or <c>3000-3299</c>.</summary>
/// <param name="Low">0 to 9999.</param>
/// <param name="High">Not below <paramref name="Low"/>, at most 9999.</param>
public readonly record struct MccRange(int Low, int High)
{
    /// <summary>Reads four digits, or two times four digits joined by a hyphen.</summary>
    /// <returns>False for anything else, and for a low end above the high end.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out MccRange range)
    {
        int hyphen = text.IndexOf('-');
        ReadOnlySpan<char> low = hyphen < 0 ? text : text[..hyphen].TrimEnd();
        ReadOnlySpan<char> high = hyphen < 0 ? text : text[(hyphen + 1)..].TrimStart();
        range = default;
        if (!TryCode(low, out int first) || !TryCode(high, out int last) || first > last) return false;
        range = new MccRange(first, last);
        return true;
    }

    /// <summary>As it would be written.</summary>
    public override string ToString() => Low == High ? $"{Low:D4}" : $"{Low:D4}-{High:D4}";

    private static bool TryCode(ReadOnlySpan<char> text, out int code)
    {
        code = 0;
        return text.Length == 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code);
    }
}
