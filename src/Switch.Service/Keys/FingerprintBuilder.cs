using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Switch.Service.Cards;

namespace Switch.Service.Keys;

/// <summary>
/// Collects the fields of a fingerprint or an id, each with its kind and length before it, so that no two different
/// lists of fields give the same bytes. It may hold a card number: dispose of it, which wipes it.
/// </summary>
/// <example><code>
/// using var fields = new FingerprintBuilder(stackalloc byte[FingerprintBuilder.ScratchLength]);
/// fields.Add(request.MerchantId);
/// fields.Add(request.AmountMinor);
/// fields.Add(pan);
/// var fingerprint = identity.FingerprintOf(in fields);
/// </code></example>
internal ref struct FingerprintBuilder
{
    /// <summary>Bytes that hold the fields of any well-formed request; longer ones are rented.</summary>
    public const int ScratchLength = 512;

    private const int PrefixLength = 5;

    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _length;

    /// <summary>Starts a fingerprint on the caller's scratch space.</summary>
    public FingerprintBuilder(Span<byte> scratch)
        : this(scratch, "cardswitch.fingerprint.v1"u8)
    {
    }

    /// <summary>Starts with a label that keeps one use of the identity key apart from every other.</summary>
    internal FingerprintBuilder(Span<byte> scratch, ReadOnlySpan<byte> label)
    {
        _buffer = scratch;
        Add(label);
    }

    /// <summary>What was added so far, prefixes included.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Adds a text; null and empty differ.</summary>
    public void Add(string? text)
    {
        if (text is null) Open((byte)'0', 0);
        else Add(text.AsSpan());
    }

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, Open((byte)'s', length));
    }

    /// <summary>Adds a number.</summary>
    public void Add(long number) =>
        BinaryPrimitives.WriteInt64BigEndian(Open((byte)'n', sizeof(long)), number);

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Open((byte)'b', bytes.Length));

    /// <summary>Adds a card number.</summary>
    public void Add(in Pan pan) => pan.CopyDigits(Open((byte)'p', pan.Length));

    /// <summary>Wipes what was added and gives a rented buffer back.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_buffer[.._length]);
        if (_rented is { } rented) ArrayPool<byte>.Shared.Return(rented);
        _rented = null;
        _buffer = default;
        _length = 0;
    }

    private Span<byte> Open(byte kind, int length)
    {
        if (_buffer.Length - _length < PrefixLength + length) Grow(PrefixLength + length);
        _buffer[_length] = kind;
        BinaryPrimitives.WriteInt32BigEndian(_buffer[(_length + 1)..], length);
        var field = _buffer.Slice(_length + PrefixLength, length);
        _length += PrefixLength + length;
        return field;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, _buffer.Length * 2));
        _buffer[.._length].CopyTo(larger);
        CryptographicOperations.ZeroMemory(_buffer[.._length]);
        if (_rented is { } rented) ArrayPool<byte>.Shared.Return(rented);
        _rented = larger;
        _buffer = larger;
    }
}
