namespace Switch.Service.Routes;

/// <summary>
/// Every key of the routing file, by the mapping it may stand in. docs/routes.schema.json lists the same.
/// </summary>
internal static class RouteKeys
{
    internal const int Format = 1;

    internal static readonly string[] Root =
        ["format", "schemes", "acquirers", "bin_ranges_file", "bin_ranges", "rules", "fallback"];

    internal static readonly string[] Acquirer = ["name", "currencies", "fees"];

    internal static readonly string[] Fee = ["fixed", "bps"];

    internal static readonly string[] BinRange = ["bin", "scheme", "country", "funding"];

    internal static readonly string[] Rule = ["name", "when", "priority", "weight", "least_cost", "fallback"];

    internal static readonly string[] Conditions =
    [
        "scheme", "bin", "country", "funding", "currency", "amount", "mcc", "merchant", "entry_mode", "kind", "time",
        "days",
    ];

    internal static readonly string[] Amount = ["min", "max"];

    internal static readonly string[] Candidates = ["priority", "weight", "least_cost"];

    /// <summary>Columns of a file of BIN ranges, in this order.</summary>
    internal static readonly string[] CsvColumns = ["low", "high", "scheme", "country", "funding"];
}
