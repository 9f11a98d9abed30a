using System.Diagnostics;
using Switch.Iso8583;

namespace Switch.Service.Cards;

/// <summary>
/// ICC data for DE 55: BER-TLV, at most 255 bytes. It holds the PAN and track 2 in the clear, so it lives in memory for
/// one authorization, is never stored, and printing it tells its length alone.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct EmvData
{
    /// <summary>Longest data in bytes (DE 55, b...255).</summary>
    public const int LengthMax = BerTlv.MaxBytes;

    // Templates in practice nest two deep, and tags have up to three bytes. Zero bytes between objects are padding,
    // which a terminal has no reason to send.
    private static readonly BerTlvRules Rules = new(TagBytesMax: 4, DepthMax: 8, AllowsPadding: false);

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
        else if (!BerTlv.TryValidate(data, Rules, out var found, out var offset))
            fault = Describe(found, offset, data.Length);
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

    private static string Describe(BerTlvFault fault, int offset, int length) => fault switch
    {
        BerTlvFault.TooLong => $"is {length} bytes long, the limit is {LengthMax}",
        BerTlvFault.Padding => $"has padding or a zero tag at byte {offset}",
        BerTlvFault.BadTag => $"has a cut-off or over-long tag at byte {offset}",
        BerTlvFault.BadLength => $"has a bad length at byte {offset}",
        BerTlvFault.Truncated => $"has a value that runs past its end at byte {offset}",
        BerTlvFault.TooDeep => $"nests deeper than {Rules.DepthMax} at byte {offset}",
        _ => "is invalid",
    };
}
