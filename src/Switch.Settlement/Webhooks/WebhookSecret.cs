using System.Security.Cryptography;

namespace Switch.Settlement.Webhooks;

/// <summary>
/// A secret that signs, as Standard Webhooks writes it: "whsec_" and the base64 of 24 to 64 bytes. Prints masked.
/// </summary>
internal sealed class WebhookSecret
{
    public const string Prefix = "whsec_";

    /// <summary>Bounds of the standard, in bytes.</summary>
    public const int LengthMin = 24;

    /// <inheritdoc cref="LengthMin"/>
    public const int LengthMax = 64;

    private const int NewLength = 32;

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    /// <summary>The bytes that sign.</summary>
    public ReadOnlySpan<byte> Key => _key;

    /// <summary>A new one of 32 random bytes.</summary>
    public static WebhookSecret Create() => new(RandomNumberGenerator.GetBytes(NewLength));

    /// <summary>Reads the written form; false for anything else.</summary>
    public static bool TryParse(string text, out WebhookSecret? secret)
    {
        secret = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        Span<byte> bytes = stackalloc byte[LengthMax + 2];
        if (!Convert.TryFromBase64Chars(text.AsSpan(Prefix.Length), bytes, out var length)) return false;
        if (length is < LengthMin or > LengthMax) return false;
        secret = new WebhookSecret(bytes[..length].ToArray());
        return true;
    }

    /// <summary>The written form: for the merchant, once, and for sealing.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    public override string ToString() => Prefix + "***";
}
