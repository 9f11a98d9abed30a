using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Switch.Iso8583;

/// <summary>
/// Writes one message, fields in ascending order, without allocating. The first fault sticks and later writes do
/// nothing, so a caller checks once, in <see cref="TryComplete(out IsoFault)"/>. Nothing is thrown on bad values.
/// </summary>
public ref struct IsoWriter
{
    private const int MaxNumberDigits = 19;
    private const int MaxTextLength = 999;

    private readonly IsoDialect _dialect;
    private readonly IsoBuffer? _buffer;
    private readonly Span<byte> _destination;
    private ulong _primary;
    private ulong _secondary;
    private int _position;
    private int _lastField;
    private IsoFault _fault;

    /// <summary>Starts a message in a pooled buffer, whose length is set on completion.</summary>
    public IsoWriter(IsoBuffer buffer, Mti mti) : this(buffer.Dialect, buffer.Whole, mti)
    {
        _buffer = buffer;
        buffer.Length = 0;
    }

    /// <summary>Starts a message in a span.</summary>
    public IsoWriter(IsoDialect dialect, Span<byte> destination, Mti mti)
    {
        _dialect = dialect;
        _destination = destination;
        _lastField = 1;
        var needed = dialect.MtiBytes + dialect.BitmapBytes;
        if (!mti.IsDecimal) _fault = new IsoFault(IsoFaultKind.BadMti, 0);
        else if (destination.Length < needed)
            _fault = new IsoFault(IsoFaultKind.BufferFull, 0, destination.Length, needed);
        else if (dialect.MtiEncoding == FieldEncoding.Bcd) BinaryPrimitives.WriteUInt16BigEndian(destination, mti.Bcd);
        else Utf8Formatter.TryFormat(mti.Bcd, destination, out _, new StandardFormat('X', 4));
        _position = needed;
    }

    /// <summary>The first fault met, or none.</summary>
    public readonly IsoFault Fault => _fault;

    /// <summary>
    /// Writes ASCII characters into a field of content n, an, ans or z; a short fixed field is padded.
    /// </summary>
    public bool Text(int field, scoped ReadOnlySpan<byte> value)
    {
        if (Open(field) is not { } spec) return false;
        if (!FieldCodec.IsContent(spec.Content, value))
            return Fail(new IsoFault(IsoFaultKind.BadContent, field, value.Length, (int)spec.Content));

        var isShort = spec.Length == FieldLength.Fixed && value.Length < spec.MaxLength;
        if (isShort && spec.Padding == FieldPadding.None)
            return Fail(new IsoFault(IsoFaultKind.TooShort, field, value.Length, spec.MaxLength));
        var length = isShort ? spec.MaxLength : value.Length;
        if (!TryReserve(spec, length, out var wire)) return false;
        FieldCodec.EncodeText(spec, value, length, wire);
        return true;
    }

    /// <summary>Writes characters; anything outside ASCII is a fault.</summary>
    public bool Text(int field, scoped ReadOnlySpan<char> value)
    {
        if (value.Length > MaxTextLength)
            return Fail(new IsoFault(IsoFaultKind.TooLong, field, value.Length, MaxTextLength));
        Span<byte> ascii = stackalloc byte[value.Length];
        return Ascii.FromUtf16(value, ascii, out _) == OperationStatus.Done
            ? Text(field, ascii)
            : Fail(new IsoFault(IsoFaultKind.BadContent, field, value.Length, (int)FieldContent.Text));
    }

    /// <summary>
    /// Writes a number into a field of content n; zeros fill a fixed field. A negative number is a fault.
    /// </summary>
    public bool Number(int field, long value)
    {
        if (value < 0) return Fail(new IsoFault(IsoFaultKind.BadContent, field, 0, (int)FieldContent.Numeric));
        Span<byte> digits = stackalloc byte[MaxNumberDigits];
        var first = MaxNumberDigits;
        do
        {
            digits[--first] = (byte)('0' + value % 10);
            value /= 10;
        }
        while (value > 0);
        return Text(field, digits[first..]);
    }

    /// <summary>Writes bytes into a field of content b.</summary>
    public bool Bytes(int field, scoped ReadOnlySpan<byte> value)
    {
        if (Open(field) is not { } spec) return false;
        if (spec.Content != FieldContent.Binary)
            return Fail(new IsoFault(IsoFaultKind.BadContent, field, value.Length, (int)spec.Content));
        if (spec.Length == FieldLength.Fixed && value.Length < spec.MaxLength)
            return Fail(new IsoFault(IsoFaultKind.TooShort, field, value.Length, spec.MaxLength));
        if (!TryReserve(spec, value.Length, out var wire)) return false;
        FieldCodec.EncodeBytes(spec, value, wire);
        return true;
    }

    /// <summary>Copies a field as it is from a message of the same dialect; one it lacks is skipped.</summary>
    /// <exception cref="ArgumentException">The message is of another dialect.</exception>
    public bool Copy(int field, IsoMessage source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!ReferenceEquals(source.Dialect, _dialect)) ThrowOtherDialect();
        if (!source.Has(field)) return _fault.IsNone;
        if (Open(field) is null) return false;
        var encoded = source.Encoded(field);
        if (!TryTake(field, encoded.Length, out var wire)) return false;
        encoded.CopyTo(wire);
        return true;
    }

    /// <summary>
    /// Copies the dialect's echo fields that come after the last one written, up to and including one (S13).
    /// </summary>
    /// <exception cref="ArgumentException">The message is of another dialect.</exception>
    public bool Echo(IsoMessage request, int throughField = IsoDialect.MaxField)
    {
        foreach (var field in _dialect.EchoFields)
            if (field > _lastField && field <= throughField && !Copy(field, request)) return false;
        return _fault.IsNone;
    }

    /// <summary>Finishes the message. False on a fault; the buffer then has length 0.</summary>
    public bool TryComplete(out IsoFault fault) => TryComplete(out _, out fault);

    /// <summary>
    /// Finishes the message of <paramref name="length"/> bytes. False on a fault; the length is then 0.
    /// </summary>
    public bool TryComplete(out int length, out IsoFault fault)
    {
        length = 0;
        fault = _fault;
        if (!_fault.IsNone) return false;
        var bitmaps = _destination[_dialect.MtiBytes..];
        if (_secondary != 0) _primary |= 1UL << 63;
        WriteBitmap(_primary, bitmaps);
        if (_secondary != 0) WriteBitmap(_secondary, bitmaps[_dialect.BitmapBytes..]);
        length = _position;
        if (_buffer is not null) _buffer.Length = length;
        return true;
    }

    private IsoField? Open(int field)
    {
        if (!_fault.IsNone) return null;
        if (field < 2 || _dialect.Field(field) is not { } spec)
        {
            Fail(new IsoFault(IsoFaultKind.UndefinedField, field));
            return null;
        }

        if (field <= _lastField)
        {
            Fail(new IsoFault(IsoFaultKind.OutOfOrder, field, _lastField));
            return null;
        }

        return field > 64 && _secondary == 0 && !TryOpenSecondary(field) ? null : spec;
    }

    private bool TryOpenSecondary(int field)
    {
        var bytes = _dialect.BitmapBytes;
        if (_destination.Length - _position < bytes)
            return Fail(new IsoFault(IsoFaultKind.BufferFull, field, _destination.Length - _position, bytes));
        var body = _dialect.MtiBytes + bytes;
        _destination[body.._position].CopyTo(_destination[(body + bytes)..]);
        _position += bytes;
        return true;
    }

    private bool TryReserve(IsoField spec, int length, out Span<byte> wire)
    {
        if (length > spec.MaxLength)
        {
            wire = default;
            return Fail(new IsoFault(IsoFaultKind.TooLong, spec.Number, length, spec.MaxLength));
        }

        var prefix = spec.PrefixBytes;
        if (!TryTake(spec.Number, prefix + spec.WireBytes(length), out wire)) return false;
        if (prefix > 0) WritePrefix(spec, length, wire[..prefix]);
        wire = wire[prefix..];
        return true;
    }

    private bool TryTake(int field, int bytes, out Span<byte> wire)
    {
        wire = default;
        if (_destination.Length - _position < bytes)
            return Fail(new IsoFault(IsoFaultKind.BufferFull, field, _destination.Length - _position, bytes));
        wire = _destination.Slice(_position, bytes);
        _position += bytes;
        _lastField = field;
        if (field <= 64) _primary |= 1UL << (64 - field);
        else _secondary |= 1UL << (128 - field);
        return true;
    }

    private bool Fail(IsoFault fault)
    {
        if (_fault.IsNone) _fault = fault;
        return false;
    }

    private static void WritePrefix(IsoField spec, int length, Span<byte> prefix)
    {
        for (var i = prefix.Length - 1; i >= 0; i--)
        {
            if (spec.Prefix == FieldEncoding.Bcd)
            {
                prefix[i] = (byte)((length / 10 % 10) << 4 | length % 10);
                length /= 100;
            }
            else
            {
                prefix[i] = (byte)('0' + length % 10);
                length /= 10;
            }
        }
    }

    private readonly void WriteBitmap(ulong bits, Span<byte> destination)
    {
        if (_dialect.Bitmap == BitmapEncoding.Binary) BinaryPrimitives.WriteUInt64BigEndian(destination, bits);
        else Utf8Formatter.TryFormat(bits, destination, out _, new StandardFormat('X', 16));
    }

    private static void ThrowOtherDialect() =>
        throw new ArgumentException("Fields are copied between messages of one dialect only.");
}
