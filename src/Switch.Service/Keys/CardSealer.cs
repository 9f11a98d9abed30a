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
/// Seals what a later reversal needs of a card, and nothing else: PAN and expiry. AES-256-GCM with the header and the
/// transaction id as associated data, so a blob opens only for the transaction it was made for. The key is derived from
/// a random salt in the blob and serves many blobs (<see cref="SealEpoch"/>): to set one up costs more than to seal.
/// </summary>
/// <remarks>
/// Blob: version (1) · length of key id (1) · key id · salt (16) · nonce (12) · tag (16) · ciphertext (12). Version 1,
/// which is opened and not made any more, has no salt and a key derived from the transaction id. The plaintext has a
/// fixed layout, so the length of a blob tells nothing of the card.
/// </remarks>
internal sealed class CardSealer
{
    private const byte Version = 2;
    private const byte VersionWithoutSalt = 1;
    private const int NonceLength = SealEpoch.NonceLength;
    private const int TagLength = SealEpoch.TagLength;

    // Digits of the PAN (1), PAN as a big-endian number (8), year (2), month (1).
    private const int PlainLength = 12;
    private const int FixedLength = 2 + NonceLength + TagLength + PlainLength;

    /// <summary>Longest transaction id in characters; they have 32.</summary>
    private const int TransactionIdMax = 64;

    private const int AssociatedMax = 2 + SwitchKey.IdLengthMax + SealEpoch.SaltLength + TransactionIdMax;

    /// <summary>Longest blob in bytes.</summary>
    public const int LengthMax = FixedLength + SwitchKey.IdLengthMax + SealEpoch.SaltLength;

    private readonly KeyRing _keys;
    private readonly string _keyId;
    private readonly SealEpochs _epochs;

    public CardSealer(KeyRing keys, TimeProvider time)
        : this(keys, time, SealEpoch.SealsMax)
    {
    }

    /// <summary>For tests, with a bound that is reached.</summary>
    internal CardSealer(KeyRing keys, TimeProvider time, int sealsMax)
    {
        // A key ring never changes, so neither does its active key.
        var key = keys.Active(KeyPurpose.Seal);
        _keys = keys;
        _keyId = key.Id;
        _epochs = new SealEpochs(key, time, sealsMax);
    }

    /// <summary>Seals with the active key.</summary>
    /// <param name="pan">The card number.</param>
    /// <param name="expiry">Its expiry.</param>
    /// <param name="transactionId">What the blob is bound to; 1 to 64 ASCII characters.</param>
    /// <exception cref="ArgumentException">The PAN is the default value, or the id is out of bounds.</exception>
    public byte[] Seal(in Pan pan, in CardExpiry expiry, ReadOnlySpan<char> transactionId)
    {
        if (pan.Length == 0) throw new ArgumentException("There is no card number to seal.", nameof(pan));
        Span<byte> plain = stackalloc byte[PlainLength];
        Span<byte> associated = stackalloc byte[AssociatedMax];
        var epoch = _epochs.Take();
        try
        {
            WritePlain(plain, pan, expiry);
            var blob = new byte[FixedLength + _keyId.Length + SealEpoch.SaltLength];
            var headerLength = WriteHeader(blob, _keyId, epoch.Salt);
            associated = WriteAssociated(associated, blob.AsSpan(0, headerLength), transactionId);
            var parts = new Parts(blob, headerLength);
            epoch.Encrypt(plain, associated, associated[headerLength..], parts.Nonce, parts.Tag, parts.Cipher);
            return blob;
        }
        finally
        {
            _epochs.Return(epoch);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    /// <summary>Opens a blob with the key it names. Tells nothing of the card unless all is authentic.</summary>
    /// <param name="blob">What <see cref="Seal"/> made, in this version or an earlier one.</param>
    /// <param name="transactionId">The transaction it was made for.</param>
    /// <param name="pan">The card number; the default value unless the answer is None.</param>
    /// <param name="expiry">Its expiry; the default value unless the answer is None.</param>
    public SealFault Open(
        ReadOnlySpan<byte> blob, ReadOnlySpan<char> transactionId, out Pan pan, out CardExpiry expiry)
    {
        pan = default;
        expiry = default;
        if (transactionId.Length is 0 or > TransactionIdMax) return SealFault.NotAuthentic;
        if (blob.Length < FixedLength || blob[0] is not (Version or VersionWithoutSalt)) return SealFault.Malformed;
        var saltLength = blob[0] == Version ? SealEpoch.SaltLength : 0;
        int idLength = blob[1];
        if (idLength is 0 or > SwitchKey.IdLengthMax) return SealFault.Malformed;
        if (blob.Length != FixedLength + idLength + saltLength) return SealFault.Malformed;
        if (!_keys.TryFind(KeyPurpose.Seal, Encoding.ASCII.GetString(blob.Slice(2, idLength)), out var key))
            return SealFault.UnknownKey;

        Span<byte> derived = stackalloc byte[SwitchKey.Length];
        Span<byte> associated = stackalloc byte[AssociatedMax];
        var headerLength = 2 + idLength + saltLength;
        associated = WriteAssociated(associated, blob[..headerLength], transactionId);
        if (saltLength == 0) SealKeyDerivation.OfTransaction(key, associated[headerLength..], derived);
        else SealKeyDerivation.OfSalt(key, blob.Slice(2 + idLength, saltLength), derived);
        return Decrypt(derived, blob[headerLength..], associated, out pan, out expiry);
    }

    // Wipes the derived key whatever becomes of it.
    private static SealFault Decrypt(
        Span<byte> derived,
        ReadOnlySpan<byte> sealedPart,
        ReadOnlySpan<byte> associated,
        out Pan pan,
        out CardExpiry expiry)
    {
        pan = default;
        expiry = default;
        Span<byte> plain = stackalloc byte[PlainLength];
        try
        {
            using var aes = new AesGcm(derived, TagLength);
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

    private static int WriteHeader(Span<byte> blob, string keyId, ReadOnlySpan<byte> salt)
    {
        blob[0] = Version;
        blob[1] = (byte)keyId.Length;
        var length = 2 + Encoding.ASCII.GetBytes(keyId, blob[2..]);
        salt.CopyTo(blob[length..]);
        return length + salt.Length;
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
