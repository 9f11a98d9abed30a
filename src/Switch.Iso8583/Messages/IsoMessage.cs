using System.Numerics;
using System.Text;

namespace Switch.Iso8583;

/// <summary>
/// A received message: parsed once into slices over its own copy of the bytes, fields decoded when asked for. Pooled:
/// rent, parse, read, dispose. Not safe for several threads at once.
/// </summary>
public sealed class IsoMessage : IDisposable
{
    private const int FirstBufferBytes = 512;

    private readonly IsoParser.Slice[] _slices = new IsoParser.Slice[IsoDialect.MaxField + 1];
    private byte[] _bytes = new byte[FirstBufferBytes];
    private int _length;
    private ulong _primary;
    private ulong _secondary;
    private int _isRented;

    private IsoMessage(IsoDialect dialect) => Dialect = dialect;

    /// <summary>The dialect the bytes are read in.</summary>
    public IsoDialect Dialect { get; }

    /// <summary>The message type.</summary>
    public Mti Mti { get; private set; }

    /// <summary>The bytes as received, without framing. They hold card data: never log them.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Takes a message from the dialect's pool.</summary>
    public static IsoMessage Rent(IsoDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        var message = dialect.Messages.TryRent() ?? new IsoMessage(dialect);
        message._isRented = 1;
        return message;
    }

    /// <summary>
    /// Copies the bytes and finds every field. False on bytes that are no message of the dialect; it is then empty.
    /// Never throws. Structure only: content is checked where it is read, or by <see cref="TryValidate"/>.
    /// </summary>
    public bool TryParse(ReadOnlySpan<byte> bytes, out IsoFault fault)
    {
        Reset();
        if (bytes.Length > Dialect.Frame.MaxMessageBytes)
        {
            fault = new IsoFault(
                IsoFaultKind.TooLong, IsoFault.WholeMessage, bytes.Length, Dialect.Frame.MaxMessageBytes);
            return false;
        }

        if (bytes.Length > _bytes.Length)
        {
            var rounded = (int)BitOperations.RoundUpToPowerOf2((uint)bytes.Length);
            _bytes = new byte[Math.Min(Dialect.Frame.MaxMessageBytes, rounded)];
        }
        bytes.CopyTo(_bytes);
        _length = bytes.Length;
        if (IsoParser.TryParse(Dialect, Bytes, _slices, out var head, out fault))
        {
            (Mti, _primary, _secondary) = (head.Mti, head.Primary, head.Secondary);
            return true;
        }

        Reset();
        return false;
    }

    /// <summary>Whether the message has the field (2 to 128).</summary>
    public bool Has(int field) => field switch
    {
        < 2 or > IsoDialect.MaxField => false,
        <= 64 => (_primary >> (64 - field) & 1) == 1,
        _ => (_secondary >> (128 - field) & 1) == 1,
    };

    /// <summary>The lowest field above <paramref name="field"/> that the message has, or 0. Start with 1.</summary>
    public int NextField(int field)
    {
        // The first bit says that there is a second bitmap: no field of its own.
        var first = field < 64 ? _primary & (ulong.MaxValue >> Math.Max(field, 1)) : 0;
        if (first != 0) return BitOperations.LeadingZeroCount(first) + 1;
        var second = field < 128 ? _secondary & (ulong.MaxValue >> Math.Max(field - 64, 0)) : 0;
        return second != 0 ? BitOperations.LeadingZeroCount(second) + 65 : 0;
    }

    /// <summary>Digits, characters or bytes of the field's content; 0 when absent.</summary>
    public int LengthOf(int field) => Has(field) ? _slices[field].Length : 0;

    /// <summary>The field's bytes on the wire, length prefix excluded; empty when absent.</summary>
    public ReadOnlySpan<byte> Wire(int field) =>
        Has(field) ? _bytes.AsSpan(_slices[field].Offset, _slices[field].Bytes) : default;

    /// <summary>
    /// Decodes a field of content n, an, ans or z into ASCII. False when it is absent, malformed or longer than the
    /// destination.
    /// </summary>
    public bool TryGetText(int field, Span<byte> destination, out int written)
    {
        written = 0;
        if (!Has(field) || Dialect.Field(field)! is { Content: FieldContent.Binary }) return false;
        var length = _slices[field].Length;
        if (destination.Length < length
            || !FieldCodec.TryDecodeText(Dialect.Field(field)!, Wire(field), destination[..length]))
            return false;
        written = length;
        return true;
    }

    /// <summary>
    /// Decodes a field of content b. False when it is absent, malformed or longer than the destination.
    /// </summary>
    public bool TryGetBytes(int field, Span<byte> destination, out int written)
    {
        written = 0;
        if (!Has(field) || Dialect.Field(field)! is not { Content: FieldContent.Binary }) return false;
        var length = _slices[field].Length;
        if (destination.Length < length
            || !FieldCodec.TryDecodeBytes(Dialect.Field(field)!, Wire(field), destination[..length]))
            return false;
        written = length;
        return true;
    }

    /// <summary>
    /// Reads a field of content n and at most 18 digits. False when it is absent, malformed or longer.
    /// </summary>
    public bool TryGetInt64(int field, out long value)
    {
        value = 0;
        return Has(field)
            && FieldCodec.TryDecodeNumber(Dialect.Field(field)!, Wire(field), _slices[field].Length, out value);
    }

    /// <summary>Whether the field is there and its text, padding included, is exactly this.</summary>
    public bool TextEquals(int field, ReadOnlySpan<byte> expected)
    {
        Span<byte> text = stackalloc byte[LengthOf(field)];
        return TryGetText(field, text, out var written) && text[..written].SequenceEqual(expected);
    }

    /// <summary>The field's text with its padding, or null when it is absent or malformed. Allocates.</summary>
    public string? GetString(int field)
    {
        Span<byte> text = stackalloc byte[LengthOf(field)];
        return TryGetText(field, text, out var written) ? Encoding.ASCII.GetString(text[..written]) : null;
    }

    /// <summary>Checks the content of every field; false names the first that is malformed.</summary>
    public bool TryValidate(out IsoFault fault)
    {
        for (var field = NextField(1); field > 0; field = NextField(field))
        {
            var spec = Dialect.Field(field)!;
            if (FieldCodec.IsWire(spec, Wire(field), _slices[field].Length)) continue;
            fault = new IsoFault(IsoFaultKind.BadContent, field, _slices[field].Length, (int)spec.Content);
            return false;
        }

        fault = default;
        return true;
    }

    /// <summary>Wipes the message and gives it back. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 0) return;
        Reset();
        Dialect.Messages.Return(this);
    }

    /// <summary>Message type and fields, masked as the dialect says (see <see cref="IsoDump"/>).</summary>
    public override string ToString() => IsoDump.Format(this);

    /// <summary>The field with its length prefix.</summary>
    internal ReadOnlySpan<byte> Encoded(int field)
    {
        var prefix = Dialect.Field(field)!.PrefixBytes;
        return _bytes.AsSpan(_slices[field].Offset - prefix, _slices[field].Bytes + prefix);
    }

    private void Reset()
    {
        _bytes.AsSpan(0, _length).Clear();
        _length = 0;
        _primary = 0;
        _secondary = 0;
        Mti = default;
    }
}
