using System.Diagnostics;
using System.Globalization;

namespace Switch.Service.Cards;

/// <summary>Why a text is no primary account number.</summary>
internal enum PanFault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Nothing was given.</summary>
    Empty,

    /// <summary>Something other than the digits 0 to 9 is in it; blanks count.</summary>
    NotDigits,

    /// <summary>Fewer than 12 or more than 19 digits (ISO/IEC 7812-1 and DE 2).</summary>
    Length,

    /// <summary>The check digit is wrong (ISO/IEC 7812-1, annex B).</summary>
    Luhn,
}

/// <summary>
/// A primary account number, 12 to 19 digits with a right check digit. Held as a number and a length, so that no string
/// of it exists to be logged or to stay on the heap. Whatever prints it prints the first six and the last four digits;
/// the digits themselves leave only through <see cref="CopyDigits(Span{char})"/> and its twin.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct Pan : IEquatable<Pan>
{
    /// <summary>Shortest number of digits.</summary>
    public const int LengthMin = 12;

    /// <summary>Longest number of digits. 10^19 - 1 is below 2^64, which is why one ulong holds every PAN.</summary>
    public const int LengthMax = 19;

    /// <summary>Leading digits that may be shown.</summary>
    public const int ShownFirst = 6;

    /// <summary>Trailing digits that may be shown.</summary>
    public const int ShownLast = 4;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ulong _number;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte _length;

    private Pan(ulong number, int length)
    {
        _number = number;
        _length = (byte)length;
    }

    /// <summary>Number of digits; 0 only for the default value, which is no PAN.</summary>
    public int Length => _length;

    /// <summary>The first six digits, which may be shown and stored; empty for the default value.</summary>
    public string FirstSix => _length == 0 ? "" : Digits(BinPrefix(ShownFirst), ShownFirst);

    /// <summary>The last four digits, which may be shown and stored; empty for the default value.</summary>
    public string LastFour => _length == 0 ? "" : Digits((long)(_number % PowerOfTen(ShownLast)), ShownLast);

    /// <summary>Reads digits only: no blanks, no hyphens, nothing guessed.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Pan pan, out PanFault fault)
    {
        pan = default;
        fault = Check(text);
        if (fault != PanFault.None) return false;

        ulong number = 0;
        var sum = 0;
        // The check digit is never doubled; from it leftwards every second digit is. Read from the left, the parity of
        // the length tells which ones.
        var doubled = text.Length % 2 == 0;
        foreach (var c in text)
        {
            var digit = c - '0';
            number = (number * 10) + (uint)digit;
            var weighed = doubled ? digit * 2 : digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
            doubled = !doubled;
        }

        if (sum % 10 != 0)
        {
            fault = PanFault.Luhn;
            return false;
        }

        pan = new Pan(number, text.Length);
        return true;
    }

    /// <summary>The first digits as a number, for BIN ranges.</summary>
    /// <param name="digits">How many, 1 to <see cref="Length"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">More digits than there are, or none.</exception>
    public long BinPrefix(int digits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, _length);
        // 18 digits fit a long; 19 may not, and no BIN table is that deep.
        return checked((long)(_number / PowerOfTen(_length - digits)));
    }

    /// <summary>Writes the digits in the clear, for the acquirer's message.</summary>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="Length"/>.</exception>
    public int CopyDigits(Span<char> destination)
    {
        if (destination.Length < _length) ThrowTooShort();
        var rest = _number;
        for (var i = _length - 1; i >= 0; i--)
        {
            destination[i] = (char)('0' + (rest % 10));
            rest /= 10;
        }

        return _length;
    }

    /// <summary>Writes the digits in the clear as ASCII, for the acquirer's message, the seal and the token.</summary>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="Length"/>.</exception>
    public int CopyDigits(Span<byte> destination)
    {
        if (destination.Length < _length) ThrowTooShort();
        var rest = _number;
        for (var i = _length - 1; i >= 0; i--)
        {
            destination[i] = (byte)('0' + (rest % 10));
            rest /= 10;
        }

        return _length;
    }

    /// <summary>First six digits, a star for each hidden one, last four digits.</summary>
    public override string ToString()
    {
        if (_length == 0) return "";
        return string.Create(_length, this, static (text, pan) =>
        {
            pan.CopyDigits(text);
            text[ShownFirst..^ShownLast].Fill('*');
        });
    }

    /// <inheritdoc/>
    public bool Equals(Pan other) => _number == other._number && _length == other._length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Pan other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_number, _length);

    public static bool operator ==(Pan left, Pan right) => left.Equals(right);

    public static bool operator !=(Pan left, Pan right) => !left.Equals(right);

    private static PanFault Check(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return PanFault.Empty;
        if (text.ContainsAnyExceptInRange('0', '9')) return PanFault.NotDigits;
        return text.Length is < LengthMin or > LengthMax ? PanFault.Length : PanFault.None;
    }

    private static string Digits(long value, int width) =>
        value.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0');

    private static ulong PowerOfTen(int exponent)
    {
        var power = 1UL;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }

    private static void ThrowTooShort() =>
        throw new ArgumentException("The destination is shorter than the card number.");
}
