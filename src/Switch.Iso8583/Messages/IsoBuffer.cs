namespace Switch.Iso8583;

/// <summary>A pooled buffer for one message to send. Dispose it once; its bytes are wiped before reuse.</summary>
public sealed class IsoBuffer : IDisposable
{
    private readonly byte[] _bytes;
    private int _isRented;

    private IsoBuffer(IsoDialect dialect)
    {
        Dialect = dialect;
        _bytes = new byte[dialect.Frame.MaxMessageBytes];
    }

    /// <summary>The dialect whose longest message fits this buffer.</summary>
    public IsoDialect Dialect { get; }

    /// <summary>Bytes of the completed message; 0 before <see cref="IsoWriter.TryComplete(out IsoFault)"/>.</summary>
    public int Length { get; internal set; }

    /// <summary>The completed message, without framing.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>The completed message, without framing.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    internal Span<byte> Whole => _bytes;

    /// <summary>Takes a buffer from the dialect's pool.</summary>
    public static IsoBuffer Rent(IsoDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(dialect);
        var buffer = dialect.Buffers.TryRent() ?? new IsoBuffer(dialect);
        buffer.Length = 0;
        buffer._isRented = 1;
        return buffer;
    }

    /// <summary>Wipes the buffer and gives it back. A second call does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isRented, 0) == 0) return;
        // A failed message leaves bytes behind with no length, so all of it is wiped, not only what was completed.
        _bytes.AsSpan(0, Length == 0 ? _bytes.Length : Length).Clear();
        Length = 0;
        Dialect.Buffers.Return(this);
    }
}
