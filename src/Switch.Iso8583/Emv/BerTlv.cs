namespace Switch.Iso8583;

/// <summary>What is wrong with BER-TLV data.</summary>
public enum BerTlvFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The data as a whole exceeds its bound.</summary>
    TooLong,

    /// <summary>A tag runs past the data or has more than three bytes.</summary>
    BadTag,

    /// <summary>A length is indefinite, runs past the data, or has more than two bytes.</summary>
    BadLength,

    /// <summary>A value runs past the data, or past the template that holds it.</summary>
    Truncated,

    /// <summary>Templates are nested deeper than the bound.</summary>
    TooDeep,
}

/// <summary>
/// Walks the BER-TLV objects of EMV data (DE 55; EMV book 3, annex B) without copying or throwing. Zero bytes
/// between objects are skipped, as the standard allows.
/// </summary>
public ref struct BerTlv
{
    /// <summary>Longest DE 55 in bytes (S13).</summary>
    public const int MaxBytes = 255;

    private const int MaxTagBytes = 3;
    private const int MaxDepth = 4;

    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts at the first object.</summary>
    public BerTlv(ReadOnlySpan<byte> data)
    {
        _rest = data;
        Fault = data.Length > MaxBytes ? BerTlvFault.TooLong : BerTlvFault.None;
    }

    /// <summary>The current object's tag, its bytes as one number: 0x9F26.</summary>
    public int Tag { get; private set; }

    /// <summary>Whether the current object is a template that holds others: walk <see cref="Value"/>.</summary>
    public bool IsConstructed { get; private set; }

    /// <summary>The current object's value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Why the walk stopped; <see cref="BerTlvFault.None"/> at the orderly end.</summary>
    public BerTlvFault Fault { get; private set; }

    /// <summary>Moves to the next object. False at the end or on a fault.</summary>
    public bool TryNext()
    {
        if (Fault != BerTlvFault.None) return false;
        _rest = _rest.TrimStart((byte)0);
        if (_rest.IsEmpty) return false;
        if (!TryReadTag() || !TryReadLength(out var length)) return false;
        if (length > _rest.Length) return Stop(BerTlvFault.Truncated);
        Value = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Whether the data, nested templates included, is well-formed and holds an object.</summary>
    public static bool TryValidate(ReadOnlySpan<byte> data, out BerTlvFault fault)
    {
        fault = data.TrimStart((byte)0).IsEmpty ? BerTlvFault.Truncated : Check(data, 1);
        return fault == BerTlvFault.None;
    }

    /// <summary>
    /// Finds the first top-level object with a tag. False when there is none before the end or a fault.
    /// </summary>
    public static bool TryFind(ReadOnlySpan<byte> data, int tag, out ReadOnlySpan<byte> value)
    {
        var walk = new BerTlv(data);
        while (walk.TryNext())
        {
            if (walk.Tag != tag) continue;
            value = walk.Value;
            return true;
        }

        value = default;
        return false;
    }

    private static BerTlvFault Check(ReadOnlySpan<byte> data, int depth)
    {
        if (depth > MaxDepth) return BerTlvFault.TooDeep;
        var walk = new BerTlv(data);
        while (walk.TryNext())
            if (walk.IsConstructed && Check(walk.Value, depth + 1) is not BerTlvFault.None and var inner) return inner;
        return walk.Fault;
    }

    private bool TryReadTag()
    {
        Tag = _rest[0];
        IsConstructed = (Tag & 0x20) != 0;
        var bytes = 1;
        // Five one bits say that the tag goes on; each further byte says with its top bit whether another follows.
        var more = (Tag & 0x1F) == 0x1F;
        while (more)
        {
            if (bytes == MaxTagBytes || bytes == _rest.Length) return Stop(BerTlvFault.BadTag);
            more = (_rest[bytes] & 0x80) != 0;
            Tag = Tag << 8 | _rest[bytes++];
        }

        _rest = _rest[bytes..];
        return true;
    }

    private bool TryReadLength(out int length)
    {
        length = 0;
        if (_rest.IsEmpty) return Stop(BerTlvFault.BadLength);
        var first = _rest[0];
        var bytes = first < 0x80 ? 1 : 1 + (first & 0x7F);
        // 0x80 is the indefinite form, which EMV forbids; more than two length bytes cannot describe 255 bytes.
        if (first == 0x80 || bytes > 3 || bytes > _rest.Length) return Stop(BerTlvFault.BadLength);
        length = first;
        if (bytes > 1)
        {
            length = 0;
            foreach (var part in _rest[1..bytes]) length = length << 8 | part;
        }

        _rest = _rest[bytes..];
        return true;
    }

    private bool Stop(BerTlvFault fault)
    {
        Fault = fault;
        Value = default;
        return false;
    }
}
