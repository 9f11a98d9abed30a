using System.Buffers.Binary;

namespace Switch.Service.Keys;

/// <summary>
/// Tells whether two requests with one idempotency key are the same payment (S3). 16 bytes of a keyed hash: it says
/// nothing of the card it was made from to who has not the key.
/// </summary>
internal readonly record struct RequestFingerprint(ulong High, ulong Low)
{
    /// <summary>Bytes of every fingerprint.</summary>
    public const int Length = 16;

    /// <summary>Reads 16 bytes as <see cref="CopyTo"/> wrote them; false for any other length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out RequestFingerprint fingerprint)
    {
        fingerprint = default;
        if (bytes.Length != Length) return false;
        fingerprint = FromBytes(bytes);
        return true;
    }

    /// <summary>Writes the 16 bytes, most significant first.</summary>
    /// <returns>Always <see cref="Length"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than that.</exception>
    public int CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[sizeof(ulong)..], Low);
        return Length;
    }

    /// <summary>The same 16 bytes in an array of their own.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";

    internal static RequestFingerprint FromBytes(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[sizeof(ulong)..]));
}
