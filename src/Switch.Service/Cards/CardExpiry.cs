using System.Diagnostics;

namespace Switch.Service.Cards;

/// <summary>
/// The month a card expires in. It is valid through the last day of that month. Cardholder data once it stands beside a
/// PAN, therefore masked wherever it is printed.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct CardExpiry : IEquatable<CardExpiry>
{
    /// <summary>First year that the contract accepts.</summary>
    public const int YearMin = 2000;

    /// <summary>Last year that the contract accepts.</summary>
    public const int YearMax = 2099;

    /// <summary>Characters of <see cref="CopyYymm(Span{char})"/>.</summary>
    public const int YymmLength = 4;

    private CardExpiry(int year, int month)
    {
        Year = year;
        Month = month;
    }

    /// <summary>Four digits, 2000 to 2099; 0 only for the default value, which is no expiry.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public int Year { get; }

    /// <summary>1 to 12; 0 only for the default value.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public int Month { get; }

    /// <summary>Makes an expiry from a four-digit year and a month; false when either is out of range.</summary>
    public static bool TryCreate(int year, int month, out CardExpiry expiry)
    {
        var valid = year is >= YearMin and <= YearMax && month is >= 1 and <= 12;
        expiry = valid ? new CardExpiry(year, month) : default;
        return valid;
    }

    /// <summary>Reads YYMM as it stands in DE 14 and on track 2. The century is 20, as in the contract.</summary>
    public static bool TryParseYymm(ReadOnlySpan<char> text, out CardExpiry expiry)
    {
        expiry = default;
        if (text.Length != YymmLength || text.ContainsAnyExceptInRange('0', '9')) return false;
        var year = YearMin + ((text[0] - '0') * 10) + (text[1] - '0');
        var month = ((text[2] - '0') * 10) + (text[3] - '0');
        return TryCreate(year, month, out expiry);
    }

    /// <summary>Whether the card is past its last day on the date at the terminal.</summary>
    public bool IsExpired(DateOnly localDate) =>
        (localDate.Year * 12) + localDate.Month > (Year * 12) + Month;

    /// <summary>Writes YYMM in the clear, for DE 14.</summary>
    /// <returns>Always <see cref="YymmLength"/>.</returns>
    /// <exception cref="IndexOutOfRangeException">The destination is shorter than that.</exception>
    public int CopyYymm(Span<char> destination)
    {
        destination[3] = (char)('0' + (Month % 10));
        destination[2] = (char)('0' + (Month / 10));
        destination[1] = (char)('0' + (Year % 10));
        destination[0] = (char)('0' + (Year / 10 % 10));
        return YymmLength;
    }

    /// <summary>Writes YYMM in the clear as ASCII, for DE 14.</summary>
    /// <returns>Always <see cref="YymmLength"/>.</returns>
    /// <exception cref="IndexOutOfRangeException">The destination is shorter than that.</exception>
    public int CopyYymm(Span<byte> destination)
    {
        destination[3] = (byte)('0' + (Month % 10));
        destination[2] = (byte)('0' + (Month / 10));
        destination[1] = (byte)('0' + (Year % 10));
        destination[0] = (byte)('0' + (Year / 10 % 10));
        return YymmLength;
    }

    /// <summary>Always the same mask.</summary>
    public override string ToString() => "**/**";

    /// <inheritdoc/>
    public bool Equals(CardExpiry other) => Year == other.Year && Month == other.Month;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CardExpiry other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Year, Month);

    public static bool operator ==(CardExpiry left, CardExpiry right) => left.Equals(right);

    public static bool operator !=(CardExpiry left, CardExpiry right) => !left.Equals(right);
}
