using System.Globalization;
using static Switch.Routing.Tests.Configs;

namespace Switch.Routing.Tests;

/// <summary>Random configurations that are valid, and payments that come close to their edges.</summary>
internal sealed class RandomTables
{
    private static readonly string[] Schemes = ["visa", "mastercard", "amex", "jcb"];
    private static readonly string[] Countries = ["FR", "DE", "US", "GB", "JP"];
    private static readonly string[] Fundings = ["credit", "debit", "prepaid"];
    private static readonly string[] Currencies = ["EUR", "USD", "GBP"];
    private static readonly string[] EntryModes = [.. Words.EntryModes.Keys];
    private static readonly string[] Kinds = [.. Words.Kinds.Keys];
    private static readonly string[] Days = [.. Words.Days.Keys];
    private static readonly string[] AcquirerNames = [.. Enumerable.Range(0, 8).Select(static i => $"acquirer-{i}")];

    // More rules than this would mostly shadow each other: each is then for one merchant, and winners are found all
    // along the table, in every word of a matrix row.
    private const int RulesForAnyone = 64;

    private readonly Random _random;
    private string[] _merchants = [];
    private bool _isOneMerchantARule;

    internal RandomTables(int seed) => _random = new Random(seed);

    /// <summary>A valid configuration; rules that turn out to be unreachable are taken out of it.</summary>
    internal (RouteConfig Config, RouteTable Table) Next(int ranges, int rules)
    {
        _isOneMerchantARule = rules > RulesForAnyone;
        _merchants = [.. Enumerable.Range(0, _isOneMerchantARule ? rules / 8 : 4).Select(static i => $"M{i}")];
        RouteConfig config = Draw(ranges, rules);
        RouteBuildResult result = RouteTableBuilder.Build(config, 1);
        if (result.Table is null)
        {
            Assert.All(result.Faults, static fault =>
                Assert.True(fault.Message.Contains("can never match", StringComparison.Ordinal), fault.ToString()));
            HashSet<string> unreachable = [.. result.Faults.Select(static fault => fault.Path)];
            config = new RouteConfig
            {
                Line = config.Line,
                Schemes = config.Schemes,
                Acquirers = config.Acquirers,
                BinRanges = config.BinRanges,
                Rules = [.. config.Rules.Where((_, index) => !unreachable.Contains($"rules[{index}]"))],
                Fallback = config.Fallback,
            };
            result = RouteTableBuilder.Build(config, 1);
        }
        Assert.Empty(result.Faults);
        return (config, result.Table!);
    }

    internal Payment NextPayment(RouteConfig config)
    {
        long bin = _random.NextInt64(100_000_000_000);
        if (config.BinRanges.Count > 0 && Chance(0.9))
        {
            // At an end of a range, just outside it, or anywhere inside: where off-by-one errors live.
            BinRange range = config.BinRanges[_random.Next(config.BinRanges.Count)].Range;
            bin = _random.Next(5) switch
            {
                0 => range.Low,
                1 => range.High,
                2 => Math.Max(0, range.Low - 1),
                3 => Math.Min(99_999_999_999, range.High + 1),
                _ => _random.NextInt64(range.Low, range.High + 1),
            };
        }
        return new Payment
        {
            Bin = bin.ToString("D11", CultureInfo.InvariantCulture),
            AmountMinor = Math.Max(0, (_random.Next(12) * 100) + _random.Next(-1, 2)),
            Currency = Chance(0.1) ? "CHF" : Pick(Currencies),
            Mcc = Math.Clamp((_random.Next(12) * 1000) + _random.Next(-1, 2), 0, 9999),
            Merchant = Chance(0.1) ? null : Chance(0.1) ? "unheard-of" : Pick(_merchants),
            EntryMode = Chance(0.1) ? "unspecified" : Pick(EntryModes),
            Kind = Chance(0.1) ? "unspecified" : Pick(Kinds),
            LocalTime = new DateTime(2026, 1, 1).AddMinutes(_random.Next(400 * 24) * 60 + _random.Next(-1, 2) + 60),
            SplitHash = (ulong)_random.NextInt64(),
        };
    }

    internal Dictionary<string, CandidateStatus> NextStatuses() => AcquirerNames.ToDictionary(
        static name => name,
        _ => Chance(0.7) ? CandidateStatus.Available : (CandidateStatus)_random.Next(1, 3));

    private RouteConfig Draw(int ranges, int rules) => new()
    {
        Line = At(1),
        Schemes = List(Schemes),
        Acquirers = [.. AcquirerNames.Select(name => Acquirer(name, 1, DrawCurrencies(name), DrawFees()))],
        BinRanges = DrawRanges(ranges),
        Rules = [.. Enumerable.Range(0, rules).Select(i =>
            Rule($"rule-{i}", DrawCandidates(), DrawConditions(), allowsFallback: Chance(0.7)))],
        Fallback = DrawCandidates(),
    };

    // The first two take everything, so that every list of candidates can be given one that does.
    private string[]? DrawCurrencies(string name) =>
        name.EndsWith('0') || name.EndsWith('1') || Chance(0.5) ? null : Some(Currencies);

    private FeeConfig[] DrawFees()
    {
        var fees = new List<FeeConfig>();
        if (Chance(0.8)) fees.Add(Fee("default", _random.Next(4), _random.Next(4) * 25.25m));
        foreach (string scheme in Schemes)
            if (Chance(0.4)) fees.Add(Fee(scheme, _random.Next(4), _random.Next(4) * 25.25m));
        return [.. fees];
    }

    // Prefixes either nest or are apart, and so are runs of last digits under one prefix that do not share a digit.
    private List<BinRangeConfig> DrawRanges(int count)
    {
        var ranges = new Dictionary<(long, long), BinRangeConfig>();
        for (int tries = 0; ranges.Count < count && tries < count * 20; tries++)
        {
            // Few leading digits, so that ranges nest often.
            string prefix = "4" + _random.Next(100, 100 + Math.Max(2, count / 20)) + Random(_random.Next(1, 6));
            if (Chance(0.5)) Add(prefix[.._random.Next(1, prefix.Length + 1)]);
            else if (prefix.Length >= 5 && prefix.Length < 11) AddRuns(prefix);
        }
        return [.. ranges.Values];

        void AddRuns(string prefix)
        {
            // A fixed cut for each prefix: two draws of the same prefix must not cut it differently.
            int cut = prefix.Sum(static c => c) % 8;
            if (Chance(0.7)) Add($"{prefix}0-{prefix}{cut}");
            if (Chance(0.7)) Add($"{prefix}{cut + 1}-{prefix}9");
        }

        void Add(string text)
        {
            BinRange range = Range(text);
            ranges.TryAdd((range.Low, range.High), new BinRangeConfig(
                range,
                Pick(Schemes),
                Chance(0.8) ? Pick(Countries) : null,
                Chance(0.8) ? Pick(Fundings) : null,
                At(1)));
        }

        string Random(int digits) => string.Concat(Enumerable.Range(0, digits).Select(_ => _random.Next(10)));
    }

    private CandidatesConfig DrawCandidates()
    {
        string[] names = Some(AcquirerNames[2..]);
        names = [.. names.Append(AcquirerNames[_random.Next(2)])];
        _random.Shuffle(names);
        return _random.Next(3) switch
        {
            0 => Priority(names),
            1 => LeastCost(names),
            _ => Weight([.. names.Select(name => (name, (long)_random.Next(1, 100)))]),
        };
    }

    private ConditionsConfig DrawConditions()
    {
        const double Rate = 0.25;
        Located<string>[]? currencies = Maybe(Rate * 1.5, Currencies);
        return new ConditionsConfig
        {
            Schemes = Maybe(Rate, Schemes),
            Countries = Maybe(Rate, Countries),
            Fundings = Maybe(Rate, Fundings),
            Currencies = currencies,
            Amount = currencies is not null && Chance(0.5) ? DrawBand() : null,
            Bins = Chance(Rate) ? DrawBins() : null,
            Mccs = Chance(Rate) ? DrawMccs() : null,
            Merchants = _isOneMerchantARule ? List(Pick(_merchants)) : Maybe(Rate, _merchants),
            EntryModes = Maybe(Rate, EntryModes),
            Kinds = Maybe(Rate, Kinds),
            Time = Chance(Rate) ? Text(DrawWindow()) : null,
            Days = Maybe(Rate, Days),
        };
    }

    private AmountBandConfig DrawBand()
    {
        long low = _random.Next(10) * 100;
        long high = low + (_random.Next(5) * 100);
        int ends = _random.Next(3);
        return new AmountBandConfig(ends == 0 ? null : low, ends == 1 ? null : high, At(1));
    }

    private Located<BinRange>[] DrawBins() => [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ =>
    {
        string prefix = "4" + _random.Next(100, 110);
        int low = _random.Next(10);
        return Text(Range(Chance(0.5) ? prefix : $"{prefix}{low}00-{prefix}{_random.Next(low, 10)}99"));
    })];

    private Located<MccRange>[] DrawMccs() => [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ =>
    {
        int low = _random.Next(10) * 1000;
        return Text(new MccRange(low, Chance(0.5) ? low : Math.Min(9999, low + _random.Next(3) * 1000)));
    })];

    private TimeWindow DrawWindow()
    {
        int from = _random.Next(24) * 60;
        int to = _random.Next(25) * 60;
        return from == to ? TimeWindow.WholeDay : new TimeWindow(from, to);
    }

    private Located<string>[]? Maybe(double rate, string[] values) => Chance(rate) ? List(Some(values)) : null;

    private string[] Some(string[] values)
    {
        string[] some = [.. values.Where(_ => Chance(0.4))];
        return some.Length > 0 ? some : [Pick(values)];
    }

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];

    private bool Chance(double probability) => _random.NextDouble() < probability;
}
