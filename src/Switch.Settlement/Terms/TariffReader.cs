using System.Collections.Frozen;

namespace Switch.Settlement.Terms;

/// <summary>Reads tables of fees: plans, interchange and scheme fees all have the same form.</summary>
internal sealed class TariffReader
{
    private static readonly TryRead<CardMethod> Method = TermsText.Word(
        ("chip", CardMethod.Chip),
        ("contactless", CardMethod.Contactless),
        ("stripe", CardMethod.Stripe),
        ("manual", CardMethod.Manual),
        ("ecommerce", CardMethod.Ecommerce));

    private static readonly TryRead<bool> Kind = TermsText.Word(("purchase", false), ("refund", true));

    private static readonly TryRead<CardRegion> Region = TermsText.Word(
        ("domestic", CardRegion.Domestic),
        ("regional", CardRegion.Regional),
        ("international", CardRegion.International));

    private static readonly TryRead<CardFunding> Funding = TermsText.Word(
        ("credit", CardFunding.Credit),
        ("debit", CardFunding.Debit),
        ("prepaid", CardFunding.Prepaid),
        ("unknown", CardFunding.Unknown));

    private readonly IReadOnlyList<string> _currencies;
    private readonly IReadOnlyList<string> _schemes;

    public TariffReader(IReadOnlyList<string> currencies, IReadOnlyList<string> schemes)
    {
        _currencies = currencies;
        _schemes = schemes;
    }

    /// <summary>Reads the list of versions of one key.</summary>
    public Tariff Read(TermsSection parent, string key, string name)
    {
        parent.Require(key);
        var versions = new SortedDictionary<DateOnly, TariffVersion>();
        foreach (var section in parent.Sections(key, TermsLimits.VersionsOfTariff, mayBeEmpty: false))
        {
            var from = section.Required("from", TermsText.Date, TermsText.DateForm, DateOnly.MinValue);
            section.Require("rules");
            var rules = section.Sections("rules", TermsLimits.RulesOfVersion, mayBeEmpty: false)
                .Select(Rule).ToList();
            section.Close();
            CheckRules(section, rules);
            if (!versions.TryAdd(from, new TariffVersion(from, rules)))
                section.Fault($"a version from {from:yyyy-MM-dd} is listed already");
        }

        return new Tariff(name, [.. versions.Values]);
    }

    private void CheckRules(TermsSection section, List<TariffRule> rules)
    {
        if (rules.Count == 0) return;
        var cells = RuleCells.Build(rules, _schemes, out var unreachable);
        foreach (var i in unreachable)
        {
            section.Faults.Add(
                rules[i].Line, $"{section.Path}.rules[{i}]", "is never used: rules before it take all that it is for");
        }

        if (!cells.IsComplete)
            section.Fault("some payments have no rule: end with one without 'when', if need be with percent 0");
    }

    private TariffRule Rule(TermsSection section)
    {
        var when = section.Section("when") is { } conditions
            ? Conditions(conditions)
            : new RuleConditions(null, null, null, null, null);
        var isReturned = section.Value(
            "returned", TermsText.Word(("true", true), ("false", false)), "true or false", false);
        if (isReturned && when.IsRefund != true) section.Fault("'returned' is for rules of kind refund only");
        var tiers = section.Sections("tiers", TermsLimits.TiersOfRule, mayBeEmpty: false)
            .Select(tier => Tier(tier, isTier: true)).ToList();
        if (tiers.Count == 0) tiers.Add(Tier(section, isTier: false));
        else CheckTiers(section, tiers);
        section.Close();
        return new TariffRule(section.Line, when, isReturned, tiers);
    }

    private RuleConditions Conditions(TermsSection section)
    {
        var read = new RuleConditions(
            Any(section.List("method", Method, "chip, contactless, stripe, manual or ecommerce", 5)),
            Any(section.List("scheme", TermsText.OneOf(_schemes), "one of 'schemes'", TermsLimits.Schemes)),
            Any(section.List("region", Region, "domestic, regional or international", 3)),
            Any(section.List("funding", Funding, "credit, debit, prepaid or unknown", 4)),
            section.TryTake("kind", Kind, "purchase or refund", out var isRefund) ? isRefund : null);
        section.Close();
        return read;
    }

    private static List<T>? Any<T>(List<T> values) => values.Count == 0 ? null : values;

    private TariffTier Tier(TermsSection section, bool isTier)
    {
        var upTo = isTier ? Amounts(section, "up_to") : null;
        var ppm = section.Value("percent", TermsText.Percent, TermsText.PercentForm, 0);
        var tier = new TariffTier(
            upTo, ppm, Amounts(section, "fixed"), Amounts(section, "minimum"), Amounts(section, "maximum"));
        if (isTier) section.Close();
        if (upTo is not null && upTo.Values.Any(static micro => micro % 1_000_000 != 0))
            section.Fault("'up_to' has more decimals than its currency");
        foreach (var currency in _currencies)
        {
            if (tier.Minimum?.GetValueOrDefault(currency) > tier.Maximum?.GetValueOrDefault(currency))
                section.Fault($"'minimum' is above 'maximum' in {currency}");
        }

        return tier;
    }

    private void CheckTiers(TermsSection section, List<TariffTier> tiers)
    {
        for (var i = 0; i < tiers.Count; i++)
        {
            if (tiers[i].UpTo is null != (i == tiers.Count - 1))
                section.Fault("every tier but the last has 'up_to', and the last has none");
            if (i == 0 || tiers[i].UpTo is not { } upTo || tiers[i - 1].UpTo is not { } before) continue;
            foreach (var currency in _currencies)
            {
                if (upTo.GetValueOrDefault(currency) <= before.GetValueOrDefault(currency))
                    section.Fault($"tiers overlap in {currency}: 'up_to' has to rise");
            }
        }
    }

    // Every fixed amount names every currency that is paid out: what a payment costs is never left open.
    private FrozenDictionary<string, long>? Amounts(TermsSection section, string key)
    {
        if (section.Section(key) is not { } amounts) return null;
        var read = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var currency in _currencies)
        {
            _ = Currencies.TryGetDecimals(currency, out var decimals);
            read[currency] = amounts.Required<long>(
                currency,
                (string text, out long micro) => TermsText.MicroMinor(text, decimals, out micro),
                $"a sum from 0 to 1000000 with at most {decimals + 6} decimals",
                0);
        }

        amounts.Close();
        return read.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
