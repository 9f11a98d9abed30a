using System.Buffers.Binary;
using System.Buffers.Text;

namespace Switch.Iso8583;

/// <summary>Puts messages into frames. The static part appends to a span; an instance writes to a stream.</summary>
public sealed class IsoFrameWriter
{
    private readonly Stream _stream;
    private readonly FrameFormat _format;
    private readonly byte[] _buffer;

    /// <summary>Writes the dialect's frames to a stream, which stays the caller's.</summary>
    public IsoFrameWriter(Stream stream, IsoDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(dialect);
        _stream = stream;
        _format = dialect.Frame;
        _buffer = new byte[_format.HeaderBytes + _format.MaxFrameBytes];
    }

    /// <summary>Bytes a message of this length takes on the stream.</summary>
    public static int FramedBytes(FrameFormat format, int messageBytes)
    {
        ArgumentNullException.ThrowIfNull(format);
        return format.HeaderBytes + format.TpduBytes + messageBytes;
    }

    /// <summary>
    /// Appends one frame. False, with nothing written, when the destination lacks room or the message is empty or
    /// longer than the dialect's bound.
    /// </summary>
    public static bool TryAppend(
        FrameFormat format,
        ReadOnlySpan<byte> tpdu,
        ReadOnlySpan<byte> message,
        Span<byte> destination,
        out int written)
    {
        ArgumentNullException.ThrowIfNull(format);
        written = 0;
        var total = FramedBytes(format, message.Length);
        if (message.IsEmpty || message.Length > format.MaxMessageBytes || destination.Length < total) return false;
        if (tpdu.Length != format.TpduBytes) ThrowTpdu(format.TpduBytes);
        var length = tpdu.Length + message.Length;
        if (format.Header == FrameHeader.Binary2) BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)length);
        else Utf8Formatter.TryFormat(length, destination, out _, new System.Buffers.StandardFormat('D', 4));
        tpdu.CopyTo(destination[format.HeaderBytes..]);
        message.CopyTo(destination[(format.HeaderBytes + tpdu.Length)..]);
        written = total;
        return true;
    }

    /// <summary>The TPDU of an answer: protocol id, then destination and origin exchanged.</summary>
    public static void SwapTpdu(ReadOnlySpan<byte> received, Span<byte> answer)
    {
        if (received.Length != FrameFormat.TpduLength || answer.Length != FrameFormat.TpduLength)
            ThrowTpdu(FrameFormat.TpduLength);
        Span<byte> swapped = [received[0], received[3], received[4], received[1], received[2]];
        swapped.CopyTo(answer);
    }

    /// <summary>Writes one frame with the dialect's own TPDU. One writer at a time.</summary>
    /// <exception cref="ArgumentException">The message is empty or exceeds the dialect's bound.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        WriteAsync(_format.Tpdu, message.Span, cancellationToken);

    /// <summary>Writes one frame that answers a received one: its TPDU is turned round. One writer at a time.</summary>
    /// <exception cref="ArgumentException">The message is empty or exceeds the dialect's bound.</exception>
    public ValueTask WriteAnswerAsync(
        IsoFrame received, ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (received.Tpdu.IsEmpty) return WriteAsync([], message.Span, cancellationToken);
        Span<byte> tpdu = stackalloc byte[FrameFormat.TpduLength];
        SwapTpdu(received.Tpdu.Span, tpdu);
        return WriteAsync(tpdu, message.Span, cancellationToken);
    }

    private ValueTask WriteAsync(
        ReadOnlySpan<byte> tpdu, ReadOnlySpan<byte> message, CancellationToken cancellationToken)
    {
        if (!TryAppend(_format, tpdu, message, _buffer, out var written))
            throw new ArgumentException($"A message has 1 to {_format.MaxMessageBytes} bytes.", nameof(message));
        return _stream.WriteAsync(_buffer.AsMemory(0, written), cancellationToken);
    }

    private static void ThrowTpdu(int expected) => throw new ArgumentException($"The TPDU must have {expected} bytes.");
}
