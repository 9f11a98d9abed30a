using System.Runtime.CompilerServices;

namespace Switch.Iso8583;

/// <summary>
/// One field of a dialect: content × encoding × length × padding, resolved once when the dialect loads.
/// </summary>
public sealed class IsoField
{
    internal IsoField(
        int number, string name, FieldContent content, FieldEncoding encoding, FieldLength length, int maxLength)
    {
        Number = number;
        Name = name;
        Content = content;
        Encoding = encoding;
        Length = length;
        MaxLength = maxLength;
    }

    /// <summary>Data element number, 2 to 128.</summary>
    public int Number { get; }

    /// <summary>The field's name for people.</summary>
    public string Name { get; }

    /// <summary>What it may contain.</summary>
    public FieldContent Content { get; }

    /// <summary>How the content is laid out.</summary>
    public FieldEncoding Encoding { get; }

    /// <summary>How its length is known.</summary>
    public FieldLength Length { get; }

    /// <summary>
    /// Longest (fixed: only) length in digits, characters or, for <c>b</c>, bytes. Length prefixes count the same.
    /// </summary>
    public int MaxLength { get; }

    /// <summary>
    /// Encoding of the length prefix, <see cref="FieldEncoding.Ascii"/> or <see cref="FieldEncoding.Bcd"/>.
    /// </summary>
    public FieldEncoding Prefix
    {
        get;
        internal init
        {
            field = value;
            PrefixBytes = (Length, value) switch
            {
                (FieldLength.Fixed, _) => 0,
                (FieldLength.LlVar, FieldEncoding.Bcd) => 1,
                (FieldLength.LlVar, _) or (FieldLength.LllVar, FieldEncoding.Bcd) => 2,
                _ => 3,
            };
        }
    }

    /// <summary>How a short value of a fixed field is filled up.</summary>
    public FieldPadding Padding { get; internal init; }

    /// <summary>Where the spare nibble of an odd number of BCD digits goes.</summary>
    public OddNibble Odd { get; internal init; }

    /// <summary>How much a dump may show.</summary>
    public Sensitivity Sensitivity { get; internal init; }

    /// <summary>Bytes of the length prefix, 0 to 3.</summary>
    internal int PrefixBytes { get; private init; }

    /// <summary>Bytes on the wire, prefix excluded, of <paramref name="length"/> digits, characters or bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int WireBytes(int length) => Encoding switch
    {
        FieldEncoding.Bcd => (length + 1) >> 1,
        FieldEncoding.Hex => length << 1,
        _ => length,
    };
}
