namespace Switch.Service.Cards;

/// <summary>
/// Stands for a PAN where the PAN may not go: events, records, statistics. The same card has the same token for as long
/// as the token key lives.
/// </summary>
/// <param name="Token">HMAC-SHA-256 of the whole PAN, 64 lower-case hexadecimal digits.</param>
/// <param name="KeyId">The key that made it; tokens of different keys do not compare.</param>
internal readonly record struct CardToken(string Token, string KeyId);
