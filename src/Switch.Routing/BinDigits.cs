namespace Switch.Routing;

/// <summary>
/// The first digits of a card number, at most eleven: enough to route by, too few to be a PAN. Shorter ones stand for
/// the lowest card number that begins with them.
/// </summary>
public readonly record struct BinDigits
{
    private static readonly long[] PowersOfTen =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000,
    ];

    private BinDigits(long padded, int count)
    {
        Padded = padded;
        Length = (byte)count;
    }

    /// <summary>The digits as a number, filled with zeros to eleven digits.</summary>
    internal long Padded { get; }

    /// <summary>How many digits were given, 1 to 11; 0 in the default value.</summary>
    public byte Length { get; }

    /// <summary>Takes a number and how many digits it stands for: <c>(420000, 6)</c>.</summary>
    /// <param name="digits">0 or more, below ten to the power of <paramref name="length"/>.</param>
    /// <param name="length">1 to 11 digits, leading zeros included.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public static BinDigits FromNumber(long digits, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, RoutingLimits.BinDigits);
        ArgumentOutOfRangeException.ThrowIfNegative(digits);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(digits, PowersOfTen[length]);
        return new BinDigits(digits * PowersOfTen[RoutingLimits.BinDigits - length], length);
    }

    /// <summary>
    /// Takes the first eleven digits of a card number, or all of a shorter one; the rest is not read.
    /// </summary>
    /// <returns>False for no digits, or for anything but digits among the first eleven.</returns>
    public static bool TryParse(ReadOnlySpan<char> digits, out BinDigits bin)
    {
        bin = default;
        int length = Math.Min(digits.Length, RoutingLimits.BinDigits);
        if (length == 0) return false;
        long number = 0;
        foreach (char digit in digits[..length])
        {
            if (!char.IsAsciiDigit(digit)) return false;
            number = (number * 10) + (digit - '0');
        }
        bin = new BinDigits(number * PowersOfTen[RoutingLimits.BinDigits - length], length);
        return true;
    }

    /// <summary>As the other overload, from ASCII bytes.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out BinDigits bin)
    {
        Span<char> letters = stackalloc char[RoutingLimits.BinDigits];
        int length = Math.Min(digits.Length, RoutingLimits.BinDigits);
        for (int i = 0; i < length; i++) letters[i] = (char)digits[i];
        return TryParse(letters[..length], out bin);
    }

    /// <summary>The first six digits at most, then dots: a BIN8 beside the last four would say too much.</summary>
    public override string ToString()
    {
        if (Length == 0) return "";
        string digits = Padded.ToString("D11", System.Globalization.CultureInfo.InvariantCulture);
        return Length <= 6 ? digits[..Length] : digits[..6] + new string('.', Length - 6);
    }

    /// <summary>Ten to the power of <paramref name="exponent"/>, 0 to 11.</summary>
    internal static long PowerOfTen(int exponent) => PowersOfTen[exponent];
}
