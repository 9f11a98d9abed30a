using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Switch.Service.Cards;
using Switch.Service.Keys;

namespace Switch.Service.Tests.Keys;

public sealed class CardSealerTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";
    private const string Canary = "4012888888881881";

    private const string BlobOfVersion1 =
        "01067365616C2D310C6E972E52B63FE0B72A0F47237A33981F0D6EC82C6646D09A61B6F942C1645B19E7CE77116A10D7";

    [Theory]
    [InlineData(Canary)]
    [InlineData("000000000000")]
    [InlineData("9999999999999999998")]
    public void Open_ForItsTransaction_GivesTheCardBack(string text)
    {
        var sealer = New();
        var pan = KeyFiles.Pan(text);
        var expiry = KeyFiles.Expiry(2031, 7);
        var blob = sealer.Seal(pan, expiry, Id);
        Assert.Equal(SealFault.None, sealer.Open(blob, Id, out var opened, out var openedExpiry));
        Assert.Equal(pan, opened);
        Assert.Equal(expiry, openedExpiry);
        Assert.True(blob.Length <= CardSealer.LengthMax);
    }

    [Fact]
    public void Open_WithoutExpiry_GivesTheDefaultBack()
    {
        var sealer = New();
        var blob = sealer.Seal(KeyFiles.Pan(Canary), default, Id);
        Assert.Equal(SealFault.None, sealer.Open(blob, Id, out _, out var expiry));
        Assert.Equal(default, expiry);
    }

    [Fact]
    public void Open_EveryByteChanged_Fails()
    {
        var sealer = New();
        AssertEveryChangeFails(sealer, sealer.Seal(KeyFiles.Pan(Canary), KeyFiles.Expiry(2031, 7), Id));
    }

    [Fact]
    public void Open_EveryOtherLength_Fails()
    {
        var sealer = New();
        var blob = sealer.Seal(KeyFiles.Pan(Canary), KeyFiles.Expiry(2031, 7), Id);
        for (var length = 0; length < blob.Length; length++)
            AssertClosed(sealer.Open(blob.AsSpan(0, length), Id, out var pan, out var expiry), pan, expiry);
        AssertClosed(sealer.Open([.. blob, 0], Id, out var longerPan, out var longerExpiry), longerPan, longerExpiry);
    }

    [Fact]
    public void Open_ForAnotherTransaction_Fails()
    {
        var sealer = New();
        var blob = sealer.Seal(KeyFiles.Pan(Canary), KeyFiles.Expiry(2031, 7), Id);
        foreach (var other in new[] { Id[..^1] + "0", Id + "0", Id[1..], "" })
        {
            var fault = sealer.Open(blob, other, out var pan, out var expiry);
            Assert.Equal(SealFault.NotAuthentic, fault);
            AssertClosed(fault, pan, expiry);
        }
    }

    [Fact]
    public void Open_AfterKeyRotation_OldKeyOpensAndNewKeySeals()
    {
        var before = New("seal-1");
        var after = New("seal-2", "seal-1");
        var gone = New("seal-2");
        var pan = KeyFiles.Pan(Canary);
        var old = before.Seal(pan, KeyFiles.Expiry(2031, 7), Id);
        var fresh = after.Seal(pan, KeyFiles.Expiry(2031, 7), Id);

        Assert.Equal(SealFault.None, after.Open(old, Id, out var opened, out _));
        Assert.Equal(pan, opened);
        Assert.Equal("seal-2", Encoding.ASCII.GetString(fresh, 2, fresh[1]));
        Assert.Equal(SealFault.UnknownKey, before.Open(fresh, Id, out _, out _));
        Assert.Equal(SealFault.UnknownKey, gone.Open(old, Id, out _, out _));
    }

    [Fact]
    public void Open_AnotherKeyOfTheSameId_Fails()
    {
        var blob = New().Seal(KeyFiles.Pan(Canary), KeyFiles.Expiry(2031, 7), Id);
        var other = new KeyRing(
        [
            new SwitchKey("seal-1", KeyPurpose.Seal, KeyFiles.Key("other", KeyPurpose.Seal).Secret().ToArray()),
            KeyFiles.Key("token-1", KeyPurpose.Token),
            KeyFiles.Key("identity-1", KeyPurpose.Identity),
        ]);
        Assert.Equal(SealFault.NotAuthentic, new CardSealer(other, TimeProvider.System).Open(blob, Id, out _, out _));
    }

    /// <summary>Made by the last build that sealed in version 1: such blobs lie in journals and in Redis.</summary>
    [Fact]
    public void Open_BlobOfVersion1_GivesTheCardBack()
    {
        var blob = Convert.FromHexString(BlobOfVersion1);
        Assert.Equal(SealFault.None, New("seal-2", "seal-1").Open(blob, Id, out var pan, out var expiry));
        Assert.Equal(KeyFiles.Pan(Canary), pan);
        Assert.Equal(KeyFiles.Expiry(2031, 7), expiry);
        Assert.Equal(SealFault.NotAuthentic, New().Open(blob, Id[..^1] + "0", out _, out _));
        AssertEveryChangeFails(New(), blob);
    }

    /// <summary>The format, written down a second time: a blob must open in every version that follows.</summary>
    [Fact]
    public void Seal_Blob_IsAesGcmUnderAKeyOfItsSalt()
    {
        var blob = New().Seal(KeyFiles.Pan(Canary), KeyFiles.Expiry(2031, 7), Id);
        Assert.Equal(8 + 16 + 12 + 16 + 12, blob.Length);
        Assert.Equal("\u0002\u0006seal-1", Encoding.ASCII.GetString(blob, 0, 8));
        var own = HMACSHA256.HashData(
            KeyFiles.Key("seal-1", KeyPurpose.Seal).Secret(), [.. "cardswitch.seal.v2"u8, .. blob[8..24]]);
        var plain = new byte[12];
        using var aes = new AesGcm(own, 16);
        byte[] associated = [.. blob[..24], .. Encoding.ASCII.GetBytes(Id)];
        aes.Decrypt(blob.AsSpan(24, 12), blob.AsSpan(52), blob.AsSpan(36, 16), plain, associated);
        Assert.Equal(16, plain[0]);
        Assert.Equal(ulong.Parse(Canary, null), BinaryPrimitives.ReadUInt64BigEndian(plain.AsSpan(1)));
        Assert.Equal(2031, BinaryPrimitives.ReadUInt16BigEndian(plain.AsSpan(9)));
        Assert.Equal(7, plain[11]);
    }

    [Fact]
    public void Seal_SameCardManyTimes_NeverRepeatsANonceOrACiphertext()
    {
        var sealer = New();
        var pan = KeyFiles.Pan(Canary);
        var nonces = new HashSet<string>();
        var ciphers = new HashSet<string>();
        for (var i = 0; i < 2_000; i++)
        {
            var blob = sealer.Seal(pan, KeyFiles.Expiry(2031, 7), Id);
            Assert.True(nonces.Add(Convert.ToHexString(blob, 2 + blob[1], 28)));
            Assert.True(ciphers.Add(Convert.ToHexString(blob.AsSpan(2 + blob[1] + 44))));
        }
    }

    [Fact]
    public void Seal_CardsOfAnyLength_GiveBlobsOfOneLength()
    {
        var sealer = New();
        var lengths = new[] { "000000000000", Canary, "9999999999999999998" }
            .Select(text => sealer.Seal(KeyFiles.Pan(text), KeyFiles.Expiry(2031, 7), Id).Length);
        Assert.Single(lengths.Distinct());
    }

    [Fact]
    public void Seal_LongestKeyIdAndTransactionId_GivesABlobOfTheLongestLength()
    {
        var sealer = New(new string('k', SwitchKey.IdLengthMax));
        var transactionId = new string('f', 64);
        var blob = sealer.Seal(KeyFiles.Pan(Canary), KeyFiles.Expiry(2031, 7), transactionId);
        Assert.Equal(CardSealer.LengthMax, blob.Length);
        Assert.Equal(SealFault.None, sealer.Open(blob, transactionId, out var pan, out _));
        Assert.Equal(KeyFiles.Pan(Canary), pan);
    }

    [Fact]
    public void Seal_Canary_IsInTheBlobInNoEncoding()
    {
        var sealer = New();
        for (var i = 0; i < 100; i++)
        {
            var blob = sealer.Seal(KeyFiles.Pan(Canary), KeyFiles.Expiry(2031, 7), Id);
            foreach (var form in Encodings(Canary))
                Assert.True(blob.AsSpan().IndexOf(form) < 0);
        }
    }

    [Fact]
    public void Seal_NoCardOrNoTransaction_Throws()
    {
        var sealer = New();
        Assert.Throws<ArgumentException>(() => sealer.Seal(default, KeyFiles.Expiry(2031, 7), Id));
        Assert.Throws<ArgumentException>(() => sealer.Seal(KeyFiles.Pan(Canary), default, ""));
        Assert.Throws<ArgumentException>(() => sealer.Seal(KeyFiles.Pan(Canary), default, new string('0', 65)));
    }

    private static IEnumerable<byte[]> Encodings(string digits)
    {
        yield return Encoding.ASCII.GetBytes(digits);
        yield return Encoding.Unicode.GetBytes(digits);
        yield return Convert.FromHexString(digits);
        yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(digits))[..20]);
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(Encoding.ASCII.GetBytes(digits)));
        var number = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, ulong.Parse(digits, null));
        yield return number[2..];
        Array.Reverse(number);
        yield return number[..6];
    }

    private static CardSealer New(params string[] sealIds) => new(KeyFiles.Ring(sealIds), TimeProvider.System);

    private static void AssertEveryChangeFails(CardSealer sealer, byte[] blob)
    {
        for (var at = 0; at < blob.Length; at++)
            for (var bit = 0; bit < 8; bit++)
            {
                blob[at] ^= (byte)(1 << bit);
                AssertClosed(sealer.Open(blob, Id, out var pan, out var expiry), pan, expiry);
                blob[at] ^= (byte)(1 << bit);
            }

        Assert.Equal(SealFault.None, sealer.Open(blob, Id, out _, out _));
    }

    private static void AssertClosed(SealFault fault, Pan pan, CardExpiry expiry)
    {
        Assert.NotEqual(SealFault.None, fault);
        Assert.Equal(default, pan);
        Assert.Equal(default, expiry);
    }
}
