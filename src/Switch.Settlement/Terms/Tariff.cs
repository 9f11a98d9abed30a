using System.Collections.Frozen;

namespace Switch.Settlement.Terms;

/// <summary>A table of fees: versions by effective date, the oldest first.</summary>
/// <param name="Name">"mdr/standard", "interchange" or "scheme".</param>
/// <param name="Versions">At least one.</param>
internal sealed record Tariff(string Name, IReadOnlyList<TariffVersion> Versions);

/// <summary>The rules that hold from a business date on. The first whose conditions all hold decides.</summary>
internal sealed record TariffVersion(DateOnly From, IReadOnlyList<TariffRule> Rules);

/// <summary>One rule.</summary>
/// <param name="Line">Where it stands in the file.</param>
/// <param name="When">What it is for.</param>
/// <param name="IsReturned">Refunds only: the fee of the refunded amount is given back rather than charged.</param>
/// <param name="Tiers">By amount, rising; the last has no end. The whole amount is charged at its tier.</param>
internal sealed record TariffRule(int Line, RuleConditions When, bool IsReturned, IReadOnlyList<TariffTier> Tiers);

/// <summary>What a rule is for; null means any.</summary>
internal sealed record RuleConditions(
    IReadOnlyList<CardMethod>? Methods,
    IReadOnlyList<string>? Schemes,
    IReadOnlyList<CardRegion>? Regions,
    IReadOnlyList<CardFunding>? Fundings,
    bool? IsRefund);

/// <summary>The price of one tier. Amounts by currency are in millionths of a minor unit.</summary>
/// <param name="UpTo">Largest amount of the tier; null for the last.</param>
/// <param name="RatePpm">Part of the amount, in millionths.</param>
/// <param name="Fixed">Added to it; null for nothing.</param>
/// <param name="Minimum">The least that is charged; null for none.</param>
/// <param name="Maximum">The most that is charged; null for no cap.</param>
internal sealed record TariffTier(
    FrozenDictionary<string, long>? UpTo,
    int RatePpm,
    FrozenDictionary<string, long>? Fixed,
    FrozenDictionary<string, long>? Minimum,
    FrozenDictionary<string, long>? Maximum);

/// <summary>How the card was taken, by entry mode.</summary>
internal enum CardMethod
{
    /// <summary>An entry mode that this version does not know; only rules for any method take it.</summary>
    Other,
    Chip,
    Contactless,

    /// <summary>Magnetic stripe, after a failed chip read too.</summary>
    Stripe,
    Manual,
    Ecommerce,
}

/// <summary>Where the card is from, seen from the merchant.</summary>
internal enum CardRegion
{
    /// <summary>From the merchant's own country.</summary>
    Domestic,

    /// <summary>From another country of the merchant's region.</summary>
    Regional,

    /// <summary>From elsewhere, or nobody knows where from: the dearer guess, never the cheaper.</summary>
    International,
}

/// <summary>What the card is paid from.</summary>
internal enum CardFunding
{
    /// <summary>The routing table does not say.</summary>
    Unknown,
    Credit,
    Debit,
    Prepaid,
}

/// <summary>Rates of value added tax by country and effective date.</summary>
/// <param name="Rates">In millionths, each country's the oldest first.</param>
internal sealed record VatTable(FrozenDictionary<string, IReadOnlyList<VatRate>> Rates);

/// <summary>A rate from a business date on.</summary>
internal readonly record struct VatRate(DateOnly From, int Ppm);
