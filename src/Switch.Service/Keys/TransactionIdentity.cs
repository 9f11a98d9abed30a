using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Switch.Service.Keys;

/// <summary>
/// Derives every id of a transaction from what the terminal chose, with the active identity key. Derived, not drawn:
/// with all state lost, a second send still carries the same RRN and a second event the same id, so acquirer and
/// consumers recognise them (S4). Each kind of id hashes under a label of its own.
/// </summary>
internal sealed class TransactionIdentity(KeyRing keys)
{
    private const int TransactionIdBytes = 16;
    private const int RrnLength = 12;
    private const int BitsOfSymbol = 5;
    private const ulong StanMax = 999_999;
    private const string CrockfordSymbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>The id of the transaction: 32 lower-case hexadecimal digits, equal for equal parts.</summary>
    public string TransactionId(
        ReadOnlySpan<char> merchantId, ReadOnlySpan<char> terminalId, ReadOnlySpan<char> idempotencyKey)
    {
        using var fields = new FingerprintBuilder(
            stackalloc byte[FingerprintBuilder.ScratchLength], "cardswitch.transaction.v1"u8);
        fields.Add(merchantId);
        fields.Add(terminalId);
        fields.Add(idempotencyKey);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(fields, hash);
        return Convert.ToHexStringLower(hash[..TransactionIdBytes]);
    }

    /// <summary>
    /// The retrieval reference number (DE 37, an12): 12 symbols of Crockford's base 32 in upper case, 60 bits. It has
    /// no I, L, O or U, so a person can read it out over the telephone.
    /// </summary>
    public string RetrievalReferenceNumber(ReadOnlySpan<char> transactionId)
    {
        using var fields = new FingerprintBuilder(
            stackalloc byte[FingerprintBuilder.ScratchLength], "cardswitch.rrn.v1"u8);
        fields.Add(transactionId);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(fields, hash);
        return string.Create(RrnLength, BinaryPrimitives.ReadUInt64BigEndian(hash), static (text, bits) =>
        {
            for (var i = 0; i < text.Length; i++, bits >>= BitsOfSymbol)
                text[i] = CrockfordSymbols[(int)(bits & ((1 << BitsOfSymbol) - 1))];
        });
    }

    /// <summary>DE 11 of an advice and of its repeats, 1 to 999999, derived from the advice's id.</summary>
    public int AdviceStan(ReadOnlySpan<char> adviceId)
    {
        using var fields = new FingerprintBuilder(
            stackalloc byte[FingerprintBuilder.ScratchLength], "cardswitch.advice_stan.v1"u8);
        fields.Add(adviceId);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(fields, hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % StanMax) + 1;
    }

    /// <summary>The id of an event: the transaction's id and the type, as one type happens to it once.</summary>
    public static string EventId(string transactionId, string type) => string.Concat(transactionId, ".", type);

    /// <summary>The fingerprint of the business fields that were added, in their order (S3).</summary>
    public RequestFingerprint FingerprintOf(scoped in FingerprintBuilder fields)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(fields, hash);
        return RequestFingerprint.FromBytes(hash);
    }

    private void Hash(scoped in FingerprintBuilder fields, Span<byte> hash) =>
        keys.Active(KeyPurpose.Identity).Hash(fields.Written, hash);
}
