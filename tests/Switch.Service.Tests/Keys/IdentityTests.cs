using System.Security.Cryptography;
using Switch.Service.Keys;

namespace Switch.Service.Tests.Keys;

public sealed class IdentityTests
{
    private readonly TransactionIdentity _identity = new(KeyFiles.Ring());

    private delegate void Fill(ref FingerprintBuilder fields);

    [Fact]
    public void Token_SameCard_IsTheKeyedHashAndNamesItsKey()
    {
        var tokenizer = new CardTokenizer(KeyFiles.Ring());
        var (token, keyId) = tokenizer.Token(KeyFiles.Pan("4111111111111111"));
        var expected = HMACSHA256.HashData(KeyFiles.Key("token-1", KeyPurpose.Token).Secret(), "4111111111111111"u8);
        Assert.Equal(Convert.ToHexStringLower(expected), token);
        Assert.Equal("token-1", keyId);
        Assert.NotEqual(token, tokenizer.Token(KeyFiles.Pan("5555555555554444")).Token);
        Assert.Throws<ArgumentException>(() => tokenizer.Token(default));
    }

    [Fact]
    public void AdviceStan_IsTheSameOnEveryInstance_AndFitsDe11()
    {
        var stans = Enumerable.Range(0, 1000).Select(i => _identity.AdviceStan($"{i:x32}.reversal")).ToList();
        Assert.All(stans, stan => Assert.InRange(stan, 1, 999_999));
        Assert.True(stans.Distinct().Count() > 990);
        var other = new TransactionIdentity(KeyFiles.Ring());
        Assert.Equal(stans[7], other.AdviceStan($"{7:x32}.reversal"));
    }

    [Fact]
    public void TransactionId_SameParts_IsTheSameOnEveryInstance()
    {
        var id = _identity.TransactionId("MERCHANT1", "TERM0001", "key-1");
        Assert.Equal(id, new TransactionIdentity(KeyFiles.Ring()).TransactionId("MERCHANT1", "TERM0001", "key-1"));
        Assert.Matches("^[0-9a-f]{32}$", id);
        // Pinned, and computed apart from this code: a change would break the recognition of retries.
        Assert.Equal("abff11030c52d521314eb4c00519e6c0", id);
        Assert.Equal("QMBE6WDV1Y9S", _identity.RetrievalReferenceNumber(id));
    }

    [Fact]
    public void TransactionId_PartsThatMeet_AreToldApart()
    {
        var ids = new HashSet<string>
        {
            _identity.TransactionId("AB", "C", "D"),
            _identity.TransactionId("A", "BC", "D"),
            _identity.TransactionId("A", "B", "CD"),
            _identity.TransactionId("", "ABC", "D"),
            _identity.TransactionId("AB", "", "CD"),
        };
        Assert.Equal(5, ids.Count);
    }

    [Fact]
    public void RetrievalReferenceNumber_ManyTransactions_AreCrockfordAndDistinct()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < 5_000; i++)
        {
            var rrn = _identity.RetrievalReferenceNumber(_identity.TransactionId("M", "T", $"k{i}"));
            Assert.Matches("^[0-9A-HJKMNP-TV-Z]{12}$", rrn);
            Assert.True(seen.Add(rrn));
        }
    }

    [Fact]
    public void EventId_OfAType_IsTheTransactionAndTheType() =>
        Assert.Equal("abc.authorized", TransactionIdentity.EventId("abc", "authorized"));

    [Fact]
    public void FingerprintOf_SameFields_IsEqualAndRoundTrips()
    {
        Fill payment = (ref FingerprintBuilder f) =>
        {
            f.Add("M");
            f.Add(1250);
            f.Add(KeyFiles.Pan("4111111111111111"));
        };
        var one = Of(payment);
        var two = Of(payment);
        Assert.Equal(one, two);
        Span<byte> bytes = stackalloc byte[RequestFingerprint.Length];
        one.CopyTo(bytes);
        Assert.True(RequestFingerprint.TryRead(bytes, out var read));
        Assert.Equal(one, read);
        Assert.Equal(Convert.ToHexStringLower(bytes), one.ToString());
        Assert.False(RequestFingerprint.TryRead(bytes[1..], out _));
    }

    [Fact]
    public void FingerprintOf_FieldsThatMeet_AreToldApart()
    {
        Fill[] lists =
        [
            (ref FingerprintBuilder f) => { },
            (ref FingerprintBuilder f) => f.Add((string?)null),
            (ref FingerprintBuilder f) => f.Add(""),
            (ref FingerprintBuilder f) => f.Add(ReadOnlySpan<byte>.Empty),
            (ref FingerprintBuilder f) => { f.Add("ab"); f.Add("c"); },
            (ref FingerprintBuilder f) => { f.Add("a"); f.Add("bc"); },
            (ref FingerprintBuilder f) => f.Add("abc"),
            (ref FingerprintBuilder f) => f.Add("abc"u8),
            (ref FingerprintBuilder f) => f.Add(1),
            (ref FingerprintBuilder f) => f.Add(new byte[] { 0, 0, 0, 0, 0, 0, 0, 1 }.AsSpan()),
            (ref FingerprintBuilder f) => f.Add(KeyFiles.Pan("4111111111111111")),
            (ref FingerprintBuilder f) => f.Add("4111111111111111"),
        ];
        Assert.Equal(lists.Length, lists.Select(Of).Distinct().Count());
    }

    [Fact]
    public void FingerprintOf_FieldsBeyondTheScratch_AreAllHashed()
    {
        var one = Of((ref FingerprintBuilder f) => { for (var i = 0; i < 50; i++) f.Add(new string('x', 100)); });
        var two = Of((ref FingerprintBuilder f) =>
        {
            for (var i = 0; i < 49; i++) f.Add(new string('x', 100));
            f.Add(new string('x', 99) + 'y');
        });
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void Dispose_BuilderOnScratch_WipesIt()
    {
        Span<byte> scratch = stackalloc byte[FingerprintBuilder.ScratchLength];
        var fields = new FingerprintBuilder(scratch);
        fields.Add(KeyFiles.Pan("4111111111111111"));
        Assert.True(scratch.IndexOf("4111111111111111"u8) > 0);
        fields.Dispose();
        Assert.False(scratch.ContainsAnyExcept((byte)0));
    }

    private RequestFingerprint Of(Fill fill)
    {
        var fields = new FingerprintBuilder(stackalloc byte[FingerprintBuilder.ScratchLength]);
        fill(ref fields);
        var fingerprint = _identity.FingerprintOf(fields);
        fields.Dispose();
        return fingerprint;
    }
}
