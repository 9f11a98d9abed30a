using System.Text.RegularExpressions;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Tests.Terms;

public sealed partial class SettlementTermsTests
{
    [Fact]
    public void Sample_IsGood_AndHasEveryMerchantOfTheSwitch()
    {
        var terms = SampleTerms.Read();

        var ids = MerchantId().Matches(SampleTerms.MerchantsText).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(7, ids.Count);
        Assert.Empty(ids.Except(terms.Merchants.Keys));
        Assert.Equal(["alpha", "beta", "gamma"], terms.Acquirers.Keys.Order());
        Assert.Equal("DE89370400440532013000", terms.Operator.Iban);
        Assert.True(terms.Merchants["DENKI-TOKYO"].HasBankAccount);
    }

    [Fact]
    public void MerchantOf_NotListed_HasThePlanOfThoseAndNoAccount()
    {
        var merchant = SampleTerms.Read().MerchantOf("NOBODY");

        Assert.Equal("NOBODY", merchant.Id);
        Assert.Equal("standard", merchant.Plan);
        Assert.False(merchant.HasBankAccount);
    }

    [Theory]
    [InlineData("format: 1", "format: 2", "format: '2' is not 1")]
    [InlineData("iban: DE89 3704", "iban: DE88 3704", "operator.iban: 'DE88 3704 0044 0532 0130 00' is not an IBAN")]
    [InlineData("EUR, GBP, USD, CHF, JPY]", "EUR, GBP, USD, CHF, JPY, XYZ]", "currencies: 'XYZ' is not a currency")]
    [InlineData("percent: 1.95", "percent: -1.95", "rules[1].percent: '-1.95' is not a percentage from 0 to 100")]
    [InlineData("percent: 1.95", "percent: 1.95001", "'1.95001' is not a percentage")]
    [InlineData("- from: 2027-01-01", "- from: 2020-01-01", "a version from 2020-01-01 is listed already")]
    [InlineData("- from: 2027-01-01", "- from: 2027-02-30", "'2027-02-30' is not a date")]
    [InlineData("percent: 16, from: 2020-07-01", "percent: 16, from: 2021-01-01",
        "DE has a rate from 2021-01-01 already", 1)]
    [InlineData("plan: online", "plan: offline", "merchants[5].plan: 'offline' is not one of 'plans'")]
    [InlineData("bic: AGRIFRPP", "bik: AGRIFRPP", "merchants[4]: unknown key 'bik'; known are id, name, ")]
    [InlineData("bic: AGRIFRPP", "bic: AGRIFRPP\n    bic: AGRIFRPP", "key 'bic' is repeated", 1)]
    [InlineData("id: FUEL-LYON", "id: HOTEL-WIEN", "merchant 'HOTEL-WIEN' is listed twice")]
    [InlineData("calendar: tokyo", "calendar: kyoto", "'kyoto' is not one of 'calendars'")]
    [InlineData("country: FR, percent: 20", "country: IT, percent: 20", null)]
    [InlineData("country: DE, percent", "country: IT, percent", "VAT is charged and 'vat' has no rate of DE", 125)]
    [InlineData("scheme: [amex, discover, jcb, unionpay] }\n          percent: 1.95",
        "scheme: [amex, dinars] }\n          percent: 1.95", "when.scheme: 'dinars' is not one of 'schemes'")]
    [InlineData("- up_to: { EUR: 10, ", "- up_to: { ", "'EUR' is missing")]
    [InlineData("minimum: { EUR: 0.02,", "minimum: { EUR: 0.02, SEK: 1,", "unknown key 'SEK'")]
    [InlineData("fixed: { EUR: 0.0215,", "fixed: { EUR: 0.021512345,",
        "a sum from 0 to 1000000 with at most 8 decimals")]
    [InlineData("- percent: 1.15\n", "- { when: { kind: purchase, scheme: visa }, percent: 1.15 }\n",
        "some payments have no rule", -21)]
    [InlineData("- when: { method: [ecommerce, manual] }\n        percent: 1.5",
        "- when: { method: [ecommerce, manual], funding: debit }\n        percent: 1.5", "is never used")]
    [InlineData("          percent: 1.4\n", "          percent: 1.4\n          returned: true\n",
        "'returned' is for rules", -1)]
    [InlineData("from: 2027-07-01, plan", "from: 0001-01-01, plan", "changes[0]: the dates of 'changes' have to rise")]
    [InlineData("2026-01-01, 2026-04-03", "2026-01-01, 2026-01-01", "2026-01-01 is listed twice")]
    [InlineData("days: 180", "days: 1800", "'1800' is not a number of days from 0 to 730")]
    [InlineData("account: \"90110119876543\"\n    bic: BCMLMOMX", "account: \"90110119876543\"",
        "'account' needs a 'bic'", -4)]
    [InlineData("name: Marche des Lilas", "name: 東京商店", "'東京商店' has no letter or digit that banks take", -1)]
    [InlineData("account: \"90110119876543\"", "account: \"/90110119876543\"", "is not an account number")]
    [InlineData("account: \"90110119876543\"", "account: \"9011//0119876543\"", "is not an account number")]
    [InlineData("- percent: 1.15\n", "- tiers: []\n", "].tiers: the list is empty")]
    [InlineData("name: Switch Payments GmbH", "name: Switch: Payments", "this is not YAML")]
    public void TryRead_Fault_IsNamedWithFileAndLine(string good, string bad, string? expected, int below = 0)
    {
        var index = SampleTerms.Text.IndexOf(good, StringComparison.Ordinal);
        Assert.True(index >= 0, $"'{good}' is not in the sample");
        var text = good.StartsWith("country: DE", StringComparison.Ordinal)
            ? SampleTerms.Text.Replace(good, bad, StringComparison.Ordinal).Replace("2020-07-01 }", "2008-07-01 }")
            : string.Concat(SampleTerms.Text.AsSpan(0, index), bad, SampleTerms.Text.AsSpan(index + good.Length));
        if (expected is null)
        {
            SampleTerms.Read(text);
            return;
        }

        var fault = Assert.Single(
            SampleTerms.Faults(text).Take(1), f => f.Contains(expected, StringComparison.Ordinal));
        var line = SampleTerms.Text.AsSpan(0, index).Count('\n') + 1;
        Assert.Matches(@"^settlement\.yaml:\d+: ", fault);
        var said = int.Parse(fault.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(line + below, said);
    }

    [Theory]
    [InlineData("scheme_fees", "[]", "scheme_fees: the list is empty")]
    [InlineData("interchange", "[]", "interchange: the list is empty")]
    [InlineData("interchange", "[{ from: 2026-01-01, rules: [] }]", "interchange[0].rules: the list is empty")]
    public void TryRead_TableWithoutVersionsOrRules_IsAFault(string table, string value, string expected)
    {
        // The table's own lines go with it: they are indented or items of its list.
        var lines = SampleTerms.Text.Split('\n').ToList();
        var at = lines.FindIndex(line => line.StartsWith(table + ":", StringComparison.Ordinal));
        var end = lines.FindIndex(at + 1, line => line.Length > 0 && !" -#".Contains(line[0]));
        lines.RemoveRange(at + 1, (end < 0 ? lines.Count : end) - at - 1);
        lines[at] = $"{table}: {value}";

        Assert.Equal(
            [$"settlement.yaml:{at + 1}: {expected}"], SampleTerms.Faults(string.Join('\n', lines)));
    }

    [Fact]
    public void TryRead_SeveralFaults_AreNamedAllAtOnceInTheOrderOfTheFile()
    {
        var text = SampleTerms.Text
            .Replace("bic: COBADEFFXXX", "bic: COBA", StringComparison.Ordinal)
            .Replace("percent: 1.95", "percent: 195", StringComparison.Ordinal)
            .Replace("country: MO", "country: Macau", StringComparison.Ordinal);

        var faults = SampleTerms.Faults(text);

        Assert.Equal(3, faults.Count);
        string[] bad = ["bic: COBA", "percent: 195", "country: Macau"];
        var lines = text.Split('\n').ToList();
        for (var i = 0; i < bad.Length; i++)
            Assert.StartsWith($"settlement.yaml:{lines.FindIndex(l => l.Contains(bad[i])) + 1}: ", faults[i]);
    }

    [Fact]
    public void Changes_OfAMerchant_HoldFromTheirDateAndKeepTheRest()
    {
        var shop = SampleTerms.Read().Merchants["WEBSHOP-EU"];

        Assert.Equal(("online", 100_000, 90), Of(shop.On(new DateOnly(2027, 6, 30))));
        Assert.Equal(("standard", 50_000, 60), Of(shop.On(new DateOnly(2027, 7, 1))));
        Assert.Equal(VatTreatment.Charged, shop.On(new DateOnly(2027, 7, 1)).Vat);

        static (string, int, int) Of(MerchantTerms terms) => (terms.Plan, terms.ReservePpm, terms.ReserveDays);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("a")]
    [InlineData("format: 1\nvat_id: [\nschemes: a\n")]
    [InlineData("format: 1\n---\nformat: 1")]
    [InlineData("format: &a 1\nschemes: *a")]
    public void TryRead_NoTerms_IsRefused(string text) => Assert.NotEmpty(SampleTerms.Faults(text));

    [Fact]
    public void TryRead_DeepNesting_IsRefusedAndEndsNoProcess() =>
        Assert.Contains("nests too deeply", SampleTerms.Faults(new string('[', 100_000))[0]);

    [Theory]
    [InlineData("2026-12-24", 1, "2026-12-28")]
    [InlineData("2026-04-02", 1, "2026-04-07")]
    [InlineData("2026-04-02", 0, "2026-04-02")]
    [InlineData("2026-04-04", 0, "2026-04-07")]
    [InlineData("2026-03-06", 1, "2026-03-09")]
    [InlineData("2026-03-02", 3, "2026-03-05")]
    public void Calendar_Add_SkipsWeekendsAndHolidays(string date, int days, string expected) =>
        Assert.Equal(
            DateOnly.Parse(expected, null),
            SampleTerms.Read().Calendars["target"].Add(DateOnly.Parse(date, null), days));

    [Theory]
    [InlineData("DE89 3704 0044 0532 0130 00", true)]
    [InlineData("GB82WEST12345698765432", true)]
    [InlineData("NO9386011117947", true)]
    [InlineData("DE89370400440532013001", false)]
    [InlineData("DE893704", false)]
    [InlineData("de89370400440532013000", false)]
    public void Iban_CheckDigits_Decide(string iban, bool isGood) => Assert.Equal(isGood, TermsText.Iban(iban, out _));

    [GeneratedRegex(@"- id: (\S+)")]
    private static partial Regex MerchantId();
}
