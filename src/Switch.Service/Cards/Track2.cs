using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Switch.Service.Cards;

/// <summary>Why a text is no track 2.</summary>
internal enum Track2Fault
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Nothing was given.</summary>
    Empty,

    /// <summary>More than 37 characters (DE 35, ISO/IEC 7813 without sentinels).</summary>
    TooLong,

    /// <summary>No '=' or 'D' behind the PAN.</summary>
    Separator,

    /// <summary>What stands before the separator is no PAN.</summary>
    Pan,

    /// <summary>The four characters behind the separator are no YYMM.</summary>
    Expiry,

    /// <summary>The three characters behind the expiry are no service code.</summary>
    ServiceCode,

    /// <summary>The discretionary data holds something other than digits; the padding nibble F counts.</summary>
    Discretionary,
}

/// <summary>
/// Track 2 equivalent data: PAN, separator, YYMM, service code, discretionary data. It lives in memory for one
/// authorization and is never stored, sealed or not. The separator is kept as '=' whichever was given.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class Track2
{
    /// <summary>Longest track 2 in characters (DE 35).</summary>
    public const int LengthMax = 37;

    private const char Separator = '=';
    private const int ServiceCodeLength = 3;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Characters _characters;

    private Track2(Pan pan, CardExpiry expiry, ReadOnlySpan<char> text)
    {
        Pan = pan;
        Expiry = expiry;
        Length = text.Length;
        for (var i = 0; i < text.Length; i++) _characters[i] = (byte)text[i];
        _characters[pan.Length] = (byte)Separator;
    }

    /// <summary>The card number on the track.</summary>
    public Pan Pan { get; }

    /// <summary>The expiry on the track.</summary>
    public CardExpiry Expiry { get; }

    /// <summary>Characters of the whole track, at most <see cref="LengthMax"/>.</summary>
    public int Length { get; }

    /// <summary>Reads a track without sentinels; padding is refused, nothing is guessed.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Track2? track, out Track2Fault fault)
    {
        track = null;
        fault = Check(text, out var pan, out var expiry);
        if (fault != Track2Fault.None) return false;
        track = new Track2(pan, expiry, text);
        return true;
    }

    /// <summary>Writes the track in the clear with '=' as separator, for DE 35.</summary>
    /// <returns>How many characters were written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="Length"/>.</exception>
    public int CopyTo(Span<char> destination)
    {
        ReadOnlySpan<byte> raw = _characters;
        for (var i = 0; i < Length; i++) destination[i] = (char)raw[i];
        return Length;
    }

    /// <summary>Writes the track in the clear as ASCII with '=' as separator, for DE 35.</summary>
    /// <returns>How many bytes were written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="Length"/>.</exception>
    public int CopyTo(Span<byte> destination)
    {
        ReadOnlySpan<byte> raw = _characters;
        raw[..Length].CopyTo(destination);
        return Length;
    }

    /// <summary>The masked PAN and nothing else of the track.</summary>
    public override string ToString() => $"{Pan}=***";

    private static Track2Fault Check(ReadOnlySpan<char> text, out Pan pan, out CardExpiry expiry)
    {
        pan = default;
        expiry = default;
        if (text.IsEmpty) return Track2Fault.Empty;
        if (text.Length > LengthMax) return Track2Fault.TooLong;

        var separator = text.IndexOfAny(Separator, 'D');
        if (separator < 0) return Track2Fault.Separator;
        if (!Pan.TryParse(text[..separator], out pan, out _)) return Track2Fault.Pan;

        var rest = text[(separator + 1)..];
        if (rest.Length < CardExpiry.YymmLength) return Track2Fault.Expiry;
        if (!CardExpiry.TryParseYymm(rest[..CardExpiry.YymmLength], out expiry)) return Track2Fault.Expiry;

        rest = rest[CardExpiry.YymmLength..];
        if (rest.Length < ServiceCodeLength) return Track2Fault.ServiceCode;
        if (rest[..ServiceCodeLength].ContainsAnyExceptInRange('0', '9')) return Track2Fault.ServiceCode;
        return rest.ContainsAnyExceptInRange('0', '9') ? Track2Fault.Discretionary : Track2Fault.None;
    }

    /// <summary>Held inside the object: one allocation a track, and nothing that a string pool could keep.</summary>
    [InlineArray(LengthMax)]
    private struct Characters
    {
        private byte _first;
    }
}
