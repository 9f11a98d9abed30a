using System.Globalization;

namespace Switch.Routing;

/// <summary>
/// A range of card numbers by their first digits, both ends included: <c>400000-499999</c>, or a prefix such as
/// <c>34</c> for every card number that begins with it.
/// </summary>
public readonly record struct BinRange
{
    private BinRange(long low, long high, int digits, bool isPrefix)
    {
        Low = low;
        High = high;
        Digits = (byte)digits;
        IsPrefix = isPrefix;
    }

    /// <summary>First number of the range, filled with zeros to eleven digits.</summary>
    internal long Low { get; }

    /// <summary>Last number of the range, filled with nines to eleven digits.</summary>
    internal long High { get; }

    /// <summary>Digits as written, 1 to 11.</summary>
    public byte Digits { get; }

    /// <summary>Written as one prefix rather than two ends.</summary>
    public bool IsPrefix { get; }

    /// <summary>
    /// Reads a prefix of 1 to 11 digits, or two ends of 6 to 11 digits each, as many on either side, joined by a
    /// hyphen.
    /// </summary>
    /// <returns>False for anything else, and for a low end above the high end.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out BinRange range)
    {
        int hyphen = text.IndexOf('-');
        if (hyphen >= 0) return TryParse(text[..hyphen].TrimEnd(), text[(hyphen + 1)..].TrimStart(), out range);
        range = default;
        if (!TryNumber(text, 1, out long number)) return false;
        range = Fill(number, number, text.Length, isPrefix: true);
        return true;
    }

    /// <summary>Reads two ends of 6 to 11 digits each, as many on either side.</summary>
    /// <returns>False for anything else, and for a low end above the high end.</returns>
    public static bool TryParse(ReadOnlySpan<char> low, ReadOnlySpan<char> high, out BinRange range)
    {
        range = default;
        if (low.Length != high.Length) return false;
        if (!TryNumber(low, 6, out long first) || !TryNumber(high, 6, out long last) || first > last) return false;
        range = Fill(first, last, low.Length, isPrefix: false);
        return true;
    }

    /// <summary>As it would be written.</summary>
    public override string ToString()
    {
        if (Digits == 0) return "";
        string low = Low.ToString("D11", CultureInfo.InvariantCulture)[..Digits];
        return IsPrefix ? low : $"{low}-{High.ToString("D11", CultureInfo.InvariantCulture)[..Digits]}";
    }

    private static BinRange Fill(long low, long high, int digits, bool isPrefix)
    {
        long scale = BinDigits.PowerOfTen(RoutingLimits.BinDigits - digits);
        return new BinRange(low * scale, (high * scale) + scale - 1, digits, isPrefix);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, int digitsMin, out long number)
    {
        number = 0;
        if (text.Length < digitsMin || text.Length > RoutingLimits.BinDigits) return false;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit)) return false;
            number = (number * 10) + (digit - '0');
        }
        return true;
    }
}
