using System.Globalization;
using System.Numerics;
using System.Text;

namespace Switch.Testing;

/// <summary>
/// Every form in which software is known to write card data down: as text in three encodings, packed as an acquirer's
/// message has it, as a number, and all of these once more printed as hex, base64 or a list of bytes.
/// </summary>
public static class CardDataEncodings
{
    private const int BitsPerBase64Character = 6;
    private const int PanGroup = 4;

    /// <summary>The forms of a text: digits, or a track with its separator.</summary>
    public static IEnumerable<(string Encoding, byte[] Bytes)> OfText(string text) =>
        TextForms(text).SelectMany(form => Printed(form.Encoding, form.Bytes));

    /// <summary>The forms of a part of a card number: those that a careless truncation would leave behind.</summary>
    public static IEnumerable<(string Encoding, byte[] Bytes)> OfFragment(string digits)
    {
        var ascii = Encoding.ASCII.GetBytes(digits);
        yield return ("ASCII", ascii);
        yield return ("UTF-16 LE", Encoding.Unicode.GetBytes(digits));
        yield return ("UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(digits));
        yield return ("hex of ASCII", Encoding.ASCII.GetBytes(Convert.ToHexString(ascii)));
        for (var offset = 0; offset < 3; offset++)
            yield return ($"base64 of ASCII at {offset}", Encoding.ASCII.GetBytes(Base64(ascii, offset)));
    }

    /// <summary>The forms of bytes: a PIN block, a cryptogram.</summary>
    public static IEnumerable<(string Encoding, byte[] Bytes)> OfBytes(byte[] bytes) =>
    [
        .. Printed("raw", bytes),
        // What becomes of bytes that were taken for characters.
        .. Printed("Latin-1 in UTF-8", Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes))),
    ];

    private static IEnumerable<(string Encoding, byte[] Bytes)> TextForms(string text)
    {
        yield return ("ASCII", Encoding.ASCII.GetBytes(text));
        yield return ("UTF-16 LE", Encoding.Unicode.GetBytes(text));
        yield return ("UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(text));
        yield return ("EBCDIC", [.. text.Select(Ebcdic)]);
        yield return ("BCD", Packed(text, shift: 0));
        yield return ("BCD shifted by a nibble", Packed(text, shift: 1));
        if (!text.All(char.IsAsciiDigit)) yield break;

        yield return ("grouped by blanks", Encoding.ASCII.GetBytes(Grouped(text, ' ')));
        yield return ("grouped by hyphens", Encoding.ASCII.GetBytes(Grouped(text, '-')));
        var number = BigInteger.Parse(text, CultureInfo.InvariantCulture);
        yield return ("little-endian number", number.ToByteArray(isUnsigned: true));
        yield return ("big-endian number", number.ToByteArray(isUnsigned: true, isBigEndian: true));
        if (number <= ulong.MaxValue) yield return ("varint", Varint((ulong)number));
    }

    private static IEnumerable<(string Encoding, byte[] Bytes)> Printed(string encoding, byte[] bytes)
    {
        yield return (encoding, bytes);
        foreach (var (print, text) in Prints(bytes))
        {
            var name = $"{print} of {encoding}";
            yield return (name, Encoding.ASCII.GetBytes(text));
            yield return ($"{name} in UTF-16 LE", Encoding.Unicode.GetBytes(text));
            yield return ($"{name} in UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(text));
        }
    }

    private static IEnumerable<(string Print, string Text)> Prints(byte[] bytes)
    {
        yield return ("hex", Convert.ToHexString(bytes));
        yield return ("lower hex", Convert.ToHexStringLower(bytes));
        foreach (var separator in (string[])["-", " ", ":", ", "])
        {
            var hex = string.Join(separator, bytes.Select(b => Convert.ToHexString([b])));
            yield return ($"hex by '{separator}'", hex);
            yield return ($"lower hex by '{separator}'", hex.ToLowerInvariant());
        }

        yield return ("list", string.Join(',', bytes));
        yield return ("spaced list", string.Join(", ", bytes));
        for (var offset = 0; offset < 3; offset++)
        {
            var base64 = Base64(bytes, offset);
            yield return ($"base64 at {offset}", base64);
            yield return ($"base64url at {offset}", base64.Replace('+', '-').Replace('/', '_'));
        }
    }

    // Base64 of the same bytes looks different at each of three positions in a longer text. Only the characters that
    // these bytes alone decide are looked for.
    private static string Base64(byte[] bytes, int offset)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. bytes]);
        var first = ((offset * 8) + BitsPerBase64Character - 1) / BitsPerBase64Character;
        var end = (offset + bytes.Length) * 8 / BitsPerBase64Character;
        return text[first..end];
    }

    // Two digits a byte, '=' as D. The digits that share a byte with a neighbour are left out: it may be anything.
    private static byte[] Packed(string text, int shift)
    {
        var packed = new byte[(text.Length - shift) / 2];
        for (var i = 0; i < packed.Length; i++)
            packed[i] = (byte)((Nibble(text[shift + (2 * i)]) << 4) | Nibble(text[shift + (2 * i) + 1]));
        return packed;
    }

    private static byte Ebcdic(char c) => (byte)(c == '=' ? 0x7E : char.IsAsciiDigit(c) ? 0xF0 + c - '0' : 0xC4);

    private static int Nibble(char c) => char.IsAsciiDigit(c) ? c - '0' : 0xD;

    private static string Grouped(string digits, char separator) =>
        string.Join(separator, digits.Chunk(PanGroup).Select(group => new string(group)));

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
