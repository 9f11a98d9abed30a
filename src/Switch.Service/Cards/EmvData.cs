using System.Diagnostics;

namespace Switch.Service.Cards;

/// <summary>
/// ICC data for DE 55: BER-TLV, at most 255 bytes. It holds the PAN and track 2 in the clear, so it lives in memory for
/// one authorization, is never stored, and printing it tells its length alone.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct EmvData
{
    /// <summary>Longest data in bytes (DE 55, b...255).</summary>
    public const int LengthMax = 255;

    /// <summary>
    /// Constructed tags inside one another. Templates in practice nest two deep; the bound keeps hostile input from
    /// using the stack: 255 bytes could otherwise nest 127 deep.
    /// </summary>
    private const int DepthMax = 8;

    /// <summary>Bytes of a tag: EMV uses two, card scheme kernels three; four is the bound.</summary>
    private const int TagBytesMax = 4;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ReadOnlyMemory<byte> _bytes;

    private EmvData(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>Length in bytes; 0 only for the default value.</summary>
    public int Length => _bytes.Length;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>Takes well-formed data without copying it; the caller must not change the bytes afterwards.</summary>
    public static bool TryCreate(ReadOnlyMemory<byte> bytes, out EmvData data, out string fault)
    {
        var valid = TryValidate(bytes.Span, out fault);
        data = valid ? new EmvData(bytes) : default;
        return valid;
    }

    /// <summary>
    /// Checks form, not meaning: definite lengths that fit, whole tags, nothing left over, constructed tags the same
    /// inside. The fault names the offset in bytes and never a value.
    /// </summary>
    public static bool TryValidate(ReadOnlySpan<byte> data, out string fault)
    {
        fault = "";
        if (data.IsEmpty) fault = "is empty";
        else if (data.Length > LengthMax) fault = $"is {data.Length} bytes long, the limit is {LengthMax}";
        else fault = CheckObjects(data, offset: 0, depth: 1) ?? "";
        return fault.Length == 0;
    }

    /// <summary>Writes the bytes in the clear, for DE 55.</summary>
    /// <returns>How many were written.</returns>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="Length"/>.</exception>
    public int CopyTo(Span<byte> destination)
    {
        _bytes.Span.CopyTo(destination);
        return _bytes.Length;
    }

    /// <summary>The length and nothing else.</summary>
    public override string ToString() => $"[EMV data, {_bytes.Length} bytes]";

    private static string? CheckObjects(ReadOnlySpan<byte> data, int offset, int depth)
    {
        if (depth > DepthMax) return $"nests deeper than {DepthMax} at byte {offset}";
        var at = 0;
        while (at < data.Length)
        {
            var start = at;
            var constructed = (data[at] & 0x20) != 0;
            // Tag 00 marks the end of an indefinite length, which is not allowed here: it is padding.
            if (data[at] == 0) return $"has padding or a zero tag at byte {offset + at}";
            if (!TrySkipTag(data, ref at)) return $"has a cut-off or over-long tag at byte {offset + start}";
            if (!TryReadLength(data, ref at, out var length)) return $"has a bad length at byte {offset + at}";
            if (length > data.Length - at) return $"has a value that runs past its end at byte {offset + at}";
            if (constructed && CheckObjects(data.Slice(at, length), offset + at, depth + 1) is { } fault) return fault;
            at += length;
        }

        return null;
    }

    private static bool TrySkipTag(ReadOnlySpan<byte> data, ref int at)
    {
        var first = at;
        if ((data[at++] & 0x1F) != 0x1F) return true;
        while (at < data.Length && at - first < TagBytesMax)
            if ((data[at++] & 0x80) == 0) return true;

        return false;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> data, ref int at, out int length)
    {
        length = 0;
        if (at >= data.Length) return false;
        int first = data[at];
        if (first < 0x80)
        {
            length = first;
            at++;
            return true;
        }

        // 80 is the indefinite form. One byte is all the long form can need: 255 is the limit of the whole field.
        // 82 00 7F and the like are legal BER, if wasteful, so up to two bytes are read.
        var count = first & 0x7F;
        if (count is 0 or > 2 || at + count >= data.Length) return false;
        for (var i = 1; i <= count; i++) length = (length << 8) | data[at + i];
        at += count + 1;
        return true;
    }
}
