using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Switch.Service.Idempotency;

/// <summary>
/// Names one incarnation of one service process. A restart is a new incarnation: it remembers none of the attempts of
/// the one before, so it must not pass for it.
/// </summary>
internal readonly record struct InstanceId(UInt128 Value)
{
    /// <summary>Encoded size in bytes.</summary>
    public const int Size = 16;

    public static InstanceId Create()
    {
        Span<byte> bytes = stackalloc byte[Size];
        RandomNumberGenerator.Fill(bytes);
        return ReadFrom(bytes);
    }

    public void WriteTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128LittleEndian(destination, Value);

    public static InstanceId ReadFrom(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt128LittleEndian(source));
}
