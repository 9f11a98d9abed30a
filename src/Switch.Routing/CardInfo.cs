namespace Switch.Routing;

/// <summary>What the BIN table says of a card. The default value means that no range holds it.</summary>
/// <param name="Scheme">0 for unknown, otherwise 1 + index into <see cref="RouteTable.SchemeNames"/>.</param>
/// <param name="Funding">Whose money the card spends.</param>
/// <param name="Country">Country of the issuer, or unknown.</param>
public readonly record struct CardInfo(byte Scheme, CardFunding Funding, CountryCode Country)
{
    /// <summary>True when a BIN range holds the card.</summary>
    public bool IsKnown => Scheme != 0;
}
