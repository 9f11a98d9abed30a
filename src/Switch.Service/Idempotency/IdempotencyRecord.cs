using System.Buffers.Binary;
using System.Text;

namespace Switch.Service.Idempotency;

/// <summary>
/// A checked view of one record's bytes; reads fields where they lie and copies nothing. Only
/// <see cref="TryDecode"/> makes one, so every accessor stays inside the bytes. Layout, version 2, little-endian:
/// <code>
///  0 version 1 | 1 state 1 | 2 flags 1 | 3 fence 16 | 19 fingerprint 16 | 35 owner 16 | 51 claimed at, Unix ms 8
/// 59 lease floor, ms 8 | 67 RRN 12 ASCII | 79 acquirer length 1 | 80 acquirer UTF-8
/// then: answer length 4 | answer | reversal data length 4 | reversal data
/// </code>
/// The scripts in <see cref="RecordScripts"/> read state, flags, fence and lease floor by these offsets.
/// </summary>
internal readonly struct IdempotencyRecord
{
    public const byte Version = 2;

    /// <summary>A terminal has taken the payment back.</summary>
    public const byte ReversalRequestedFlag = 1;

    /// <summary>The acquirer has not yet acknowledged a reversal; the owner of the record owes it.</summary>
    public const byte ReversalOwedFlag = 2;

    /// <summary>The reversal came before its authorization, which was therefore declined without being sent
    /// (S9).</summary>
    public const byte TombstonedFlag = 4;

    public const int StateOffset = 1;
    public const int FlagsOffset = 2;
    public const int FenceOffset = 3;
    public const int FingerprintOffset = 19;
    public const int OwnerOffset = 35;
    public const int ClaimedAtOffset = 51;
    public const int LeaseFloorOffset = 59;
    public const int RrnOffset = 67;
    public const int RrnLength = 12;
    public const int AcquirerLengthOffset = 79;
    public const int AcquirerOffset = 80;

    /// <summary>State, flags, fence, fingerprint and owner: what a record must be like for a fenced step.</summary>
    public const int GuardLength = 50;

    /// <summary>The longest acquirer name in UTF-8 bytes.</summary>
    public const int AcquirerLengthMax = 64;

    /// <summary>The largest answer, and the largest reversal data, in bytes: far above both, far below harm.</summary>
    public const int BlobLengthMax = 64 * 1024;

    private const long UnixMillisecondsMax = 253_402_300_799_999;

    private readonly ReadOnlyMemory<byte> _bytes;

    private IdempotencyRecord(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>Whether this came from <see cref="TryDecode"/>; a default value holds nothing.</summary>
    public bool HasValue => !_bytes.IsEmpty;

    public RecordState State => (RecordState)_bytes.Span[StateOffset];

    public byte Flags => _bytes.Span[FlagsOffset];

    public bool ReversalRequested => (Flags & ReversalRequestedFlag) != 0;

    public bool ReversalOwed => (Flags & ReversalOwedFlag) != 0;

    public bool Tombstoned => (Flags & TombstonedFlag) != 0;

    /// <summary>The record as it is stored; not to be changed.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>What a fenced step on this very record expects.</summary>
    public byte[] Guard => _bytes.Slice(StateOffset, GuardLength).ToArray();

    /// <summary>
    /// The lease has run out once the record's remaining life, which only the store's clock knows, is this or less.
    /// </summary>
    public TimeSpan LeaseFloor =>
        TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[LeaseFloorOffset..]));

    public Fence Fence => Fence.ReadFrom(_bytes.Span[FenceOffset..]);

    public UInt128 Fingerprint => BinaryPrimitives.ReadUInt128LittleEndian(_bytes.Span[FingerprintOffset..]);

    public InstanceId Owner => InstanceId.ReadFrom(_bytes.Span[OwnerOffset..]);

    public DateTimeOffset ClaimedAt => DateTimeOffset.FromUnixTimeMilliseconds(ClaimedAtMs);

    public long ClaimedAtMs => BinaryPrimitives.ReadInt64LittleEndian(_bytes.Span[ClaimedAtOffset..]);

    /// <summary>The retrieval reference number (DE 37), 12 characters; empty in a tombstone.</summary>
    public string Rrn => _bytes.Span[RrnOffset] == 0
        ? string.Empty
        : Encoding.ASCII.GetString(_bytes.Span.Slice(RrnOffset, RrnLength));

    public string Acquirer => Encoding.UTF8.GetString(_bytes.Span.Slice(AcquirerOffset, AcquirerLength));

    /// <summary>The serialized final answer; empty unless the state is Final.</summary>
    public ReadOnlyMemory<byte> Answer => BlobAt(AnswerLengthOffset);

    /// <summary>
    /// What a reversal needs, card data sealed. In flight: the attempt that may have been sent, empty when none can
    /// have been. Final: the reversal that is owed or may yet be asked for, empty when there is nothing to reverse.
    /// </summary>
    public ReadOnlyMemory<byte> ReversalData => BlobAt(AnswerLengthOffset + sizeof(int) + Answer.Length);

    private int AcquirerLength => _bytes.Span[AcquirerLengthOffset];

    private int AnswerLengthOffset => AcquirerOffset + AcquirerLength;

    /// <summary>
    /// Checks <paramref name="bytes"/> and views them as a record; never throws, whatever they are. Unknown flags are
    /// let through, for a later version may add some; an unknown version or state is a fault.
    /// </summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out IdempotencyRecord record, out RecordFault fault)
    {
        fault = Check(bytes.Span);
        record = fault == RecordFault.None ? new IdempotencyRecord(bytes) : default;
        return fault == RecordFault.None;
    }

    private static RecordFault Check(ReadOnlySpan<byte> bytes)
    {
        // The version decides what the rest means, so it is judged before the length.
        if (bytes.IsEmpty) return RecordFault.TooShort;
        if (bytes[0] != Version) return RecordFault.UnknownVersion;
        if (bytes.Length < AcquirerOffset) return RecordFault.TooShort;

        var state = (RecordState)bytes[StateOffset];
        if (state is < RecordState.InFlight or > RecordState.Tombstone) return RecordFault.UnknownState;

        var claimedAtMs = BinaryPrimitives.ReadInt64LittleEndian(bytes[ClaimedAtOffset..]);
        if (claimedAtMs is < 0 or > UnixMillisecondsMax) return RecordFault.OutOfRange;

        int acquirerLength = bytes[AcquirerLengthOffset];
        if (acquirerLength > AcquirerLengthMax) return RecordFault.OutOfRange;
        if (bytes.Length < AcquirerOffset + acquirerLength) return RecordFault.TooShort;

        var leaseFloorMs = BinaryPrimitives.ReadInt64LittleEndian(bytes[LeaseFloorOffset..]);
        if (leaseFloorMs is < 0 or > UnixMillisecondsMax) return RecordFault.OutOfRange;

        var rest = bytes[(AcquirerOffset + acquirerLength)..];
        var fault = SkipBlob(ref rest);
        if (fault == RecordFault.None) fault = SkipBlob(ref rest);
        if (fault != RecordFault.None) return fault;
        return rest.IsEmpty ? RecordFault.None : RecordFault.OutOfRange;
    }

    private static RecordFault SkipBlob(ref ReadOnlySpan<byte> rest)
    {
        if (rest.Length < sizeof(int)) return RecordFault.TooShort;
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length is < 0 or > BlobLengthMax) return RecordFault.OutOfRange;
        if (rest.Length - sizeof(int) < length) return RecordFault.TooShort;
        rest = rest[(sizeof(int) + length)..];
        return RecordFault.None;
    }

    private ReadOnlyMemory<byte> BlobAt(int offset)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(_bytes.Span[offset..]);
        return _bytes.Slice(offset + sizeof(int), length);
    }
}
