namespace Switch.Iso8583;

/// <summary>What is wrong with BER-TLV data.</summary>
public enum BerTlvFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The data as a whole exceeds its bound.</summary>
    TooLong,

    /// <summary>A zero byte stands where an object should, and the rules allow no padding.</summary>
    Padding,

    /// <summary>A tag runs past the data or has more bytes than the rules allow.</summary>
    BadTag,

    /// <summary>A length is indefinite, runs past the data, or has more than two bytes.</summary>
    BadLength,

    /// <summary>A value runs past the data, or past the template that holds it.</summary>
    Truncated,

    /// <summary>Templates are nested deeper than the rules allow.</summary>
    TooDeep,
}

/// <summary>What a reader of BER-TLV data puts up with.</summary>
/// <param name="TagBytesMax">Bytes of one tag. EMV uses two, card scheme kernels three.</param>
/// <param name="DepthMax">Levels of objects. The bound keeps hostile input from using the stack.</param>
/// <param name="AllowsPadding">Whether zero bytes between objects are skipped; otherwise they are a fault.</param>
public readonly record struct BerTlvRules(int TagBytesMax, int DepthMax, bool AllowsPadding)
{
    /// <summary>As EMV book 3, annex B has it.</summary>
    public static BerTlvRules Emv => new(TagBytesMax: 3, DepthMax: 4, AllowsPadding: true);
}

/// <summary>
/// Walks the BER-TLV objects of EMV data (DE 55; EMV book 3, annex B) without copying or throwing.
/// </summary>
public ref struct BerTlv
{
    /// <summary>Longest DE 55 in bytes (S13).</summary>
    public const int MaxBytes = 255;

    private readonly ReadOnlySpan<byte> _data;
    private readonly BerTlvRules _rules;

    /// <summary>Starts at the first object, with the rules of EMV.</summary>
    public BerTlv(ReadOnlySpan<byte> data)
        : this(data, BerTlvRules.Emv)
    {
    }

    /// <summary>Starts at the first object.</summary>
    public BerTlv(ReadOnlySpan<byte> data, BerTlvRules rules)
    {
        _data = data;
        _rules = rules;
        Fault = data.Length > MaxBytes ? BerTlvFault.TooLong : BerTlvFault.None;
    }

    /// <summary>The current object's tag, its bytes as one number: 0x9F26.</summary>
    public int Tag { get; private set; }

    /// <summary>Whether the current object is a template that holds others: walk <see cref="Value"/>.</summary>
    public bool IsConstructed { get; private set; }

    /// <summary>The current object's value.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>In bytes: behind the current object, or where the fault is.</summary>
    public int Offset { get; private set; }

    /// <summary>Why the walk stopped; <see cref="BerTlvFault.None"/> at the orderly end.</summary>
    public BerTlvFault Fault { get; private set; }

    private readonly ReadOnlySpan<byte> Rest => _data[Offset..];

    /// <summary>Moves to the next object. False at the end or on a fault.</summary>
    public bool TryNext()
    {
        if (Fault != BerTlvFault.None) return false;
        if (_rules.AllowsPadding) Offset = _data.Length - Rest.TrimStart((byte)0).Length;
        if (Offset == _data.Length) return false;
        // Tag 00 marks the end of an indefinite length, which EMV forbids.
        if (_data[Offset] == 0) return Stop(BerTlvFault.Padding);
        if (!TryReadTag() || !TryReadLength(out var length)) return false;
        if (length > Rest.Length) return Stop(BerTlvFault.Truncated);
        Value = Rest[..length];
        Offset += length;
        return true;
    }

    /// <summary>
    /// Whether the data, nested templates included, is well-formed by the rules of EMV and holds an object.
    /// </summary>
    public static bool TryValidate(ReadOnlySpan<byte> data, out BerTlvFault fault) =>
        TryValidate(data, BerTlvRules.Emv, out fault, out _);

    /// <summary>Whether the data, nested templates included, is well-formed and holds an object.</summary>
    /// <param name="data">All of it.</param>
    /// <param name="rules">What is put up with.</param>
    /// <param name="fault">The first fault.</param>
    /// <param name="offset">Where the fault is, in bytes from the start of the data.</param>
    public static bool TryValidate(
        ReadOnlySpan<byte> data, BerTlvRules rules, out BerTlvFault fault, out int offset)
    {
        offset = 0;
        fault = Check(data, rules, 1, ref offset);
        if (fault == BerTlvFault.None && !data.ContainsAnyExcept((byte)0)) fault = BerTlvFault.Truncated;
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

    // The offset comes in as where these data start, and goes out as where their fault is.
    private static BerTlvFault Check(ReadOnlySpan<byte> data, BerTlvRules rules, int depth, ref int offset)
    {
        if (depth > rules.DepthMax) return BerTlvFault.TooDeep;
        var start = offset;
        var walk = new BerTlv(data, rules);
        while (walk.TryNext())
        {
            if (!walk.IsConstructed) continue;
            offset = start + walk.Offset - walk.Value.Length;
            var inner = Check(walk.Value, rules, depth + 1, ref offset);
            if (inner != BerTlvFault.None) return inner;
        }

        offset = start + walk.Offset;
        return walk.Fault;
    }

    private bool TryReadTag()
    {
        var rest = Rest;
        Tag = rest[0];
        IsConstructed = (Tag & 0x20) != 0;
        var bytes = 1;
        // Five one bits say that the tag goes on; each further byte says with its top bit whether another follows.
        var more = (Tag & 0x1F) == 0x1F;
        while (more)
        {
            if (bytes == _rules.TagBytesMax || bytes == rest.Length) return Stop(BerTlvFault.BadTag);
            more = (rest[bytes] & 0x80) != 0;
            Tag = Tag << 8 | rest[bytes++];
        }

        Offset += bytes;
        return true;
    }

    private bool TryReadLength(out int length)
    {
        length = 0;
        var rest = Rest;
        if (rest.IsEmpty) return Stop(BerTlvFault.BadLength);
        var first = rest[0];
        var bytes = first < 0x80 ? 1 : 1 + (first & 0x7F);
        // 0x80 is the indefinite form, which EMV forbids; more than two length bytes cannot describe 255 bytes.
        if (first == 0x80 || bytes > 3 || bytes > rest.Length) return Stop(BerTlvFault.BadLength);
        length = first;
        if (bytes > 1)
        {
            length = 0;
            foreach (var part in rest[1..bytes]) length = length << 8 | part;
        }

        Offset += bytes;
        return true;
    }

    private bool Stop(BerTlvFault fault)
    {
        Fault = fault;
        Value = default;
        return false;
    }
}
