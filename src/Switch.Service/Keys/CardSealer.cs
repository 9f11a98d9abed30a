using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Switch.Service.Cards;

namespace Switch.Service.Keys;

/// <summary>Why a sealed blob did not open.</summary>
internal enum SealFault
{
    /// <summary>It opened.</summary>
    None,

    /// <summary>It is too short, too long, or of a version this build does not know.</summary>
    Malformed,

    /// <summary>The key ring holds no seal key of that id.</summary>
    UnknownKey,

    /// <summary>It was changed, or sealed for another transaction, or with another key of the same id.</summary>
    NotAuthentic,
}

/// <summary>
/// Seals what a later reversal needs of a card, and nothing else: PAN and expiry. AES-256-GCM under a key derived for
/// the one transaction, with the header and the transaction id as associated data, so a blob opens only for the
/// transaction it was made for.
/// </summary>
/// <remarks>
/// Blob: version (1) · length of key id (1) · key id · nonce (12) · tag (16) · ciphertext (12). The plaintext has a
/// fixed layout, so the length of a blob tells nothing of the card.
/// </remarks>
internal sealed class CardSealer(KeyRing keys)
{
    private const byte Version = 1;
    private const int NonceLength = 12;
    private const int TagLength = 16;

    // Digits of the PAN (1), PAN as a big-endian number (8), year (2), month (1).
    private const int PlainLength = 12;
    private const int FixedLength = 2 + NonceLength + TagLength + PlainLength;

    /// <summary>Longest transaction id in characters; they have 32.</summary>
    private const int TransactionIdMax = 64;

    /// <summary>Longest blob in bytes.</summary>
    public const int LengthMax = FixedLength + SwitchKey.IdLengthMax;

    private static ReadOnlySpan<byte> DerivationLabel => "cardswitch.seal.v1"u8;

    /// <summary>Seals with the active key.</summary>
    /// <param name="pan">The card number.</param>
    /// <param name="expiry">Its expiry.</param>
    /// <param name="transactionId">What the blob is bound to; 1 to 64 ASCII characters.</param>
    /// <exception cref="ArgumentException">The PAN is the default value, or the id is out of bounds.</exception>
    public byte[] Seal(in Pan pan, in CardExpiry expiry, ReadOnlySpan<char> transactionId)
    {
        if (pan.Length == 0) throw new ArgumentException("There is no card number to seal.", nameof(pan));
        var key = keys.Active(KeyPurpose.Seal);
        Span<byte> plain = stackalloc byte[PlainLength];
        Span<byte> derived = stackalloc byte[SwitchKey.Length];
        Span<byte> associated = stackalloc byte[2 + SwitchKey.IdLengthMax + TransactionIdMax];
        try
        {
            WritePlain(plain, pan, expiry);
            var blob = new byte[FixedLength + key.Id.Length];
            var headerLength = WriteHeader(blob, key.Id);
            var parts = new Parts(blob, headerLength);
            RandomNumberGenerator.Fill(parts.Nonce);
            associated = WriteAssociated(associated, blob.AsSpan(0, headerLength), transactionId);
            Derive(key, associated[headerLength..], derived);
            using var aes = new AesGcm(derived, TagLength);
            aes.Encrypt(parts.Nonce, plain, parts.Cipher, parts.Tag, associated);
            return blob;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Opens a blob with the key it names. Tells nothing of the card unless all is authentic.</summary>
    /// <param name="blob">What <see cref="Seal"/> made.</param>
    /// <param name="transactionId">The transaction it was made for.</param>
    /// <param name="pan">The card number; the default value unless the answer is None.</param>
    /// <param name="expiry">Its expiry; the default value unless the answer is None.</param>
    public SealFault Open(
        ReadOnlySpan<byte> blob, ReadOnlySpan<char> transactionId, out Pan pan, out CardExpiry expiry)
    {
        pan = default;
        expiry = default;
        if (transactionId.Length is 0 or > TransactionIdMax) return SealFault.NotAuthentic;
        if (blob.Length < FixedLength || blob[0] != Version) return SealFault.Malformed;
        int idLength = blob[1];
        if (idLength is 0 or > SwitchKey.IdLengthMax) return SealFault.Malformed;
        if (blob.Length != FixedLength + idLength) return SealFault.Malformed;
        if (!keys.TryFind(KeyPurpose.Seal, Encoding.ASCII.GetString(blob.Slice(2, idLength)), out var key))
            return SealFault.UnknownKey;

        return Decrypt(key, blob, 2 + idLength, transactionId, out pan, out expiry);
    }

    private static SealFault Decrypt(
        SwitchKey key,
        ReadOnlySpan<byte> blob,
        int headerLength,
        ReadOnlySpan<char> transactionId,
        out Pan pan,
        out CardExpiry expiry)
    {
        pan = default;
        expiry = default;
        Span<byte> plain = stackalloc byte[PlainLength];
        Span<byte> derived = stackalloc byte[SwitchKey.Length];
        Span<byte> associated = stackalloc byte[2 + SwitchKey.IdLengthMax + TransactionIdMax];
        associated = WriteAssociated(associated, blob[..headerLength], transactionId);
        try
        {
            Derive(key, associated[headerLength..], derived);
            using var aes = new AesGcm(derived, TagLength);
            var sealedPart = blob[headerLength..];
            aes.Decrypt(
                sealedPart[..NonceLength],
                sealedPart[(NonceLength + TagLength)..],
                sealedPart.Slice(NonceLength, TagLength),
                plain,
                associated);
            return TryReadPlain(plain, out pan, out expiry) ? SealFault.None : SealFault.Malformed;
        }
        catch (AuthenticationTagMismatchException)
        {
            return SealFault.NotAuthentic;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>
    /// A key for each transaction. Random 96-bit nonces are safe for 2^32 messages under one key (NIST SP 800-38D,
    /// 8.3): days of a busy fleet that shares its key file. Under one transaction's key there is a handful.
    /// </summary>
    private static void Derive(SwitchKey key, ReadOnlySpan<byte> transactionId, Span<byte> derived)
    {
        Span<byte> input = stackalloc byte[32 + TransactionIdMax];
        DerivationLabel.CopyTo(input);
        transactionId.CopyTo(input[DerivationLabel.Length..]);
        key.Hash(input[..(DerivationLabel.Length + transactionId.Length)], derived);
    }

    private static int WriteHeader(Span<byte> blob, string keyId)
    {
        blob[0] = Version;
        blob[1] = (byte)keyId.Length;
        return 2 + Encoding.ASCII.GetBytes(keyId, blob[2..]);
    }

    private static Span<byte> WriteAssociated(
        Span<byte> destination, ReadOnlySpan<byte> header, ReadOnlySpan<char> transactionId)
    {
        if (transactionId.Length is 0 or > TransactionIdMax)
            throw new ArgumentException("A transaction id has 1 to 64 characters.", nameof(transactionId));
        header.CopyTo(destination);
        var length = Encoding.ASCII.GetBytes(transactionId, destination[header.Length..]);
        return destination[..(header.Length + length)];
    }

    private static void WritePlain(Span<byte> plain, in Pan pan, in CardExpiry expiry)
    {
        Span<char> digits = stackalloc char[Pan.LengthMax];
        digits = digits[..pan.CopyDigits(digits)];
        plain[0] = (byte)digits.Length;
        BinaryPrimitives.WriteUInt64BigEndian(plain[1..], ulong.Parse(digits, provider: null));
        BinaryPrimitives.WriteUInt16BigEndian(plain[9..], (ushort)expiry.Year);
        plain[11] = (byte)expiry.Month;
        digits.Clear();
    }

    private static bool TryReadPlain(ReadOnlySpan<byte> plain, out Pan pan, out CardExpiry expiry)
    {
        expiry = default;
        Span<char> digits = stackalloc char[Pan.LengthMax];
        digits = digits[..Math.Min((int)plain[0], Pan.LengthMax)];
        var rest = BinaryPrimitives.ReadUInt64BigEndian(plain[1..]);
        for (var i = digits.Length - 1; i >= 0; i--, rest /= 10) digits[i] = (char)('0' + (rest % 10));
        var year = BinaryPrimitives.ReadUInt16BigEndian(plain[9..]);
        var month = plain[11];
        var valid = Pan.TryParse(digits, out pan, out _)
            // A card without an expiry is legal on some links; it is sealed as zeros.
            && ((year == 0 && month == 0) || CardExpiry.TryCreate(year, month, out expiry));
        digits.Clear();
        return valid;
    }

    private readonly ref struct Parts(Span<byte> blob, int headerLength)
    {
        public readonly Span<byte> Nonce = blob.Slice(headerLength, NonceLength);
        public readonly Span<byte> Tag = blob.Slice(headerLength + NonceLength, TagLength);
        public readonly Span<byte> Cipher = blob[(headerLength + NonceLength + TagLength)..];
    }
}
