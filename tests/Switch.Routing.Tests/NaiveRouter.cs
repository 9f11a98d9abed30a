namespace Switch.Routing.Tests;

/// <summary>
/// The rules of routing in the most obvious code there is: every range and every rule looked at one after the other,
/// straight from the configuration. What the fast router is held to.
/// </summary>
internal sealed class NaiveRouter
{
    private readonly RouteConfig _config;

    internal NaiveRouter(RouteConfig config) => _config = config;

    internal (string? Rule, List<string> Plan, BinRangeConfig? Card) Decide(
        Payment payment, Dictionary<string, CandidateStatus> statuses)
    {
        BinRangeConfig? card = FindCard(payment.Bin);
        RuleConfig? rule = _config.Rules.FirstOrDefault(rule => Matches(rule.When, payment, card));
        var plan = new List<string>();
        if (rule is not null) Append(plan, rule.Candidates!, payment, card, statuses);
        if (rule is null or { AllowsFallback: true }) Append(plan, _config.Fallback!, payment, card, statuses);
        return (rule?.Name.Value, plan, card);
    }

    private BinRangeConfig? FindCard(string bin)
    {
        long number = long.Parse(bin.PadRight(11, '0'), System.Globalization.CultureInfo.InvariantCulture);
        BinRangeConfig? narrowest = null;
        foreach (BinRangeConfig range in _config.BinRanges)
        {
            if (number < range.Range.Low || number > range.Range.High) continue;
            if (narrowest is { } known && Width(known) <= Width(range)) continue;
            narrowest = range;
        }
        return narrowest;
    }

    private static long Width(BinRangeConfig range) => range.Range.High - range.Range.Low;

    private static bool Matches(ConditionsConfig when, Payment payment, BinRangeConfig? card) =>
        OneOf(when.Schemes, card?.Scheme)
        && OneOf(when.Countries, card?.Country)
        && OneOf(when.Fundings, card?.Funding)
        && OneOf(when.Currencies, payment.Currency)
        && OneOf(when.Merchants, payment.Merchant)
        && OneOf(when.EntryModes, payment.EntryMode)
        && OneOf(when.Kinds, payment.Kind)
        && (when.Bins is null || when.Bins.Any(bin => Holds(bin.Value, payment.Bin)))
        && (when.Mccs is null || when.Mccs.Any(mcc => mcc.Value.Low <= payment.Mcc && payment.Mcc <= mcc.Value.High))
        && (when.Amount is null || Holds(when.Amount, payment.AmountMinor))
        && Holds(when.Time?.Value, when.Days, payment.LocalTime);

    private static bool OneOf(IReadOnlyList<Located<string>>? wanted, string? actual) =>
        wanted is null || wanted.Any(value => value.Value == actual);

    private static bool Holds(BinRange range, string bin)
    {
        string text = range.ToString();
        if (range.IsPrefix) return bin.PadRight(11, '0').StartsWith(text, StringComparison.Ordinal);
        string first = bin.PadRight(11, '0')[..range.Digits];
        string[] ends = text.Split('-');
        return string.CompareOrdinal(ends[0], first) <= 0 && string.CompareOrdinal(first, ends[1]) <= 0;
    }

    private static bool Holds(AmountBandConfig band, long amount) =>
        (band.MinMinor is null || band.MinMinor <= amount) && (band.MaxMinor is null || amount <= band.MaxMinor);

    private static bool Holds(TimeWindow? window, IReadOnlyList<Located<string>>? days, DateTime time)
    {
        TimeWindow asked = window ?? TimeWindow.WholeDay;
        foreach (DateTime day in (DateTime[])[time.Date.AddDays(-1), time.Date])
        {
            string name = day.DayOfWeek.ToString()[..3];
            if (days is not null && !days.Any(d => d.Value.Equals(name, StringComparison.OrdinalIgnoreCase))) continue;
            DateTime from = day.AddMinutes(asked.FromMinute);
            DateTime to = day.AddMinutes(asked.ToMinute);
            if (to < from) to = to.AddDays(1);
            if (from <= time && time < to) return true;
        }
        return false;
    }

    private void Append(
        List<string> plan,
        CandidatesConfig candidates,
        Payment payment,
        BinRangeConfig? card,
        Dictionary<string, CandidateStatus> statuses)
    {
        IEnumerable<CandidateConfig> ordered = candidates.Strategy switch
        {
            RouteStrategy.Weight => candidates.List.OrderBy(c => SplitScore.Draw(
                payment.SplitHash, SplitScore.OfName(c.Acquirer.Value), 1.0 / c.Weight)),
            RouteStrategy.LeastCost => candidates.List.OrderBy(c => Cost(c.Acquirer.Value, payment, card)),
            _ => candidates.List,
        };
        foreach (CandidateConfig candidate in ordered)
        {
            string name = candidate.Acquirer.Value;
            if (plan.Count == 4) return;
            if (plan.Contains(name) || statuses[name] != CandidateStatus.Available) continue;
            AcquirerConfig acquirer = _config.Acquirers.Single(a => a.Name.Value == name);
            if (acquirer.Currencies is { } taken && !taken.Any(c => c.Value == payment.Currency)) continue;
            plan.Add(name);
        }
    }

    private decimal Cost(string name, Payment payment, BinRangeConfig? card)
    {
        AcquirerConfig acquirer = _config.Acquirers.Single(a => a.Name.Value == name);
        FeeConfig? fee = acquirer.Fees.FirstOrDefault(fee => fee.Scheme.Value == card?.Scheme)
            ?? acquirer.Fees.FirstOrDefault(fee => fee.Scheme.Value == "default");
        return fee is null ? 0 : fee.FixedMinor + (payment.AmountMinor * fee.BasisPoints / 10_000);
    }
}
