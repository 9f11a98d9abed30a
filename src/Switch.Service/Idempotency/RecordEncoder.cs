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
    /// <param name="claim">The claim, with the attempt that it is about to send.</param>
    /// <param name="owner">Who works on it.</param>
    /// <param name="leaseFloor">See <see cref="IdempotencyRecord.LeaseFloor"/>.</param>
    public static byte[] InFlight(Claim claim, InstanceId owner, TimeSpan leaseFloor) =>
        Encode(RecordState.InFlight, 0, claim, owner, leaseFloor, default, claim.Attempt.Span);

    /// <summary>A record of a claim with its final answer.</summary>
    /// <exception cref="ArgumentException">A blob is longer than a record may hold: a bug of the caller.</exception>
    public static byte[] Final(Claim claim, InstanceId owner, in FinalAnswer final) =>
        Encode(RecordState.Final, final.Flags, claim, owner, default, final.Answer.Span, final.ReversalData.Span);

    /// <summary>A record that says: reversed before it was seen (S9).</summary>
    public static byte[] Tombstone(Fence fence, InstanceId owner, long claimedAtMs)
    {
        var bytes = new byte[IdempotencyRecord.AcquirerOffset + (2 * sizeof(int))];
        WriteFixed(bytes, RecordState.Tombstone, 0, fence, owner, claimedAtMs);
        return bytes;
    }

    /// <summary>A final record as it stands, but with another owner, other flags and reversal data.</summary>
    public static byte[] Amended(
        IdempotencyRecord record, InstanceId owner, byte flags, ReadOnlySpan<byte> reversalData)
    {
        var kept = record.Bytes.Length - record.ReversalData.Length - sizeof(int);
        var bytes = new byte[kept + sizeof(int) + reversalData.Length];
        record.Bytes.Span[..kept].CopyTo(bytes);
        WriteBlob(bytes.AsSpan(kept), reversalData);
        bytes[IdempotencyRecord.FlagsOffset] = flags;
        owner.WriteTo(bytes.AsSpan(IdempotencyRecord.OwnerOffset));
        return bytes;
    }

    /// <summary>What a fenced step on a claim of this owner expects.</summary>
    public static byte[] Guard(Fence fence, UInt128 fingerprint, InstanceId owner)
    {
        Span<byte> bytes = stackalloc byte[IdempotencyRecord.AcquirerOffset];
        WriteFixed(bytes, RecordState.InFlight, 0, fence, owner, 0);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[IdempotencyRecord.FingerprintOffset..], fingerprint);
        return bytes.Slice(IdempotencyRecord.StateOffset, IdempotencyRecord.GuardLength).ToArray();
    }

    private static byte[] Encode(
        RecordState state, byte flags, Claim claim, InstanceId owner, TimeSpan leaseFloor,
        ReadOnlySpan<byte> answer, ReadOnlySpan<byte> reversalData)
    {
        if (answer.Length > IdempotencyRecord.BlobLengthMax) ThrowTooLong(nameof(answer));
        if (reversalData.Length > IdempotencyRecord.BlobLengthMax) ThrowTooLong(nameof(reversalData));

        var headerLength = IdempotencyRecord.AcquirerOffset + Encoding.UTF8.GetByteCount(claim.Acquirer);
        var bytes = new byte[headerLength + (2 * sizeof(int)) + answer.Length + reversalData.Length];
        WriteFixed(bytes, state, flags, claim.Fence, owner, claim.ClaimedAtMs);
        BinaryPrimitives.WriteInt64LittleEndian(
            bytes.AsSpan(IdempotencyRecord.LeaseFloorOffset), (long)leaseFloor.TotalMilliseconds);
        BinaryPrimitives.WriteUInt128LittleEndian(
            bytes.AsSpan(IdempotencyRecord.FingerprintOffset), claim.Fingerprint);
        Encoding.ASCII.GetBytes(
            claim.Rrn, bytes.AsSpan(IdempotencyRecord.RrnOffset, IdempotencyRecord.RrnLength));
        var written = Encoding.UTF8.GetBytes(claim.Acquirer, bytes.AsSpan(IdempotencyRecord.AcquirerOffset));
        bytes[IdempotencyRecord.AcquirerLengthOffset] = (byte)written;

        var rest = WriteBlob(bytes.AsSpan(headerLength), answer);
        rest = WriteBlob(rest, reversalData);
        Debug.Assert(rest.IsEmpty);
        return bytes;
    }

    private static void WriteFixed(
        Span<byte> bytes, RecordState state, byte flags, Fence fence, InstanceId owner, long claimedAtMs)
    {
        bytes[0] = IdempotencyRecord.Version;
        bytes[IdempotencyRecord.StateOffset] = (byte)state;
        bytes[IdempotencyRecord.FlagsOffset] = flags;
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
