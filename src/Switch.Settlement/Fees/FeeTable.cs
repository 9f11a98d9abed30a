using Switch.Settlement.Terms;

namespace Switch.Settlement.Fees;

/// <summary>A tariff, ready to be applied.</summary>
internal sealed class FeeTable
{
    private readonly Version[] _versions;

    public FeeTable(Version[] versions) => _versions = versions;

    /// <summary>
    /// The tiers of the rule for a payment; null before the first version, when nothing was agreed and nothing is due.
    /// </summary>
    /// <param name="date">Business date, YYYY-MM-DD: that order is the order of the texts.</param>
    /// <param name="card">What the rule is found by.</param>
    /// <param name="currency">Place in the list of currencies; as many as there are for every other.</param>
    public FeeTier[]? Find(string date, in CardTraits card, int currency)
    {
        for (var i = _versions.Length - 1; i >= 0; i--)
        {
            var version = _versions[i];
            if (string.CompareOrdinal(version.From, date) > 0) continue;
            var rule = version.Cells[card.Method, card.Scheme, card.Region, card.Funding, card.IsRefund];
            return version.Tiers[rule][currency];
        }

        return null;
    }

    /// <summary>What holds from a date on.</summary>
    /// <param name="From">YYYY-MM-DD.</param>
    /// <param name="Cells">Finds the rule.</param>
    /// <param name="Tiers">By rule and currency.</param>
    internal sealed record Version(string From, RuleCells Cells, FeeTier[][][] Tiers);
}

/// <summary>What rules ask of a payment.</summary>
internal readonly record struct CardTraits(
    CardMethod Method, int Scheme, CardRegion Region, CardFunding Funding, bool IsRefund);
