using Switch.Settlement.Books;

namespace Switch.Settlement.Fees;

/// <summary>The price of one tier of one rule in one currency, ready to be applied.</summary>
/// <param name="UpToMinor">Largest amount of the tier.</param>
/// <param name="RatePpm">Part of the amount, in millionths.</param>
/// <param name="FixedMicro">Millionths of a minor unit.</param>
/// <param name="MinimumMicro">The least, in the same unit.</param>
/// <param name="MaximumMicro">The most, in the same unit; wide, since no cap is above what any amount can cost.</param>
/// <param name="IsReturned">The fee is given back.</param>
/// <param name="Rule">The rule as it is explained.</param>
/// <param name="AtMinimum">The same where the minimum decided.</param>
/// <param name="AtMaximum">The same where the maximum decided.</param>
internal sealed record FeeTier(
    long UpToMinor,
    int RatePpm,
    long FixedMicro,
    long MinimumMicro,
    Int128 MaximumMicro,
    bool IsReturned,
    FeeRule Rule,
    FeeRule AtMinimum,
    FeeRule AtMaximum)
{
    /// <summary>The fee of an amount, in millionths of a minor unit, and the rule that explains it.</summary>
    public Int128 Exact(long amountMinor, out FeeRule rule)
    {
        var exact = ((Int128)amountMinor * RatePpm) + FixedMicro;
        rule = Rule;
        if (exact < MinimumMicro)
        {
            exact = MinimumMicro;
            rule = AtMinimum;
        }

        if (exact > MaximumMicro)
        {
            exact = MaximumMicro;
            rule = AtMaximum;
        }

        return exact;
    }

    /// <summary>The tier that an amount falls in.</summary>
    public static FeeTier Of(FeeTier[] tiers, long amountMinor)
    {
        var i = 0;
        while (amountMinor > tiers[i].UpToMinor && i < tiers.Length - 1) i++;
        return tiers[i];
    }
}
