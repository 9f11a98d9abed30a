using System.Buffers.Binary;
using System.Buffers.Text;
using System.Numerics;

namespace Switch.Iso8583;

/// <summary>
/// Finds the fields of a message in one pass. Bounds are checked before every read; nothing is thrown.
/// </summary>
internal static class IsoParser
{
    /// <summary>Where a field's content is, and how many digits, characters or bytes it has.</summary>
    internal readonly record struct Slice(ushort Offset, ushort Bytes, ushort Length);

    /// <summary>What comes before the fields.</summary>
    internal readonly record struct Head(Mti Mti, ulong Primary, ulong Secondary);

    public static bool TryParse(
        IsoDialect dialect, ReadOnlySpan<byte> bytes, Slice[] slices, out Head head, out IsoFault fault)
    {
        head = default;
        if (!TryReadMti(dialect, bytes, out var mti, out fault)) return false;
        var position = dialect.MtiBytes;
        if (!TryReadBitmap(dialect, bytes, ref position, out var primary, out fault)) return false;
        var secondary = 0UL;
        if (primary >> 63 == 1 && !TryReadBitmap(dialect, bytes, ref position, out secondary, out fault)) return false;
        var fields = primary & (ulong.MaxValue >> 1);
        if (!TryReadFields(dialect, bytes, fields, 0, slices, ref position, out fault)) return false;
        if (!TryReadFields(dialect, bytes, secondary, 64, slices, ref position, out fault)) return false;
        if (position < bytes.Length)
        {
            fault = new IsoFault(IsoFaultKind.TrailingBytes, IsoFault.WholeMessage, bytes.Length - position);
            return false;
        }

        head = new Head(mti, primary, secondary);
        return true;
    }

    private static bool TryReadMti(IsoDialect dialect, ReadOnlySpan<byte> bytes, out Mti mti, out IsoFault fault)
    {
        mti = default;
        fault = default;
        if (bytes.Length < dialect.MtiBytes)
        {
            fault = new IsoFault(IsoFaultKind.Truncated, 0, bytes.Length, dialect.MtiBytes);
            return false;
        }

        if (dialect.MtiEncoding == FieldEncoding.Bcd) mti = new Mti(BinaryPrimitives.ReadUInt16BigEndian(bytes));
        else if (Utf8Parser.TryParse(bytes[..4], out ushort digits, out var used, 'X') && used == 4)
            mti = new Mti(digits);
        else fault = new IsoFault(IsoFaultKind.BadMti, 0);
        if (fault.IsNone && !mti.IsDecimal) fault = new IsoFault(IsoFaultKind.BadMti, 0);
        return fault.IsNone;
    }

    private static bool TryReadBitmap(
        IsoDialect dialect, ReadOnlySpan<byte> bytes, ref int position, out ulong bits, out IsoFault fault)
    {
        bits = 0;
        fault = default;
        var left = bytes.Length - position;
        if (left < dialect.BitmapBytes)
        {
            fault = new IsoFault(IsoFaultKind.Truncated, 1, left, dialect.BitmapBytes);
            return false;
        }

        var bitmap = bytes.Slice(position, dialect.BitmapBytes);
        position += bitmap.Length;
        if (dialect.Bitmap == BitmapEncoding.Binary) bits = BinaryPrimitives.ReadUInt64BigEndian(bitmap);
        else if (!Utf8Parser.TryParse(bitmap, out bits, out var used, 'X') || used != bitmap.Length)
            fault = new IsoFault(IsoFaultKind.BadBitmap, 1);
        return fault.IsNone;
    }

    private static bool TryReadFields(
        IsoDialect dialect,
        ReadOnlySpan<byte> bytes,
        ulong bits,
        int before,
        Slice[] slices,
        ref int position,
        out IsoFault fault)
    {
        fault = default;
        while (bits != 0)
        {
            var index = BitOperations.LeadingZeroCount(bits);
            bits &= ~(1UL << (63 - index));
            var field = before + index + 1;
            if (dialect.Field(field) is not { } spec)
            {
                fault = new IsoFault(IsoFaultKind.UndefinedField, field);
                return false;
            }

            var length = spec.MaxLength;
            if (spec.Length != FieldLength.Fixed && !TryReadPrefix(spec, bytes, ref position, out length, out fault))
                return false;
            var wire = spec.WireBytes(length);
            if (bytes.Length - position < wire)
            {
                fault = new IsoFault(IsoFaultKind.Truncated, field, bytes.Length - position, wire);
                return false;
            }

            slices[field] = new Slice((ushort)position, (ushort)wire, (ushort)length);
            position += wire;
        }

        return true;
    }

    private static bool TryReadPrefix(
        IsoField spec, ReadOnlySpan<byte> bytes, ref int position, out int length, out IsoFault fault)
    {
        length = 0;
        fault = default;
        var size = spec.PrefixBytes;
        if (bytes.Length - position < size)
        {
            fault = new IsoFault(IsoFaultKind.Truncated, spec.Number, bytes.Length - position, size);
            return false;
        }

        foreach (var part in bytes.Slice(position, size))
        {
            var (high, low) = spec.Prefix == FieldEncoding.Bcd ? (part >> 4, part & 0xF) : (0, part - '0');
            if (high > 9 || (uint)low > 9)
            {
                fault = new IsoFault(IsoFaultKind.BadLengthPrefix, spec.Number);
                return false;
            }

            length = length * (spec.Prefix == FieldEncoding.Bcd ? 100 : 10) + high * 10 + low;
        }

        position += size;
        if (length <= spec.MaxLength) return true;
        fault = new IsoFault(IsoFaultKind.TooLong, spec.Number, length, spec.MaxLength);
        return false;
    }
}
