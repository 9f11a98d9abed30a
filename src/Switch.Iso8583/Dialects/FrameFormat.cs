namespace Switch.Iso8583;

/// <summary>How messages are delimited on a byte stream: length header, optional TPDU, bound.</summary>
public sealed class FrameFormat
{
    /// <summary>Bytes of a TPDU: one of protocol id, two of destination, two of origin.</summary>
    public const int TpduLength = 5;

    private readonly byte[] _tpdu;

    internal FrameFormat(FrameHeader header, byte[] tpdu, int maxFrameBytes)
    {
        Header = header;
        _tpdu = tpdu;
        MaxFrameBytes = maxFrameBytes;
    }

    /// <summary>The length header's style.</summary>
    public FrameHeader Header { get; }

    /// <summary>The TPDU put before each message sent; empty when the dialect has none.</summary>
    public ReadOnlySpan<byte> Tpdu => _tpdu;

    /// <summary>Longest frame accepted or sent, TPDU included, length header excluded, in bytes.</summary>
    public int MaxFrameBytes { get; }

    /// <summary>Bytes of the length header.</summary>
    public int HeaderBytes => Header == FrameHeader.Ascii4 ? 4 : 2;

    /// <summary>Bytes of the TPDU, 0 or 5.</summary>
    public int TpduBytes => _tpdu.Length;

    /// <summary>Longest message that fits a frame, in bytes.</summary>
    public int MaxMessageBytes => MaxFrameBytes - TpduBytes;
}
