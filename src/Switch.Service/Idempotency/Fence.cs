using System.Buffers.Binary;

namespace Switch.Service.Idempotency;

/// <summary>
/// Tells one claim of a key from every other claim of it, so that only the claim that wrote a record may change it.
/// </summary>
/// <param name="Sequence">
/// Counts the claims of one process incarnation, from 1. With the owner's id it orders this process's own claims, which
/// is what makes its orphans recognisable (see <see cref="RequestCoordinator"/>).
/// </param>
/// <param name="Nonce">Random, so that claims of two processes never share a fence.</param>
internal readonly record struct Fence(ulong Sequence, ulong Nonce)
{
    /// <summary>Encoded size in bytes.</summary>
    public const int Size = 16;

    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Nonce);
    }

    public static Fence ReadFrom(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadUInt64LittleEndian(source[8..]));

    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }
}
