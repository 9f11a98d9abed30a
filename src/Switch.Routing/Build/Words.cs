namespace Switch.Routing;

/// <summary>The words of a configuration for what Routing has an enum for.</summary>
internal static class Words
{
    internal static readonly Dictionary<string, int> Fundings = new(StringComparer.Ordinal)
    {
        ["credit"] = (int)CardFunding.Credit,
        ["debit"] = (int)CardFunding.Debit,
        ["prepaid"] = (int)CardFunding.Prepaid,
    };

    internal static readonly Dictionary<string, int> EntryModes = new(StringComparer.Ordinal)
    {
        ["manual"] = (int)RouteEntryMode.Manual,
        ["magnetic_stripe"] = (int)RouteEntryMode.MagneticStripe,
        ["chip"] = (int)RouteEntryMode.Chip,
        ["contactless"] = (int)RouteEntryMode.Contactless,
        ["fallback_stripe"] = (int)RouteEntryMode.FallbackStripe,
        ["ecommerce"] = (int)RouteEntryMode.Ecommerce,
    };

    internal static readonly Dictionary<string, int> Kinds = new(StringComparer.Ordinal)
    {
        ["purchase"] = (int)RouteKind.Purchase,
        ["pre_authorization"] = (int)RouteKind.PreAuthorization,
        ["refund"] = (int)RouteKind.Refund,
    };

    /// <summary>Monday is 0.</summary>
    internal static readonly Dictionary<string, int> Days = new(StringComparer.Ordinal)
    {
        ["mon"] = 0,
        ["tue"] = 1,
        ["wed"] = 2,
        ["thu"] = 3,
        ["fri"] = 4,
        ["sat"] = 5,
        ["sun"] = 6,
    };

    /// <summary>The word for a number, or <c>unspecified</c>.</summary>
    internal static string Of(Dictionary<string, int> words, int number)
    {
        foreach ((string word, int meaning) in words)
            if (meaning == number) return word;
        return "unspecified";
    }
}
