namespace Switch.Routing;

/// <summary>What the terminal asks for. Numbers equal <c>cardswitch.v1.TransactionKind</c>.</summary>
public enum RouteKind : byte
{
    /// <summary>Not said; matches only rules without a kind condition.</summary>
    Unspecified = 0,

    /// <summary>Goods or services, authorized and captured in one step.</summary>
    Purchase = 1,

    /// <summary>An amount held now and completed later.</summary>
    PreAuthorization = 2,

    /// <summary>Money back to the cardholder.</summary>
    Refund = 3,
}
