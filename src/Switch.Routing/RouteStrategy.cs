namespace Switch.Routing;

/// <summary>How the candidates of a rule are put in order.</summary>
public enum RouteStrategy : byte
{
    /// <summary>As listed.</summary>
    Priority = 0,

    /// <summary>A stable split by transaction id, in proportion to the weights.</summary>
    Weight = 1,

    /// <summary>Cheapest first: fixed fee plus basis points of the amount; ties as listed.</summary>
    LeastCost = 2,
}
