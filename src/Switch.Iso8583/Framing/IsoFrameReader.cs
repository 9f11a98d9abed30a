using System.Runtime.CompilerServices;

namespace Switch.Iso8583;

/// <summary>
/// Reads frames from a stream through one buffer of its own. Bad input is a value, never an exception; only the
/// stream's own failures are thrown. One reader at a time.
/// </summary>
public sealed class IsoFrameReader
{
    // Many small messages arrive in one segment: a larger buffer saves system calls.
    private const int MinBufferBytes = 16 * 1024;

    private readonly Stream _stream;
    private readonly FrameFormat _format;
    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    /// <summary>Reads the dialect's frames from a stream, which stays the caller's.</summary>
    public IsoFrameReader(Stream stream, IsoDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(dialect);
        _stream = stream;
        _format = dialect.Frame;
        _buffer = new byte[Math.Max(MinBufferBytes, _format.HeaderBytes + _format.MaxFrameBytes)];
    }

    /// <summary>
    /// The next frame, the stream's end, or a fault. Completes at once when a whole frame is buffered.
    /// </summary>
    public ValueTask<IsoFrame> ReadAsync(CancellationToken cancellationToken = default) =>
        TryTake(out var frame) ? new ValueTask<IsoFrame>(frame) : ReadMoreAsync(cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<IsoFrame> ReadMoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            MakeRoom();
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return _start == _end ? new IsoFrame(default, true, default, default) : Faulty(FrameFault.Truncated);
            _end += read;
            if (TryTake(out var frame)) return frame;
        }
    }

    private bool TryTake(out IsoFrame frame)
    {
        frame = default;
        var header = _format.HeaderBytes;
        if (_end - _start < header) return false;
        var (fault, length) = ReadLength(_buffer.AsSpan(_start, header));
        if (fault != FrameFault.None)
        {
            frame = Faulty(fault);
            return true;
        }

        if (_end - _start < header + length) return false;
        var body = _buffer.AsMemory(_start + header, length);
        frame = new IsoFrame(FrameFault.None, false, body[_format.TpduBytes..], body[.._format.TpduBytes]);
        _start += header + length;
        return true;
    }

    private (FrameFault Fault, int Length) ReadLength(ReadOnlySpan<byte> header)
    {
        var length = 0;
        if (_format.Header == FrameHeader.Binary2) length = header[0] << 8 | header[1];
        else
        {
            foreach (var character in header)
            {
                if ((uint)(character - '0') > 9) return (FrameFault.BadHeader, 0);
                length = length * 10 + (character - '0');
            }
        }

        if (length == 0) return (FrameFault.ZeroLength, 0);
        if (length > _format.MaxFrameBytes) return (FrameFault.Oversized, 0);
        return length <= _format.TpduBytes ? (FrameFault.TooShortForTpdu, 0) : (FrameFault.None, length);
    }

    // What was handed out before is no longer valid, so that the unread rest may move to the front.
    private void MakeRoom()
    {
        if (_start == _end) _start = _end = 0;
        else if (_start > 0 && _buffer.Length - _end < _buffer.Length / 2)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
    }

    private static IsoFrame Faulty(FrameFault fault) => new(fault, false, default, default);
}
