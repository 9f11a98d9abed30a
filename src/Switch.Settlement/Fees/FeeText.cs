using System.Globalization;
using System.Text;
using Switch.Settlement.Files;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Fees;

/// <summary>Says rules in words, as statements and support repeat them.</summary>
internal static class FeeText
{
    /// <summary>"1.2 % + 0.10 EUR, at least 0.05 EUR (visa; credit; domestic)".</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="tier">Which tier of it, from 0.</param>
    /// <param name="currency">A listed currency, or null for every other: there the percentage alone holds.</param>
    public static string Of(TariffRule rule, int tier, string? currency)
    {
        var price = rule.Tiers[tier];
        var text = new StringBuilder(Percent(price.RatePpm));
        if (currency is not null)
        {
            Append(text, " + ", price.Fixed, currency);
            Append(text, ", at least ", price.Minimum, currency);
            Append(text, ", at most ", price.Maximum, currency);
            if (tier > 0) Append(text, ", above ", rule.Tiers[tier - 1].UpTo, currency);
            Append(text, ", up to ", price.UpTo, currency);
        }
        else if (price.Fixed is not null || price.Minimum is not null || price.Maximum is not null)
        {
            text.Append(" alone: the currency is not listed");
        }

        if (rule.IsReturned) text.Append(", given back");
        var conditions = Conditions(rule.When);
        return (conditions.Length == 0 ? text : text.Append(" (").Append(conditions).Append(')')).ToString();
    }

    /// <summary>"1.25 %".</summary>
    public static string Percent(int ppm) =>
        (ppm / 10_000m).ToString("0.####", CultureInfo.InvariantCulture) + " %";

    /// <summary>Millionths of a minor unit as a sum of the major unit: "0.10 EUR".</summary>
    public static string Money(long micro, string currency)
    {
        _ = Currency.TryGetDecimals(currency, out var decimals);
        var major = micro / 1_000_000m;
        for (var i = 0; i < decimals; i++) major /= 10;
        var form = decimals == 0 ? "0.######" : $"0.{new string('0', decimals)}######";
        return $"{major.ToString(form, CultureInfo.InvariantCulture)} {currency}";
    }

    private static void Append(
        StringBuilder text, string words, IReadOnlyDictionary<string, long>? amounts, string currency)
    {
        if (amounts is not null) text.Append(words).Append(Money(amounts[currency], currency));
    }

    private static string Conditions(RuleConditions when)
    {
        var parts = new List<string>();
        if (when.IsRefund is { } isRefund) parts.Add(isRefund ? "refund" : "purchase");
        if (when.Schemes is { } schemes) parts.Add(string.Join(" or ", schemes));
        if (when.Fundings is { } fundings) parts.Add(Words(fundings));
        if (when.Regions is { } regions) parts.Add(Words(regions));
        if (when.Methods is { } methods) parts.Add(Words(methods));
        return string.Join("; ", parts);
    }

    private static string Words<T>(IReadOnlyList<T> values)
        where T : struct, Enum =>
        string.Join(" or ", values.Select(static value => value.ToString().ToLowerInvariant()));
}
