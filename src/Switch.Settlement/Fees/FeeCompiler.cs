using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Fees;

/// <summary>Makes of the terms what an event can be looked up in.</summary>
internal sealed class FeeCompiler
{
    private readonly SettlementTerms _terms;

    public FeeCompiler(SettlementTerms terms) => _terms = terms;

    /// <summary>A table of fees, with a <see cref="FeeRule"/> a tier and currency made once.</summary>
    public FeeTable Table(Tariff tariff)
    {
        var versions = new FeeTable.Version[tariff.Versions.Count];
        for (var i = 0; i < versions.Length; i++)
        {
            var version = tariff.Versions[i];
            var from = BusinessDay.Text(version.From);
            var tiers = new FeeTier[version.Rules.Count][][];
            for (var rule = 0; rule < tiers.Length; rule++)
                tiers[rule] = ByCurrency(version.Rules[rule], $"{tariff.Name}/{rule + 1}", from);
            versions[i] = new FeeTable.Version(from, RuleCells.Build(version.Rules, _terms.Schemes, out _), tiers);
        }

        return new FeeTable(versions);
    }

    /// <summary>The VAT rates on a merchant's fees, the oldest first; none when VAT is not charged.</summary>
    public DatedRate[] Vat(MerchantTerms merchant)
    {
        if (merchant.Vat != VatTreatment.Charged || !_terms.Vat.Rates.TryGetValue(merchant.Country, out var rates))
            return [];
        return
        [
            .. rates.Select(rate => new DatedRate(
                BusinessDay.Text(rate.From),
                rate.Ppm,
                new FeeRule(
                    $"vat/{merchant.Country}@{BusinessDay.Text(rate.From)}",
                    $"VAT {FeeText.Percent(rate.Ppm)} ({merchant.Country}) of the fee"))),
        ];
    }

    /// <summary>What is kept back of a merchant's sales; null when nothing is.</summary>
    public static DatedRate? Reserve(MerchantTerms merchant) => merchant.ReservePpm == 0
        ? null
        : new DatedRate("", merchant.ReservePpm, new FeeRule(
            $"reserve/{FeeText.Percent(merchant.ReservePpm).Replace(" ", "", StringComparison.Ordinal)}"
                + $"/{merchant.ReserveDays}d",
            $"{FeeText.Percent(merchant.ReservePpm)} kept back for {merchant.ReserveDays} days"));

    private FeeTier[][] ByCurrency(TariffRule rule, string name, string from)
    {
        var byCurrency = new FeeTier[_terms.Currencies.Count + 1][];
        for (var i = 0; i < _terms.Currencies.Count; i++)
            byCurrency[i] = [.. rule.Tiers.Select((_, tier) => Tier(rule, tier, _terms.Currencies[i], name, from))];

        // Tiers have no amounts in other currencies: what holds for the largest amounts holds for all.
        byCurrency[^1] = [Tier(rule, rule.Tiers.Count - 1, null, name, from)];
        return byCurrency;
    }

    private static FeeTier Tier(TariffRule rule, int index, string? currency, string name, string from)
    {
        var tier = rule.Tiers[index];
        var key = rule.Tiers.Count == 1 ? $"{name}@{from}" : $"{name}.{index + 1}@{from}";
        var text = FeeText.Of(rule, index, currency);
        return new FeeTier(
            tier.UpTo is null || currency is null ? long.MaxValue : tier.UpTo[currency] / Rounding.Micro,
            tier.RatePpm,
            Amount(tier.Fixed, currency),
            Amount(tier.Minimum, currency),
            tier.Maximum is null || currency is null ? Int128.MaxValue : tier.Maximum[currency],
            rule.IsReturned,
            new FeeRule(key, text),
            new FeeRule($"{key}#minimum", $"{text}: the minimum"),
            new FeeRule($"{key}#maximum", $"{text}: the maximum"));
    }

    private static long Amount(IReadOnlyDictionary<string, long>? amounts, string? currency) =>
        amounts is null || currency is null ? 0 : amounts[currency];
}

/// <summary>A rate from a business date on.</summary>
/// <param name="From">YYYY-MM-DD; empty for ever.</param>
/// <param name="Ppm">Millionths.</param>
/// <param name="Rule">How it is explained.</param>
internal sealed record DatedRate(string From, int Ppm, FeeRule Rule);
