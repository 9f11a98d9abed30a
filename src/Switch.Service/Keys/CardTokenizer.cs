using System.Security.Cryptography;
using Switch.Service.Cards;

namespace Switch.Service.Keys;

/// <summary>
/// Makes card tokens. A plain hash of a PAN is found by trying all PANs; a keyed one needs the key (PCI DSS 3.5.1.1).
/// </summary>
internal sealed class CardTokenizer(KeyRing keys)
{
    /// <summary>The token of a card under the active token key; deconstructs to (token, key id).</summary>
    /// <exception cref="ArgumentException">The PAN is the default value.</exception>
    public CardToken Token(in Pan pan)
    {
        if (pan.Length == 0) throw new ArgumentException("There is no card number.", nameof(pan));
        var key = keys.Active(KeyPurpose.Token);
        Span<byte> digits = stackalloc byte[Pan.LengthMax];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        digits = digits[..pan.CopyDigits(digits)];
        key.Hash(digits, hash);
        CryptographicOperations.ZeroMemory(digits);
        return new CardToken(Convert.ToHexStringLower(hash), key.Id);
    }
}
