using System.Buffers;

namespace Switch.Iso8583;

/// <summary>Content to wire bytes and back, for one field's value. Lengths are checked by the caller.</summary>
internal static class FieldCodec
{
    private static readonly SearchValues<byte> AlphaNumeric =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz "u8);

    private static readonly SearchValues<byte> Track = SearchValues.Create("0123456789=D"u8);

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789ABCDEFabcdef"u8);

    /// <summary>Whether the characters are of the content type.</summary>
    public static bool IsContent(FieldContent content, ReadOnlySpan<byte> text) => content switch
    {
        FieldContent.Numeric => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0,
        FieldContent.AlphaNumeric => text.IndexOfAnyExcept(AlphaNumeric) < 0,
        FieldContent.Text => text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0,
        FieldContent.Track => text.IndexOfAnyExcept(Track) < 0,
        _ => false,
    };

    /// <summary>
    /// Writes characters of the right content into the field's wire bytes, filled up as its padding says.
    /// </summary>
    public static void EncodeText(IsoField field, ReadOnlySpan<byte> text, int length, Span<byte> wire)
    {
        if (field.Encoding == FieldEncoding.Bcd)
        {
            EncodeBcd(field, text, length, wire);
            return;
        }

        var gap = length - text.Length;
        if (gap == 0) text.CopyTo(wire);
        else if (field.Padding == FieldPadding.ZeroLeft)
        {
            wire[..gap].Fill((byte)'0');
            text.CopyTo(wire[gap..]);
        }
        else
        {
            text.CopyTo(wire);
            wire[text.Length..].Fill((byte)' ');
        }
    }

    /// <summary>Writes bytes into the wire bytes of a field of content <c>b</c>.</summary>
    public static void EncodeBytes(IsoField field, ReadOnlySpan<byte> bytes, Span<byte> wire)
    {
        if (field.Encoding == FieldEncoding.Hex) Convert.TryToHexString(bytes, wire, out _);
        else bytes.CopyTo(wire);
    }

    /// <summary>Reads characters from wire bytes; false when they are not of the field's content.</summary>
    public static bool TryDecodeText(IsoField field, ReadOnlySpan<byte> wire, Span<byte> text)
    {
        if (field.Encoding == FieldEncoding.Bcd) return TryDecodeBcd(field, wire, text);
        if (!IsContent(field.Content, wire)) return false;
        wire.CopyTo(text);
        return true;
    }

    /// <summary>Reads bytes from the wire bytes of a field of content <c>b</c>.</summary>
    public static bool TryDecodeBytes(IsoField field, ReadOnlySpan<byte> wire, Span<byte> bytes)
    {
        if (field.Encoding == FieldEncoding.Hex)
            return Convert.FromHexString(wire, bytes, out _, out _) == OperationStatus.Done;
        wire.CopyTo(bytes);
        return true;
    }

    /// <summary>Whether wire bytes are of the field's content, without copying them out.</summary>
    public static bool IsWire(IsoField field, ReadOnlySpan<byte> wire, int length)
    {
        if (field.Encoding == FieldEncoding.Hex) return wire.IndexOfAnyExcept(HexDigits) < 0;
        if (field.Content == FieldContent.Binary) return true;
        if (field.Encoding != FieldEncoding.Bcd) return IsContent(field.Content, wire);
        Span<byte> text = stackalloc byte[999];
        return TryDecodeBcd(field, wire, text[..length]);
    }

    /// <summary>Reads a number of at most 18 digits; false when the content is no number or longer.</summary>
    public static bool TryDecodeNumber(IsoField field, ReadOnlySpan<byte> wire, int length, out long value)
    {
        value = 0;
        if (field.Content != FieldContent.Numeric || length > 18) return false;
        Span<byte> digits = stackalloc byte[18];
        digits = digits[..length];
        if (!TryDecodeText(field, wire, digits)) return false;
        foreach (var digit in digits) value = value * 10 + (digit - '0');
        return true;
    }

    private static void EncodeBcd(IsoField field, ReadOnlySpan<byte> text, int length, Span<byte> wire)
    {
        // The nibbles before the first digit are the padding, and the spare nibble when it is on the left.
        var spare = (length & 1) == 1;
        if (!spare && text.Length == length && field.Content == FieldContent.Numeric)
        {
            for (var pair = 0; pair < wire.Length; pair++)
                wire[pair] = (byte)(text[2 * pair] << 4 | text[2 * pair + 1] & 0xF);
            return;
        }

        var first = length - text.Length + (spare && field.Odd == OddNibble.ZeroLeft ? 1 : 0);
        wire[..((first + 1) >> 1)].Clear();
        var at = first >> 1;
        var i = 0;
        if ((first & 1) == 1 && text.Length > 0) wire[at++] = Nibble(text[i++]);
        for (; i + 1 < text.Length; i += 2) wire[at++] = (byte)(Nibble(text[i]) << 4 | Nibble(text[i + 1]));
        if (i < text.Length) wire[at] = (byte)(Nibble(text[i]) << 4 | (field.Odd == OddNibble.FRight ? 0xF : 0));
    }

    private static bool TryDecodeBcd(IsoField field, ReadOnlySpan<byte> wire, Span<byte> text)
    {
        var at = 0;
        var i = 0;
        var isTrack = field.Content == FieldContent.Track;
        if ((text.Length & 1) == 1 && field.Odd == OddNibble.ZeroLeft) text[i++] = Digit(wire[at++] & 0xF, isTrack);
        for (; i + 1 < text.Length; i += 2, at++)
        {
            text[i] = Digit(wire[at] >> 4, isTrack);
            text[i + 1] = Digit(wire[at] & 0xF, isTrack);
        }

        if (i < text.Length) text[i] = Digit(wire[at] >> 4, isTrack);
        return !text.Contains((byte)0);
    }

    // '=' is 0x3D, so that its low nibble is the separator's already; only the letter D needs a branch.
    private static byte Nibble(byte character) => character == 'D' ? (byte)0xD : (byte)(character & 0xF);

    private static byte Digit(int nibble, bool isTrack) =>
        nibble <= 9 ? (byte)('0' + nibble) : nibble == 0xD && isTrack ? (byte)'=' : (byte)0;
}
