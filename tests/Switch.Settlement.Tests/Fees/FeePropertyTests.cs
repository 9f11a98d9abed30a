using System.Globalization;
using System.Numerics;
using System.Text;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Fees;
using Switch.Settlement.Terms;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Fees;

/// <summary>Random terms and events against an oracle of whole fractions that looks rules up one by one.</summary>
public sealed class FeePropertyTests
{
    private static readonly string[] Currencies = ["EUR", "JPY", "KWD"];
    private static readonly string[] SchemeNames = ["visa", "mastercard", "amex"];
    private static readonly string[] Countries = ["DE", "FR", "US", ""];
    private static readonly string[] Fundings = ["credit", "debit", "prepaid", ""];

    [Fact]
    public void Rounding_RandomAmounts_IsHalfEvenAndLosesNothing()
    {
        var random = Seeded(out var seed);
        for (var i = 0; i < 100_000; i++)
        {
            var exact = i % 4 == 0
                ? ((Int128)random.NextInt64(0, 1L << 50) * Rounding.Micro) + 500_000
                : (Int128)random.NextInt64() * random.Next(1, 1 + (i % 1000));
            var posted = Rounding.HalfEven(exact, out var remainder);
            Assert.True(HalfEven((BigInteger)exact) == posted, $"seed {seed}: {exact}");
            Assert.True(((Int128)posted * Rounding.Micro) + remainder == exact, $"seed {seed}: {exact}");
        }
    }

    [Fact]
    public void Book_RandomTermsAndEvents_AgreesWithTheOracleAndAddsUp()
    {
        var random = Seeded(out var seed);
        for (var round = 0; round < 60; round++)
        {
            var terms = SampleTerms.Read(RandomTerms(random));
            var books = new Bookkeeper(new FeeSchedule(terms));
            var sums = new Dictionary<(string, Account), (long Posted, long Remainder, BigInteger Exact)>();
            for (var i = 0; i < 200; i++)
            {
                var e = RandomEvent(random);
                var lines = books.Book(PaymentStage.None, [], e).Lines;
                Assert.True(lines.Sum(l => l.AmountMinor) == 0, $"seed {seed}: {e}");
                Assert.True(lines.Sum(l => l.RemainderMicro) == 0, $"seed {seed}: {e}");
                CheckPlan(terms, e, lines, $"seed {seed}: {e}");
                foreach (var line in lines)
                {
                    Assert.Equal(line, line.Contra().Contra());
                    var key = (e.ApprovedAmount.Currency, line.Account);
                    var sum = sums.GetValueOrDefault(key);
                    var exact = ((BigInteger)line.AmountMinor * 1_000_000) + line.RemainderMicro;
                    sums[key] = (sum.Posted + line.AmountMinor, sum.Remainder + line.RemainderMicro, sum.Exact + exact);
                }
            }

            foreach (var currency in sums.GroupBy(pair => pair.Key.Item1))
                Assert.Equal(0, currency.Sum(pair => pair.Value.Posted));
            Assert.All(sums.Values, s => Assert.Equal(s.Exact, ((BigInteger)s.Posted * 1_000_000) + s.Remainder));
        }
    }

    /// <summary>Any order of any events: nobody is paid for what is reversed.</summary>
    [Fact]
    public void Book_RandomHistories_PayOnlyWhatStands()
    {
        var random = Seeded(out var seed);
        var books = new Bookkeeper(new FeeSchedule(SampleTerms.Read()));
        var types = Enum.GetValues<TransactionEventType>();
        for (var round = 0; round < 20_000; round++)
        {
            var purchase = Approvals.Purchase(random.NextInt64(1, 1_000_000), "WEBSHOP-EU");
            var stage = PaymentStage.None;
            Posting[] approval = [];
            var balance = new Dictionary<Account, long>();
            var isReversed = false;
            for (var i = 0; i < 6; i++)
            {
                var type = types[random.Next(types.Length)];
                var e = type == TransactionEventType.Authorized ? purchase : purchase.Later(type);
                isReversed |= type > TransactionEventType.Authorized;
                var booking = books.Book(stage, approval, e);
                if (stage == PaymentStage.None && booking.Stage == PaymentStage.Posted) approval = booking.Lines;
                stage = booking.Stage;
                Assert.True(booking.Lines.Sum(l => l.AmountMinor) == 0, $"seed {seed}, round {round}");
                foreach (var line in booking.Lines)
                    balance[line.Account] = balance.GetValueOrDefault(line.Account) + line.AmountMinor;
            }

            if (isReversed)
                Assert.True(balance.GetValueOrDefault(Account.MerchantPayable) == 0, $"seed {seed}, round {round}");
            if (stage == PaymentStage.Reversed)
                Assert.True(balance.Values.All(amount => amount == 0), $"seed {seed}, round {round}");
        }
    }

    private static void CheckPlan(SettlementTerms terms, TransactionEvent e, Posting[] lines, string where)
    {
        var (fee, isReturned) = Oracle(terms, terms.Plans["random"], e);
        var sign = isReturned ? 1 : -1;
        var line = lines.SingleOrDefault(l => l.Account == Account.FeeIncome);
        var posted = HalfEven(fee) * sign;
        Assert.True(line.AmountMinor == posted, $"{where}: {line} is not {posted}");
        Assert.True(((BigInteger)line.AmountMinor * 1_000_000) + line.RemainderMicro == fee * sign, where);
        var vat = lines.SingleOrDefault(l => l.Account == Account.VatPayable);
        Assert.True(vat.AmountMinor == HalfEven(BigInteger.Abs(posted) * 190_000) * sign, $"{where}: {vat}");
        CheckTable(terms, terms.Interchange, e, lines, Account.Interchange, where);
        CheckTable(terms, terms.SchemeFees, e, lines, Account.SchemeCost, where);

        var reserve = lines.SingleOrDefault(l => l.Account == Account.MerchantReserve);
        var kept = e.Kind == TransactionKind.Refund ? 0 : (BigInteger)e.ApprovedAmount.AmountMinor * 33_333;
        Assert.True(reserve.AmountMinor == -HalfEven(kept), $"{where}: {reserve} is not {-HalfEven(kept)}");
        Assert.True(((BigInteger)reserve.AmountMinor * 1_000_000) + reserve.RemainderMicro == -kept, where);
    }

    private static void CheckTable(
        SettlementTerms terms, Tariff table, TransactionEvent e, Posting[] lines, Account account, string where)
    {
        var (cost, isReturned) = Oracle(terms, table, e);
        var sign = isReturned ? -1 : 1;
        var line = lines.SingleOrDefault(l => l.Account == account);
        Assert.True(line.AmountMinor == HalfEven(cost) * sign, $"{where}: {line} is not {HalfEven(cost) * sign}");
        Assert.True(((BigInteger)line.AmountMinor * 1_000_000) + line.RemainderMicro == cost * sign, where);
    }

    // The rule by going through the list; the fee as a whole number of millionths.
    private static (BigInteger Micro, bool IsReturned) Oracle(SettlementTerms terms, Tariff tariff, TransactionEvent e)
    {
        var date = DateOnly.ParseExact(e.BusinessDate, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (tariff.Versions.LastOrDefault(v => v.From <= date) is not { } version) return (0, false);
        var region = e.IssuerCountry == "DE" ? CardRegion.Domestic
            : e.IssuerCountry == "FR" ? CardRegion.Regional : CardRegion.International;
        var funding = Enum.Parse<CardFunding>(e.Funding.Length == 0 ? "unknown" : e.Funding, ignoreCase: true);
        var rule = version.Rules.First(r =>
            (r.When.IsRefund ?? (e.Kind == TransactionKind.Refund)) == (e.Kind == TransactionKind.Refund)
            && (r.When.Schemes is null || r.When.Schemes.Contains(e.Scheme))
            && (r.When.Regions is null || r.When.Regions.Contains(region))
            && (r.When.Fundings is null || r.When.Fundings.Contains(funding))
            && (r.When.Methods is null || r.When.Methods.Any(m => m.ToString() == e.EntryMode.ToString())));
        var currency = e.ApprovedAmount.Currency;
        var amount = (BigInteger)e.ApprovedAmount.AmountMinor;
        if (!terms.Currencies.Contains(currency)) return (amount * rule.Tiers[^1].RatePpm, rule.IsReturned);
        var tier = rule.Tiers.First(t => t.UpTo is null || amount * 1_000_000 <= t.UpTo[currency]);
        var fee = (amount * tier.RatePpm) + (tier.Fixed?[currency] ?? 0);
        if (tier.Minimum is not null) fee = BigInteger.Max(fee, tier.Minimum[currency]);
        if (tier.Maximum is not null) fee = BigInteger.Min(fee, tier.Maximum[currency]);
        return (fee, rule.IsReturned);
    }

    private static BigInteger HalfEven(BigInteger micro)
    {
        var twice = micro * 2 / 1_000_000;
        var isHalf = twice * 500_000 == micro && !twice.IsEven;
        return isHalf ? ((twice - 1) / 2) + ((twice - 1) / 2 % 2) : (twice + 1) / 2;
    }

    private static TransactionEvent RandomEvent(Random random)
    {
        var amount = random.Next(4) switch
        {
            0 => random.NextInt64(0, 200),
            1 => random.NextInt64(0, 200) * 50,
            2 => random.NextInt64(0, 1_000_000_000_000_001),
            _ => random.NextInt64(0, 1_000_000),
        };
        var currency = Pick(random, [.. Currencies, "SEK"]);
        var e = Approvals.Purchase(amount, "ANY", currency, Pick(random, ["2026-05-01", "2025-01-01"]));
        if (random.Next(4) == 0) e.Kind = TransactionKind.Refund;
        e.Scheme = Pick(random, [.. SchemeNames, ""]);
        e.IssuerCountry = Pick(random, Countries);
        e.Funding = Pick(random, Fundings);
        e.EntryMode = Pick(random, [EntryMode.Chip, EntryMode.Contactless, EntryMode.Ecommerce, EntryMode.Manual]);
        return e;
    }

    private static string RandomTerms(Random random)
    {
        var text = new StringBuilder(
            """
            format: 1
            operator: { name: X, country: DE, iban: DE89370400440532013000, bic: COBADEFFXXX }
            currencies: [EUR, JPY, KWD]
            schemes: [visa, mastercard, amex]
            regions: { eea: [DE, FR] }
            vat: [{ country: DE, percent: 19, from: 2020-01-01 }]
            acquirers: [{ name: alpha }]
            unlisted_merchants:
              { plan: random, country: DE, vat: { treatment: charged }, reserve: { percent: 3.3333, days: 9 } }
            interchange:
              - from: 2026-01-01
                rules:
                  - { when: { kind: refund, scheme: visa }, percent: 0.2137, returned: true }
                  - { when: { region: [domestic, regional] }, percent: 0.2137 }
                  - { when: { method: ecommerce }, percent: 1.5003, maximum: { EUR: 9.005, JPY: 900.5, KWD: 3.0005 } }
                  - { percent: 1.15 }
            scheme_fees:
              - from: 2026-01-01
                rules:
                  - { when: { funding: prepaid }, percent: 0, fixed: { EUR: 0.0075, JPY: 0.5, KWD: 0.0005 } }
                  - { percent: 0.01, fixed: { EUR: 0.0333, JPY: 1.5, KWD: 0.00025 } }
            plans:
              random:
                - from: 2026-01-01
                  rules:

            """);
        // One condition each, all different, so that none is shadowed: the last is for the rest.
        string[] conditions =
        [
            "kind: refund", "scheme: [visa, amex]", "region: regional", "funding: [debit, unknown]",
            "method: ecommerce",
        ];
        random.Shuffle(conditions);
        foreach (var condition in conditions.Take(random.Next(conditions.Length + 1)))
        {
            var isReturned = condition == "kind: refund" && random.Next(2) == 0;
            text.Append(CultureInfo.InvariantCulture, $"        - when: {{ {condition} }}\n");
            if (isReturned) text.Append("          returned: true\n");
            AppendPrice(text, random, "          ");
        }

        text.Append("        - tiers:\n            - up_to: { EUR: 12.34, JPY: 1000, KWD: 4.321 }\n");
        AppendPrice(text, random, "              ");
        text.Append(CultureInfo.InvariantCulture, $"            - percent: {Percent(random)}\n");
        return text.ToString();
    }

    private static void AppendPrice(StringBuilder text, Random random, string indent)
    {
        text.Append(CultureInfo.InvariantCulture, $"{indent}percent: {Percent(random)}\n");
        if (random.Next(2) == 0) text.Append(indent).Append("fixed: { EUR: 0.0725, JPY: 12.5, KWD: 0.0333 }\n");
        if (random.Next(2) == 0) text.Append(indent).Append("minimum: { EUR: 0.055, JPY: 5.5, KWD: 0.0125 }\n");
        if (random.Next(2) == 0) text.Append(indent).Append("maximum: { EUR: 7.125, JPY: 900.5, KWD: 3.0005 }\n");
    }

    private static string Percent(Random random) =>
        (random.Next(0, 60_000) / 10_000m).ToString(CultureInfo.InvariantCulture);

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static Random Seeded(out int seed)
    {
        seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        return new Random(seed);
    }
}
