using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Switch.Settlement.Webhooks;

/// <summary>Signatures of the Standard Webhooks specification, version 1 (symmetric).</summary>
/// <remarks>
/// Twenty lines over the framework's HMAC, and not a package: that of .NET (StandardWebhooks 1.1.2) signs a string
/// where the bytes that are sent should be signed, with one secret where a rotation needs two. It verifies ours in the
/// tests.
/// </remarks>
internal static class WebhookSignature
{
    public const string IdHeader = "webhook-id";
    public const string TimestampHeader = "webhook-timestamp";
    public const string SignatureHeader = "webhook-signature";

    /// <summary>The header's value: one signature a secret, "v1,base64", with spaces between.</summary>
    /// <param name="secrets">Newest first, one at least.</param>
    /// <param name="id">The webhook-id; holds no full stop.</param>
    /// <param name="time">When the attempt is made; whole seconds count.</param>
    /// <param name="body">What is sent, byte by byte.</param>
    public static string Sign(
        IReadOnlyList<WebhookSecret> secrets, string id, DateTimeOffset time, ReadOnlySpan<byte> body)
    {
        if (secrets.Count == 0) throw new ArgumentException("There is no secret to sign with.", nameof(secrets));
        var signed = Signed(id, time, body);
        var value = new StringBuilder();
        foreach (var secret in secrets) Append(value, secret, signed);
        // The .NET package StandardWebhooks 1.1.2 looks at all but the last of several signatures. With the first one
        // once more at the end it finds either secret; to others that says nothing new.
        if (secrets.Count > 1) Append(value, secrets[0], signed);
        return value.ToString();
    }

    private static void Append(StringBuilder value, WebhookSecret secret, byte[] signed)
    {
        if (value.Length > 0) value.Append(' ');
        value.Append("v1,").Append(Convert.ToBase64String(HMACSHA256.HashData(secret.Key, signed)));
    }

    private static byte[] Signed(string id, DateTimeOffset time, ReadOnlySpan<byte> body)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{id}.{time.ToUnixTimeSeconds()}.");
        var signed = new byte[Encoding.UTF8.GetByteCount(head) + body.Length];
        var length = Encoding.UTF8.GetBytes(head, signed);
        body.CopyTo(signed.AsSpan(length));
        return signed;
    }
}
