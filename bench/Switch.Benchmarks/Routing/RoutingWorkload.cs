using System.Globalization;
using Switch.Routing;

namespace Switch.Benchmarks.Routing;

/// <summary>
/// A table of the size that a large operator has, and payments that visit all of it: 100,000 BIN ranges, most of them
/// nested in the schemes' wide ones, 1,000 rules over every dimension, 10 acquirers. Always the same.
/// </summary>
internal sealed class RoutingWorkload
{
    private static readonly string[] Schemes = ["visa", "mastercard", "amex", "discover", "jcb", "unionpay", "maestro"];
    private static readonly string[] Prefixes = ["4", "5", "34", "37", "60", "65", "35", "62", "50", "56"];
    private static readonly string[] PrefixSchemes =
        ["visa", "mastercard", "amex", "amex", "discover", "discover", "jcb", "unionpay", "maestro", "maestro"];
    private static readonly string[] Countries =
        ["US", "GB", "FR", "DE", "ES", "IT", "NL", "BE", "PL", "SE", "NO", "DK", "FI", "PT", "IE", "AT", "CH", "CZ",
            "BR", "MX", "CA", "JP", "CN", "IN", "AU", "NZ", "ZA", "KE", "NG", "TR"];
    private static readonly string[] Fundings = ["credit", "debit", "prepaid"];
    private static readonly string[] Currencies = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN"];
    private static readonly string[] EntryModes = ["manual", "magnetic_stripe", "chip", "contactless", "ecommerce"];
    private static readonly string[] Days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    private const int AcquirerCount = 10;
    private const int MinutesPerYear = 365 * 24 * 60;

    // The benchmark is a measurement of one fixed table, so the generator is seeded by a constant.
    private readonly Random _random = new(20_261_123);

    internal RoutingWorkload(int ranges, int rules, int queries)
    {
        Table = BuildTable(DrawConfig(ranges, rules * 3 / 2), rules);
        Queries = new RouteQuery[queries];
        for (int i = 0; i < queries; i++) Queries[i] = DrawQuery();
        Statuses = new CandidateStatus[AcquirerCount];
        Statuses[3] = CandidateStatus.LinkDown;
        int matched = Queries.Count(query => RouteSelector.Plan(Table, in query, Statuses).RuleIndex >= 0);
        MatchedShare = (double)matched / queries;
        // A benchmark in which no rule matches, or all do at once, would measure something else.
        if (rules >= 1_000 && MatchedShare is < 0.25 or > 0.95)
            throw new InvalidOperationException($"{MatchedShare:P0} of the queries match a rule.");
    }

    internal double MatchedShare { get; }

    internal RouteTable Table { get; }

    internal RouteQuery[] Queries { get; }

    internal CandidateStatus[] Statuses { get; }

    /// <summary>
    /// Random rules may shadow each other: those that can never match are left out, the rest is cut to size.
    /// </summary>
    private static RouteTable BuildTable(RouteConfig config, int rules)
    {
        HashSet<string> unreachable = [.. RouteTableBuilder.Build(config, version: 1).Faults.Select(f => f.Path)];
        RuleConfig[] reachable = [.. config.Rules.Where((_, i) => !unreachable.Contains($"rules[{i}]")).Take(rules)];
        RouteBuildResult result = RouteTableBuilder.Build(
            new RouteConfig
            {
                Schemes = config.Schemes,
                Acquirers = config.Acquirers,
                BinRanges = config.BinRanges,
                Rules = reachable,
                Fallback = config.Fallback,
            },
            version: 1);
        return result.Table is { } table && table.RuleNames.Count == rules
            ? table
            : throw new InvalidOperationException(string.Join(Environment.NewLine, result.Faults.Take(5)));
    }

    private RouteConfig DrawConfig(int ranges, int rules) => new()
    {
        Schemes = [.. Schemes.Select(At)],
        Acquirers = [.. Enumerable.Range(0, AcquirerCount).Select(i => new AcquirerConfig
        {
            Name = At($"acquirer-{i}"),
            Fees = [.. Schemes.Select(scheme => new FeeConfig
            {
                Scheme = At(scheme), FixedMinor = _random.Next(20), BasisPoints = _random.Next(10, 250),
            })],
        })],
        BinRanges = DrawRanges(ranges),
        Rules = [.. Enumerable.Range(0, rules).Select(DrawRule)],
        Fallback = new CandidatesConfig(RouteStrategy.Priority, DrawCandidates(3), default),
    };

    private List<BinRangeConfig> DrawRanges(int count)
    {
        var ranges = new Dictionary<string, BinRangeConfig>(count);
        for (int i = 0; i < Prefixes.Length; i++) ranges.Add(Prefixes[i], Range(Prefixes[i], PrefixSchemes[i]));
        while (ranges.Count < count)
        {
            int i = _random.Next(Prefixes.Length);
            int digits = _random.Next(6, 10);
            string bin = Prefixes[i] + DrawDigits(digits - Prefixes[i].Length);
            ranges.TryAdd(bin, Range(bin, PrefixSchemes[i]));
        }
        return [.. ranges.Values];
    }

    private BinRangeConfig Range(string prefix, string scheme)
    {
        return new BinRangeConfig(Parse(prefix), scheme, Pick(Countries), Pick(Fundings), default);
    }

    private RuleConfig DrawRule(int index) => new()
    {
        Name = At($"rule-{index}"),
        Candidates = new CandidatesConfig((RouteStrategy)_random.Next(3), DrawCandidates(_random.Next(2, 6)), default),
        When = new ConditionsConfig
        {
            Schemes = Chance(0.5) ? [At(Pick(Schemes))] : null,
            Countries = Chance(0.5) ? [At(Pick(Countries)), At(Pick(Countries))] : null,
            Fundings = Chance(0.3) ? [At(Pick(Fundings))] : null,
            Currencies = [At(Pick(Currencies))],
            Amount = Chance(0.5)
                ? new AmountBandConfig(_random.Next(500) * 100, 60_000 + _random.Next(5000), default) : null,
            Mccs = Chance(0.4) ? [Mcc(), Mcc(), Mcc()] : null,
            Bins = Chance(0.2) ? [Bin(), Bin()] : null,
            EntryModes = Chance(0.3) ? [At(Pick(EntryModes))] : null,
            Merchants = Chance(0.6) ? [At($"MERCHANT{index:D7}"), At($"MERCHANT{_random.Next(300):D7}")] : null,
            Time = new Located<TimeWindow>(new TimeWindow(index % 1440, (index * 7 + 300) % 1440 + 1), default),
            Days = Chance(0.3) ? [At(Pick(Days)), At(Pick(Days))] : null,
        },
    };

    private CandidateConfig[] DrawCandidates(int count)
    {
        int first = _random.Next(AcquirerCount);
        return [.. Enumerable.Range(0, count).Select(i =>
            new CandidateConfig(At($"acquirer-{(first + i) % AcquirerCount}"), _random.Next(1, 100)))];
    }

    private RouteQuery DrawQuery()
    {
        string pan = Pick(Prefixes);
        pan += DrawDigits(11 - pan.Length);
        bool good = BinDigits.TryParse(pan, out BinDigits bin);
        good &= CurrencyCode.TryParse(Pick(Currencies), out CurrencyCode currency);
        if (!good) throw new InvalidOperationException(pan);
        return new RouteQuery
        {
            Bin = bin,
            AmountMinor = _random.Next(100, 100_000),
            Currency = currency,
            Mcc = _random.Next(10_000),
            MerchantId = $"MERCHANT{_random.Next(2_000):D7}",
            EntryMode = (RouteEntryMode)_random.Next(1, 7),
            Kind = RouteKind.Purchase,
            LocalTime = new DateTime(2026, 1, 1).AddMinutes(_random.Next(MinutesPerYear)),
            SplitHash = (ulong)_random.NextInt64(),
        };
    }

    private static BinRange Parse(string text) =>
        BinRange.TryParse(text, out BinRange range) ? range : throw new FormatException(text);

    private Located<MccRange> Mcc()
    {
        int low = _random.Next(9_000);
        return new Located<MccRange>(new MccRange(low, low + _random.Next(1_000)), default);
    }

    private Located<BinRange> Bin()
    {
        return new Located<BinRange>(Parse(Pick(Prefixes) + DrawDigits(2)), default);
    }

    private string DrawDigits(int count) => _random.NextInt64((long)Math.Pow(10, count))
        .ToString(CultureInfo.InvariantCulture).PadLeft(count, '0');

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private static Located<string> At(string text) => new(text, default);
}
