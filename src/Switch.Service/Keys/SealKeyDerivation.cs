namespace Switch.Service.Keys;

/// <summary>
/// The AES keys that seal, each derived by HMAC-SHA-256 from a key of the file. A label for each version of a blob
/// keeps what is derived for one apart from what is derived for another.
/// </summary>
internal static class SealKeyDerivation
{
    private const int ContextMax = 64;

    private static ReadOnlySpan<byte> TransactionLabel => "cardswitch.seal.v1"u8;

    private static ReadOnlySpan<byte> SaltLabel => "cardswitch.seal.v2"u8;

    /// <summary>The key of one transaction: blobs of version 1, which are opened and not made any more.</summary>
    /// <param name="key">The key of the file.</param>
    /// <param name="transactionId">The transaction's id in ASCII, at most 64 bytes.</param>
    /// <param name="derived">Room for 32 bytes; the caller wipes it.</param>
    public static void OfTransaction(SwitchKey key, ReadOnlySpan<byte> transactionId, Span<byte> derived) =>
        Derive(key, TransactionLabel, transactionId, derived);

    /// <summary>The key of one salt: blobs of version 2.</summary>
    /// <param name="key">The key of the file.</param>
    /// <param name="salt">The salt in the blob, at most 64 bytes.</param>
    /// <param name="derived">Room for 32 bytes; the caller wipes it.</param>
    public static void OfSalt(SwitchKey key, ReadOnlySpan<byte> salt, Span<byte> derived) =>
        Derive(key, SaltLabel, salt, derived);

    private static void Derive(
        SwitchKey key, ReadOnlySpan<byte> label, ReadOnlySpan<byte> context, Span<byte> derived)
    {
        Span<byte> input = stackalloc byte[32 + ContextMax];
        label.CopyTo(input);
        context.CopyTo(input[label.Length..]);
        key.Hash(input[..(label.Length + context.Length)], derived);
    }
}
