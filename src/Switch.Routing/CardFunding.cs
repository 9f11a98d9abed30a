namespace Switch.Routing;

/// <summary>Whose money a card spends, as the BIN table says.</summary>
public enum CardFunding : byte
{
    /// <summary>The BIN table does not say.</summary>
    Unknown = 0,

    /// <summary>A credit or charge card.</summary>
    Credit = 1,

    /// <summary>A debit card.</summary>
    Debit = 2,

    /// <summary>A prepaid card.</summary>
    Prepaid = 3,
}
