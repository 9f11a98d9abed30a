using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>Puts answers into frames, and spoils them as the scenario says.</summary>
internal static class AnswerFrames
{
    private const int GarbageBytes = 64;

    /// <summary>The most bytes one reply can take on the stream.</summary>
    public static int MaxBytes(FrameFormat format) =>
        Math.Max(2 * (format.HeaderBytes + format.MaxFrameBytes), GarbageBytes);

    /// <summary>
    /// Appends a reply and tells how many bytes it took. The destination has room for <see cref="MaxBytes"/>.
    /// </summary>
    public static int Append(Reply reply, IsoDialect dialect, ScenarioRun run, Span<byte> destination)
    {
        var format = dialect.Frame;
        if (reply.Message is not { } message || reply.Actions.Disconnect == DisconnectKind.Instead) return 0;
        if (reply.Actions.Malformed == MalformedKind.Garbage) return Garbage(format, run, destination);
        if (!IsoFrameWriter.TryAppend(format, reply.Tpdu, message.Span, destination, out var written)) return 0;
        switch (reply.Actions.Malformed)
        {
            case MalformedKind.Truncated:
                return Math.Max(format.HeaderBytes + 1, written / 2);
            case MalformedKind.Oversized:
                WriteOversizedHeader(format, destination);
                return written;
            case MalformedKind.BadBitmap:
                SpoilBitmap(dialect, destination[..written]);
                return written;
        }

        if (!reply.Actions.AnswerTwice) return written;
        destination[..written].CopyTo(destination[written..]);
        return written * 2;
    }

    // The first bytes are no length of any dialect, so that the peer need not wait for more to notice.
    private static int Garbage(FrameFormat format, ScenarioRun run, Span<byte> destination)
    {
        run.Fill(destination[..GarbageBytes]);
        destination[..format.HeaderBytes].Fill(0xFF);
        return GarbageBytes;
    }

    private static void WriteOversizedHeader(FrameFormat format, Span<byte> frame) =>
        frame[..format.HeaderBytes].Fill(format.Header == FrameHeader.Ascii4 ? (byte)'9' : (byte)0xFF);

    // Hexadecimal bitmaps become no number; binary ones name every field, of which the message has but a few.
    private static void SpoilBitmap(IsoDialect dialect, Span<byte> frame)
    {
        var mtiBytes = dialect.MtiEncoding == FieldEncoding.Ascii ? 4 : 2;
        var isHex = dialect.Bitmap == BitmapEncoding.Hex;
        var start = dialect.Frame.HeaderBytes + dialect.Frame.TpduBytes + mtiBytes;
        frame.Slice(start, isHex ? 16 : 8).Fill(isHex ? (byte)'Z' : (byte)0xFF);
    }
}
