using System.Buffers.Binary;
using System.Diagnostics;

namespace Switch.Service.Cards;

/// <summary>
/// An ISO 9564 PIN block as the terminal encrypted it, 8 bytes (DE 52). It lives in memory for one authorization, is
/// never stored and never sent again in a reversal.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal readonly struct PinBlock : IEquatable<PinBlock>
{
    /// <summary>Bytes of every PIN block.</summary>
    public const int Length = 8;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ulong _block;

    private PinBlock(ulong block) => _block = block;

    /// <summary>Takes exactly 8 bytes; false for any other length.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> block, out PinBlock pinBlock)
    {
        pinBlock = default;
        if (block.Length != Length) return false;
        pinBlock = new PinBlock(BinaryPrimitives.ReadUInt64BigEndian(block));
        return true;
    }

    /// <summary>Writes the 8 bytes, for DE 52.</summary>
    /// <returns>Always <see cref="Length"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter than that.</exception>
    public int CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _block);
        return Length;
    }

    /// <summary>Always the same mask.</summary>
    public override string ToString() => "[PIN block]";

    /// <inheritdoc/>
    public bool Equals(PinBlock other) => _block == other._block;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PinBlock other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _block.GetHashCode();

    public static bool operator ==(PinBlock left, PinBlock right) => left.Equals(right);

    public static bool operator !=(PinBlock left, PinBlock right) => !left.Equals(right);
}
