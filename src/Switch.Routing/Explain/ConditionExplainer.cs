using System.Globalization;

namespace Switch.Routing;

/// <summary>Asks a rule's conditions one by one and puts the first that fails into words.</summary>
internal sealed class ConditionExplainer
{
    private const int ValuesShown = 8;

    private readonly RouteTable _table;
    private readonly RouteQuery _query;
    private readonly CardInfo _card;

    internal ConditionExplainer(RouteTable table, RouteQuery query, CardInfo card)
    {
        _table = table;
        _query = query;
        _card = card;
    }

    /// <summary>For example <c>currency: EUR is not one of USD</c>; null when the rule matches.</summary>
    internal string? FirstFailed(CompiledRule rule)
    {
        for (int i = 0; i < CompiledRule.DimensionCount; i++)
        {
            var dimension = (RuleDimension)i;
            if (rule[dimension] is { } condition && !Holds(dimension, condition, rule.When))
                return Describe(dimension, rule.When);
        }
        return null;
    }

    private bool Holds(RuleDimension dimension, IntervalSet condition, ConditionsConfig when) => dimension switch
    {
        RuleDimension.Scheme => condition.Contains(_card.Scheme),
        RuleDimension.Bin => condition.Contains(_query.Bin.Padded),
        RuleDimension.Country => condition.Contains(_card.Country.Number),
        RuleDimension.Funding => condition.Contains((int)_card.Funding),
        RuleDimension.Currency => condition.Contains(_query.Currency.Number),
        RuleDimension.Amount => condition.Contains(_query.AmountMinor),
        RuleDimension.Mcc => condition.Contains(_query.Mcc),
        RuleDimension.Merchant => when.Merchants!.Any(merchant => merchant.Value == _query.MerchantId),
        RuleDimension.EntryMode => condition.Contains((int)_query.EntryMode),
        RuleDimension.Kind => condition.Contains((int)_query.Kind),
        RuleDimension.Time => condition.Contains(_query.MinuteOfWeek),
        _ => throw new ArgumentOutOfRangeException(nameof(dimension), dimension, "Not a dimension of a rule."),
    };

    private string Describe(RuleDimension dimension, ConditionsConfig when) => dimension switch
    {
        RuleDimension.Scheme => NotOneOf("scheme", OrUnknown(_table.SchemeName(_card)), when.Schemes!),
        RuleDimension.Bin => NotOneOf("bin", _query.Bin.ToString(), when.Bins!),
        RuleDimension.Country => NotOneOf("country", OrUnknown(_card.Country.ToString()), when.Countries!),
        RuleDimension.Funding => NotOneOf("funding", OrUnknown(FundingWord()), when.Fundings!),
        RuleDimension.Currency => NotOneOf("currency", _query.Currency.ToString(), when.Currencies!),
        RuleDimension.Amount => DescribeAmount(when.Amount!),
        RuleDimension.Mcc => NotOneOf("mcc", _query.Mcc.ToString("D4", CultureInfo.InvariantCulture), when.Mccs!),
        RuleDimension.Merchant => NotOneOf("merchant", OrUnknown(_query.MerchantId ?? ""), when.Merchants!),
        RuleDimension.EntryMode =>
            NotOneOf("entry_mode", Words.Of(Words.EntryModes, (int)_query.EntryMode), when.EntryModes!),
        RuleDimension.Kind => NotOneOf("kind", Words.Of(Words.Kinds, (int)_query.Kind), when.Kinds!),
        _ => DescribeTime(when),
    };

    private static string NotOneOf<T>(string name, string actual, IReadOnlyList<Located<T>> wanted)
    {
        string values = string.Join(", ", wanted.Take(ValuesShown).Select(static value => value.Value));
        string more = wanted.Count > ValuesShown ? $" and {wanted.Count - ValuesShown} more" : "";
        return $"{name}: {actual} is not one of {values}{more}";
    }

    private static string OrUnknown(string value) => value.Length == 0 ? "unknown" : value;

    private string FundingWord() =>
        _card.Funding == CardFunding.Unknown ? "" : Words.Of(Words.Fundings, (int)_card.Funding);

    private string DescribeAmount(AmountBandConfig band) =>
        band.MinMinor is { } min && _query.AmountMinor < min
            ? $"amount: {_query.AmountMinor} is below {min}"
            : $"amount: {_query.AmountMinor} is above {band.MaxMinor}";

    private string DescribeTime(ConditionsConfig when)
    {
        int minute = _query.MinuteOfWeek % TimeWindow.MinutesPerDay;
        string day = Words.Of(Words.Days, _query.MinuteOfWeek / TimeWindow.MinutesPerDay);
        string window = (when.Time?.Value ?? TimeWindow.WholeDay).ToString();
        string days = when.Days is null ? "" : $" on {string.Join(", ", when.Days.Select(static d => d.Value))}";
        return $"time: {day} {minute / 60:D2}:{minute % 60:D2} is not in {window}{days}";
    }
}
