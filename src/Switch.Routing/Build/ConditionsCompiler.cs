namespace Switch.Routing;

/// <summary>Turns the conditions of a rule into sets of values, one for each dimension that it asks about.</summary>
internal sealed class ConditionsCompiler
{
    private const int MerchantLength = 15;

    private readonly NameIndex _schemes;
    private readonly FaultList _faults;
    private readonly Dictionary<string, int> _merchants = new(StringComparer.Ordinal);
    private int _bins;

    internal ConditionsCompiler(NameIndex schemes, FaultList faults)
    {
        _schemes = schemes;
        _faults = faults;
    }

    internal void Compile(CompiledRule rule, string path)
    {
        ConditionsConfig when = rule.When;
        rule[RuleDimension.Scheme] = List(when.Schemes, rule, path + ".scheme", Scheme);
        rule[RuleDimension.Bin] = List(when.Bins, rule, path + ".bin", Bin);
        rule[RuleDimension.Country] = List(when.Countries, rule, path + ".country", Country);
        rule[RuleDimension.Funding] = List(when.Fundings, rule, path + ".funding", WordIn(Words.Fundings));
        rule[RuleDimension.Currency] = List(when.Currencies, rule, path + ".currency", Currency);
        rule[RuleDimension.Mcc] = List(when.Mccs, rule, path + ".mcc",
            static (mcc, _) => new(mcc.Value.Low, mcc.Value.High));
        rule[RuleDimension.Merchant] = List(when.Merchants, rule, path + ".merchant", Merchant);
        rule[RuleDimension.EntryMode] = List(when.EntryModes, rule, path + ".entry_mode", WordIn(Words.EntryModes));
        rule[RuleDimension.Kind] = List(when.Kinds, rule, path + ".kind", WordIn(Words.Kinds));
        rule[RuleDimension.Amount] = Amount(when, path + ".amount");
        rule[RuleDimension.Time] = Time(when, rule, path);
    }

    private IntervalSet? List<T>(
        IReadOnlyList<Located<T>>? values, CompiledRule rule, string path, Func<Located<T>, string, Interval?> read)
    {
        if (values is null) return null;
        if (values.Count == 0)
        {
            _faults.Add(rule.Line, path, "an empty list never matches; leave it out to match everything");
            return null;
        }
        var intervals = new List<Interval>(values.Count);
        for (int i = 0; i < values.Count; i++)
            if (read(values[i], $"{path}[{i}]") is { } interval) intervals.Add(interval);
        return IntervalSet.Of(intervals);
    }

    private Interval? Scheme(Located<string> name, string path) =>
        _schemes.Find(name, path, out int number) ? new Interval(number, number) : null;

    private Interval? Bin(Located<BinRange> range, string path)
    {
        if (++_bins == RoutingLimits.BinConditions + 1)
            _faults.Add(range.Line, path, $"more than {RoutingLimits.BinConditions} BIN conditions over all rules");
        return new Interval(range.Value.Low, range.Value.High);
    }

    private Interval? Country(Located<string> name, string path) =>
        BinRangeCompiler.FindCountry(name, path, _faults, out CountryCode country)
            ? new Interval(country.Number, country.Number)
            : null;

    private Interval? Currency(Located<string> name, string path) =>
        CurrencyCheck.Find(name, path, _faults, out CurrencyCode currency)
            ? new Interval(currency.Number, currency.Number)
            : null;

    private Interval? Merchant(Located<string> id, string path)
    {
        if (id.Value.Length is 0 or > MerchantLength)
        {
            _faults.Add(id.Line, path, $"'{id.Value}' is not a card acceptor id of 1 to {MerchantLength} characters");
            return null;
        }
        if (!_merchants.TryGetValue(id.Value, out int number))
        {
            number = _merchants.Count;
            _merchants.Add(id.Value, number);
            if (number == RoutingLimits.Merchants)
                _faults.Add(id.Line, path, $"more than {RoutingLimits.Merchants} merchants over all rules");
        }
        return new Interval(number, number);
    }

    private Func<Located<string>, string, Interval?> WordIn(Dictionary<string, int> words) => (word, path) =>
    {
        if (words.TryGetValue(word.Value, out int number)) return new Interval(number, number);
        _faults.Add(word.Line, path, BinRangeCompiler.UnknownWord(word.Value, words));
        return null;
    };

    private IntervalSet? Amount(ConditionsConfig when, string path)
    {
        if (when.Amount is not { } band) return null;
        long low = band.MinMinor ?? 0;
        long high = band.MaxMinor ?? RoutingLimits.AmountMinor;
        if (when.Currencies is not { Count: > 0 } currencies)
            _faults.Add(band.Line, path, "an amount means nothing without a currency beside it");
        else if (DecimalsDiffer(currencies))
            _faults.Add(band.Line, path, "the currencies beside it do not share their number of decimals");
        if (band.MinMinor is null && band.MaxMinor is null)
            _faults.Add(band.Line, path, "a min, a max or both are needed");
        else if (low is < 0 or > RoutingLimits.AmountMinor || high is < 0 or > RoutingLimits.AmountMinor)
            _faults.Add(band.Line, path, $"an end is outside 0 to {RoutingLimits.AmountMinor} minor units");
        else if (low > high)
            _faults.Add(band.Line, path, $"min {low} is above max {high}: the rule can never match");
        else
            return IntervalSet.Of([new Interval(low, high)]);
        return null;
    }

    private static bool DecimalsDiffer(IReadOnlyList<Located<string>> currencies)
    {
        int? first = null;
        foreach (Located<string> currency in currencies)
        {
            if (!Iso4217.TryGetDecimals(currency.Value, out int decimals)) continue;
            if (first is { } known && known != decimals) return true;
            first = decimals;
        }
        return false;
    }

    private IntervalSet? Time(ConditionsConfig when, CompiledRule rule, string path)
    {
        IntervalSet? days = List(when.Days, rule, path + ".days", WordIn(Words.Days));
        if (when.Time is null && days is null) return null;
        TimeWindow window = when.Time?.Value ?? TimeWindow.WholeDay;
        if (window.IsEmpty)
        {
            _faults.Add(when.Time!.Value.Line, path + ".time",
                $"{window} has no minute in it: the rule can never match; a whole day is 00:00-24:00");
            return null;
        }
        return MinutesOfWeek(window, days);
    }

    private static IntervalSet MinutesOfWeek(TimeWindow window, IntervalSet? days)
    {
        const int WeekEnd = RouteQuery.MinutesPerWeek;
        int length = window.ToMinute - window.FromMinute;
        if (length < 0) length += TimeWindow.MinutesPerDay;
        var minutes = new List<Interval>();
        for (int day = 0; day < 7; day++)
        {
            if (days is not null && !days.Contains(day)) continue;
            int first = (day * TimeWindow.MinutesPerDay) + window.FromMinute;
            int last = first + length - 1;
            minutes.Add(new Interval(first, Math.Min(last, WeekEnd - 1)));
            // Sunday night runs into Monday morning.
            if (last >= WeekEnd) minutes.Add(new Interval(0, last - WeekEnd));
        }
        return IntervalSet.Of(minutes);
    }
}
