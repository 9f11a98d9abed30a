namespace Switch.Routing;

/// <summary>What a rule can ask about, in the order in which an explanation looks at it.</summary>
internal enum RuleDimension
{
    Scheme,
    Bin,
    Country,
    Funding,
    Currency,
    Amount,
    Mcc,
    Merchant,
    EntryMode,
    Kind,
    Time,
}
