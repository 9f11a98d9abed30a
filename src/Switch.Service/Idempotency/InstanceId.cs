using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Switch.Service.Idempotency;

/// <summary>
/// Names one incarnation of one service process: the journal it works on, and a number drawn at its start. A restart is
/// a new incarnation, for it remembers none of the attempts of the one before; but with the same journal it still owes
/// what that one owed.
/// </summary>
internal readonly record struct InstanceId(ulong Journal, ulong Incarnation)
{
    /// <summary>Encoded size in bytes.</summary>
    public const int Size = 16;

    public static InstanceId Create(ulong journal) => new(journal, Draw());

    /// <summary>A random number, never 0.</summary>
    public static ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }

    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Incarnation);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Journal);
    }

    public static InstanceId ReadFrom(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(source));
}
