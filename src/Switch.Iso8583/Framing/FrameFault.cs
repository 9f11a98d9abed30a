namespace Switch.Iso8583;

/// <summary>Why a byte stream cannot be read on. After one of these nothing on the stream can be trusted.</summary>
public enum FrameFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The length header is no number.</summary>
    BadHeader,

    /// <summary>The length header says zero.</summary>
    ZeroLength,

    /// <summary>The length header exceeds the dialect's bound.</summary>
    Oversized,

    /// <summary>The frame is too short to hold its TPDU and a message.</summary>
    TooShortForTpdu,

    /// <summary>The stream ended inside a frame.</summary>
    Truncated,
}

/// <summary>One outcome of reading a stream: a frame, its orderly end, or a fault.</summary>
/// <param name="Fault">What is wrong, or <see cref="FrameFault.None"/>.</param>
/// <param name="IsEnd">Whether the stream ended between two frames.</param>
/// <param name="Message">The message without header and TPDU; valid until the next read.</param>
/// <param name="Tpdu">The TPDU, empty when the dialect has none; valid until the next read.</param>
public readonly record struct IsoFrame(
    FrameFault Fault, bool IsEnd, ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Tpdu)
{
    /// <summary>Whether there is a message.</summary>
    public bool IsMessage => Fault == FrameFault.None && !IsEnd;
}
