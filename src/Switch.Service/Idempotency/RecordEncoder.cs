using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Switch.Service.Idempotency;

/// <summary>
/// Writes records in the layout of <see cref="IdempotencyRecord"/>. Each gets an array of its own size: the Redis
/// client may hold it after a time-out, so it can never come from a pool.
/// </summary>
internal static class RecordEncoder
{
    /// <summary>A record of a claim that is being worked on.</summary>
    public static byte[] InFlight(Claim claim, InstanceId owner)
    {
        var bytes = new byte[IdempotencyRecord.AcquirerOffset + AcquirerLength(claim)];
        WriteHeader(bytes, RecordState.InFlight, claim, owner);
        return bytes;
    }

    /// <summary>A record of a claim with its final answer.</summary>
    /// <exception cref="ArgumentException">A blob is longer than a record may hold: a bug of the caller.</exception>
    public static byte[] Final(
        Claim claim, InstanceId owner, ReadOnlySpan<byte> answer, ReadOnlySpan<byte> reversalData)
    {
        if (answer.Length > IdempotencyRecord.BlobLengthMax) ThrowTooLong(nameof(answer));
        if (reversalData.Length > IdempotencyRecord.BlobLengthMax) ThrowTooLong(nameof(reversalData));

        var headerLength = IdempotencyRecord.AcquirerOffset + AcquirerLength(claim);
        var bytes = new byte[headerLength + (2 * sizeof(int)) + answer.Length + reversalData.Length];
        WriteHeader(bytes, RecordState.Final, claim, owner);

        var rest = WriteBlob(bytes.AsSpan(headerLength), answer);
        rest = WriteBlob(rest, reversalData);
        Debug.Assert(rest.IsEmpty);
        return bytes;
    }

    /// <summary>A record that says: reversed before it was seen (S9).</summary>
    public static byte[] Tombstone(Fence fence, InstanceId owner, long claimedAtMs)
    {
        var bytes = new byte[IdempotencyRecord.AcquirerOffset];
        WriteFixed(bytes, RecordState.Tombstone, fence, owner, claimedAtMs);
        return bytes;
    }

    private static int AcquirerLength(Claim claim) => Encoding.UTF8.GetByteCount(claim.Acquirer);

    private static void WriteHeader(Span<byte> bytes, RecordState state, Claim claim, InstanceId owner)
    {
        WriteFixed(bytes, state, claim.Fence, owner, claim.ClaimedAtMs);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[IdempotencyRecord.FingerprintOffset..], claim.Fingerprint);
        Encoding.ASCII.GetBytes(claim.Rrn, bytes.Slice(IdempotencyRecord.RrnOffset, IdempotencyRecord.RrnLength));
        var written = Encoding.UTF8.GetBytes(claim.Acquirer, bytes[IdempotencyRecord.AcquirerOffset..]);
        bytes[IdempotencyRecord.AcquirerLengthOffset] = (byte)written;
    }

    private static void WriteFixed(
        Span<byte> bytes, RecordState state, Fence fence, InstanceId owner, long claimedAtMs)
    {
        bytes[0] = IdempotencyRecord.Version;
        bytes[IdempotencyRecord.StateOffset] = (byte)state;
        fence.WriteTo(bytes[IdempotencyRecord.FenceOffset..]);
        owner.WriteTo(bytes[IdempotencyRecord.OwnerOffset..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[IdempotencyRecord.ClaimedAtOffset..], claimedAtMs);
    }

    private static Span<byte> WriteBlob(Span<byte> destination, ReadOnlySpan<byte> blob)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, blob.Length);
        blob.CopyTo(destination[sizeof(int)..]);
        return destination[(sizeof(int) + blob.Length)..];
    }

    private static void ThrowTooLong(string parameter) =>
        throw new ArgumentException($"Longer than {IdempotencyRecord.BlobLengthMax} bytes.", parameter);
}
