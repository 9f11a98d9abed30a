using System.Security.Cryptography;
using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

public sealed class IdempotencyRecordTests
{
    private static readonly FinalAnswer Small = new(new byte[] { 1, 2, 3 }, new byte[] { 4 });
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(259_170_000);
    private static readonly InstanceId Owner = InstanceId.Create(InstanceId.Draw());

    [Theory]
    [InlineData("alpha")]
    [InlineData("")]
    [InlineData("Kartenstelle Süd")]
    public void InFlight_RoundTrip_KeepsEveryField(string acquirer)
    {
        var claim = NewClaim(acquirer);

        var record = Decode(RecordEncoder.InFlight(claim, Owner, Floor));

        Assert.Equal(RecordState.InFlight, record.State);
        AssertIsOf(record, claim);
        Assert.True(record.Answer.IsEmpty);
        Assert.Equal(claim.Attempt.ToArray(), record.ReversalData.ToArray());
        Assert.Equal(Floor, record.LeaseFloor);
        Assert.Equal(claim.Guard, record.Guard);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(180, 96)]
    [InlineData(IdempotencyRecord.BlobLengthMax, IdempotencyRecord.BlobLengthMax)]
    public void Final_RoundTrip_KeepsEveryField(int answerLength, int reversalLength)
    {
        var claim = NewClaim("alpha");
        var answer = RandomNumberGenerator.GetBytes(answerLength);
        var reversal = RandomNumberGenerator.GetBytes(reversalLength);

        var record = Decode(RecordEncoder.Final(claim, Owner, new FinalAnswer(answer, reversal)));

        Assert.Equal(RecordState.Final, record.State);
        AssertIsOf(record, claim);
        Assert.False(record.ReversalRequested);
        Assert.Equal(answer, record.Answer.ToArray());
        Assert.Equal(reversal, record.ReversalData.ToArray());
    }

    [Fact]
    public void Tombstone_RoundTrip_KeepsEveryField()
    {
        var fence = new Fence(7, 8);

        var record = Decode(RecordEncoder.Tombstone(fence, Owner, 1_700_000_000_123));

        Assert.Equal(RecordState.Tombstone, record.State);
        Assert.Equal(fence, record.Fence);
        Assert.Equal(Owner, record.Owner);
        Assert.Equal(1_700_000_000_123, record.ClaimedAt.ToUnixTimeMilliseconds());
        Assert.Equal(string.Empty, record.Rrn);
        Assert.Equal(string.Empty, record.Acquirer);
    }

    [Fact]
    public void Size_OfTypicalRecords_IsAsDocumented()
    {
        var claim = NewClaim("alpha");

        Assert.Equal(85 + 8 + 6, RecordEncoder.InFlight(claim, Owner, Floor).Length);
        var final = new FinalAnswer(new byte[180], new byte[96]);
        Assert.Equal(85 + 8 + 180 + 96, RecordEncoder.Final(claim, Owner, final).Length);
        Assert.Equal(88, RecordEncoder.Tombstone(claim.Fence, Owner, 0).Length);
        Assert.Equal(37, RedisIdempotencyStore.KeyOf(claim.TransactionId).Length);
    }

    [Fact]
    public void Key_IsTheTransactionIdAsAHashTag()
    {
        const string Id = "0123456789abcdef0123456789abcdef";

        Assert.Equal("cs:{0123456789abcdef0123456789abcdef}"u8.ToArray(), RedisIdempotencyStore.KeyOf(Id));
    }

    [Fact]
    public void Layout_OfVersion2_IsWhatTheScriptsRead()
    {
        var claim = NewClaim("alpha");

        var bytes = RecordEncoder.InFlight(claim, Owner, Floor);

        Assert.Equal(2, bytes[0]);
        Assert.Equal(1, bytes[1]);
        Assert.Equal(0, bytes[2]);
        Assert.Equal(claim.Fence.ToArray(), bytes[3..19]);
        Assert.Equal(claim.Guard, bytes[1..51]);
        Assert.Equal((long)Floor.TotalMilliseconds, BitConverter.ToInt64(bytes, 59));
    }

    [Theory]
    [InlineData(0, 0, nameof(RecordFault.UnknownVersion))]
    [InlineData(0, 1, nameof(RecordFault.UnknownVersion))]
    [InlineData(1, 0, nameof(RecordFault.UnknownState))]
    [InlineData(1, 4, nameof(RecordFault.UnknownState))]
    [InlineData(58, 0x80, nameof(RecordFault.OutOfRange))]
    [InlineData(58, 0x7F, nameof(RecordFault.OutOfRange))]
    [InlineData(66, 0x80, nameof(RecordFault.OutOfRange))]
    [InlineData(66, 0x7F, nameof(RecordFault.OutOfRange))]
    [InlineData(79, 65, nameof(RecordFault.OutOfRange))]
    [InlineData(79, 64, nameof(RecordFault.TooShort))]
    [InlineData(88, 0xFF, nameof(RecordFault.OutOfRange))]
    public void TryDecode_OneByteWrong_NamesTheFault(int at, int value, string expected)
    {
        var bytes = RecordEncoder.Final(NewClaim("alpha"), Owner, Small);
        bytes[at] = (byte)value;

        Assert.False(IdempotencyRecord.TryDecode(bytes, out var record, out var fault));
        Assert.Equal(expected, fault.ToString());
        Assert.False(record.HasValue);
    }

    [Fact]
    public void TryDecode_EveryLengthButItsOwn_IsAFault()
    {
        var whole = RecordEncoder.Final(NewClaim("alpha"), Owner, Small);
        for (var length = 0; length < whole.Length; length++)
            Assert.False(IdempotencyRecord.TryDecode(whole.AsMemory(0, length), out _, out _), $"{length}");

        Assert.False(IdempotencyRecord.TryDecode((byte[])[.. whole, 0], out _, out var fault));
        Assert.Equal(RecordFault.OutOfRange, fault);
    }

    [Fact]
    public void TryDecode_UnknownFlags_AreLetThrough()
    {
        var bytes = RecordEncoder.Final(NewClaim("alpha"), Owner, Small);
        bytes[2] = 0xFE;

        Assert.False(Decode(bytes).ReversalRequested);
        bytes[2] = 0xFF;
        Assert.True(Decode(bytes).ReversalRequested);
    }

    [Fact]
    public void TryDecode_RandomBytes_NeverThrows()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var valid = RecordEncoder.Final(
            NewClaim("alpha"), Owner, new FinalAnswer(new byte[30], new byte[20]));
        for (var round = 0; round < 200_000; round++)
        {
            byte[] bytes;
            if (round % 2 == 0)
            {
                bytes = new byte[random.Next(200)];
                random.NextBytes(bytes);
                // Most would end at the version and the state.
                if (bytes.Length > 1) (bytes[0], bytes[1]) = (IdempotencyRecord.Version, (byte)random.Next(1, 4));
            }
            else
            {
                bytes = valid[..random.Next(valid.Length + 1)];
                for (var hits = random.Next(4); hits > 0 && bytes.Length > 0; hits--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (IdempotencyRecord.TryDecode(bytes, out var record, out _)) ReadAll(record);
        }
    }

    [Fact]
    public void Claim_FieldsThatDoNotFit_AreRefused()
    {
        var id = ServiceInstance.NewTransactionId();

        Assert.Throws<ArgumentException>(() => new Claim(id[1..], 1, default, 0, "a", ServiceInstance.Rrn));
        Assert.Throws<ArgumentException>(() => new Claim(id, 1, default, 0, new string('a', 65), ServiceInstance.Rrn));
        Assert.Throws<ArgumentException>(() => new Claim(id, 1, default, 0, "a", "123"));
        Assert.Throws<ArgumentException>(() => RecordEncoder.Final(
            NewClaim("a"), Owner, new FinalAnswer(new byte[IdempotencyRecord.BlobLengthMax + 1])));
    }

    private static Claim NewClaim(string acquirer) => new(
        ServiceInstance.NewTransactionId(),
        new UInt128(0x0102030405060708, 0x090A0B0C0D0E0F10),
        new Fence(5, 0xF0E0D0C0B0A09080),
        1_700_000_000_000,
        acquirer,
        ServiceInstance.Rrn,
        ServiceInstance.Attempt)
    {
        Guard = RecordEncoder.Guard(
            new Fence(5, 0xF0E0D0C0B0A09080), new UInt128(0x0102030405060708, 0x090A0B0C0D0E0F10), Owner),
    };

    private static IdempotencyRecord Decode(byte[] bytes)
    {
        Assert.True(IdempotencyRecord.TryDecode(bytes, out var record, out var fault), $"{fault}");
        return record;
    }

    private static void AssertIsOf(IdempotencyRecord record, Claim claim)
    {
        Assert.Equal(claim.Fence, record.Fence);
        Assert.Equal(claim.Fingerprint, record.Fingerprint);
        Assert.Equal(Owner, record.Owner);
        Assert.Equal(claim.ClaimedAtMs, record.ClaimedAtMs);
        Assert.Equal(claim.Acquirer, record.Acquirer);
        Assert.Equal(claim.Rrn, record.Rrn);
    }

    private static void ReadAll(IdempotencyRecord record)
    {
        _ = (record.State, record.ReversalRequested, record.Fence, record.Fingerprint, record.Owner);
        _ = (record.ClaimedAt, record.Rrn, record.Acquirer, record.LeaseFloor, record.Guard);
        _ = record.Answer.Length + record.ReversalData.Length;
    }
}
