namespace Switch.Service.Keys;

/// <summary>What a key is for. A key serves one purpose only, so that no use can weaken another.</summary>
internal enum KeyPurpose
{
    /// <summary>Seals the PAN and expiry that a later reversal needs ("seal" in the key file).</summary>
    Seal,

    /// <summary>Makes card tokens ("token").</summary>
    Token,

    /// <summary>Derives transaction ids, RRNs and request fingerprints ("identity").</summary>
    Identity,
}
