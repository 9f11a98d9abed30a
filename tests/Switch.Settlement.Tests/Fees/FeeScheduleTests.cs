using System.Diagnostics;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Fees;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Fees;

public sealed class FeeScheduleTests
{
    private static readonly FeeSchedule Schedule = new(SampleTerms.Read());

    [Fact]
    public void AddLines_DomesticCredit_AddsFeeVatInterchangeAndSchemeFee()
    {
        var lines = FeeScheduleTests.Lines(Approvals.Purchase(1290));

        // 1.2 % of 1290 + 8 = 23.48; 19 % of 23 = 4.37; 0.3 % = 3.87; 0.045 % + 0.75 = 1.3305.
        Assert.Equal(
        [
            (Account.MerchantPayable, 23, 480_000), (Account.FeeIncome, -23, -480_000),
            (Account.MerchantPayable, 4, 370_000), (Account.VatPayable, -4, -370_000),
            (Account.Interchange, 4, -130_000), (Account.SchemeReceivable, -4, 130_000),
            (Account.SchemeCost, 1, 330_500), (Account.SchemePayable, -1, -330_500),
        ], lines.Select(l => (l.Account, (int)l.AmountMinor, (int)l.RemainderMicro)));
        Assert.Equal("mdr/standard/6@2020-01-01", lines[0].Rule?.Key);
        Assert.Equal("1.2 % + 0.08 EUR", lines[0].Rule?.Text);
        Assert.Equal("VAT 19 % (DE) of the fee", lines[2].Rule?.Text);
    }

    [Theory]
    [InlineData("2019-12-31", null)]
    [InlineData("2020-01-01", "mdr/standard/6@2020-01-01")]
    [InlineData("2026-12-31", "mdr/standard/6@2020-01-01")]
    [InlineData("2027-01-01", "mdr/standard/3@2027-01-01")]
    public void AddLines_ByBusinessDate_TakesTheVersionInForce(string date, string? key) =>
        Assert.Equal(key, Fee(Lines(Approvals.Purchase(1290, date: date)))?.Rule?.Key);

    [Theory]
    [InlineData("2027-06-30", "mdr/online/2@2020-01-01", -1000)]
    [InlineData("2027-07-01", "mdr/standard/3@2027-01-01", -500)]
    public void AddLines_MerchantsChange_HoldsFromItsDate(string date, string key, long reserve)
    {
        var lines = Lines(Approvals.Purchase(10_000, "WEBSHOP-EU", date: date));
        Assert.Equal(key, Fee(lines)?.Rule?.Key);
        Assert.Equal(reserve, lines.Single(l => l.Account == Account.MerchantReserve).AmountMinor);
    }

    [Theory]
    [InlineData("2020-06-30", 19)]
    [InlineData("2020-07-01", 16)]
    [InlineData("2020-12-31", 16)]
    [InlineData("2021-01-01", 19)]
    public void AddLines_Vat_ChangesOnItsDay(string date, int percent)
    {
        var lines = Lines(Approvals.Purchase(100_000, date: date));
        Assert.Equal(
            $"VAT {percent} % (DE) of the fee", lines.Single(l => l.Account == Account.VatPayable).Rule?.Text);
    }

    [Theory]
    [InlineData(200, "mdr/standard/5.1@2020-01-01#minimum", 2)]
    [InlineData(1000, "mdr/standard/5.1@2020-01-01", 6)]
    [InlineData(1001, "mdr/standard/5.2@2020-01-01", 13)]
    [InlineData(315_000, "mdr/standard/5.2@2020-01-01", 2494)]
    [InlineData(400_000, "mdr/standard/5.2@2020-01-01#maximum", 2500)]
    public void AddLines_Tiers_ChargeTheWholeAmountAtItsTierWithinBounds(long amount, string key, long fee)
    {
        var e = Approvals.Purchase(amount);
        e.Funding = "debit";
        var line = Fee(Lines(e));
        Assert.Equal(key, line?.Rule?.Key);
        Assert.Equal(-fee, line?.AmountMinor);
    }

    [Theory]
    [InlineData("DE", "visa", EntryMode.Chip, 6)]
    [InlineData("FR", "visa", EntryMode.Chip, 6)]
    [InlineData("US", "visa", EntryMode.Chip, 4)]
    [InlineData("", "visa", EntryMode.Chip, 4)]
    [InlineData("US", "visa", EntryMode.Ecommerce, 3)]
    [InlineData("US", "visa", EntryMode.Manual, 3)]
    [InlineData("US", "amex", EntryMode.Ecommerce, 2)]
    [InlineData("DE", "", EntryMode.Unspecified, 6)]
    public void AddLines_FirstRuleThatHolds_Decides(string country, string scheme, EntryMode mode, int rule)
    {
        var e = Approvals.Purchase(5000);
        e.IssuerCountry = country;
        e.Scheme = scheme;
        e.EntryMode = mode;
        Assert.Equal($"mdr/standard/{rule}@2020-01-01", Fee(Lines(e))?.Rule?.Key);
    }

    [Fact]
    public void AddLines_Refund_ChargesItsOwnFeeAndGivesInterchangeBack()
    {
        var lines = Lines(Approvals.Refund(10_000));
        Assert.Equal(-10, Fee(lines)?.AmountMinor);
        Assert.Equal(-30, lines.Single(l => l.Account == Account.Interchange).AmountMinor);
        Assert.DoesNotContain(lines, l => l.Account == Account.MerchantReserve);
    }

    [Fact]
    public void AddLines_Reserve_IsKeptBackOfSales()
    {
        var lines = Lines(Approvals.Purchase(10_005, "WEBSHOP-EU"));
        var reserve = lines.Single(l => l.Account == Account.MerchantReserve);
        // 1000.5 lies half way: to the even.
        Assert.Equal(-1000, reserve.AmountMinor);
        Assert.Equal(-500_000, reserve.RemainderMicro);
        Assert.Equal("10 % kept back for 90 days", reserve.Rule?.Text);
    }

    [Fact]
    public void AddLines_CurrencyThatIsNotListed_PaysThePercentageAlone()
    {
        var line = Fee(Lines(Approvals.Purchase(100_000, currency: "SEK")));
        Assert.Equal(-1200, line?.AmountMinor);
        Assert.Equal("1.2 % alone: the currency is not listed", line?.Rule?.Text);
    }

    [Fact]
    public void AddLines_MerchantThatIsNotListed_PaysThePlanForThose() =>
        Assert.Equal("mdr/standard/6@2020-01-01", Fee(Lines(Approvals.Purchase(1290, "NOBODY")))?.Rule?.Key);

    [Fact]
    public void AddLines_LargestAmount_IsExact()
    {
        var line = Fee(Lines(Approvals.Purchase(1_000_000_000_000_000)));
        Assert.Equal(-12_000_000_000_008, line?.AmountMinor);
    }

    [Fact]
    public void AddLines_SameRule_SharesOneObject() =>
        Assert.Same(Fee(Lines(Approvals.Purchase(1)))?.Rule, Fee(Lines(Approvals.Purchase(2)))?.Rule);

    [Fact]
    public void Explanation_LineByLine_SaysRuleBasisExactAndPosted()
    {
        var books = new Bookkeeper(Schedule);
        var lines = FeeExplanation.Of(
            books.Book(PaymentStage.None, [], Approvals.Purchase(1290, "WEBSHOP-EU")).Lines, "EUR");

        Assert.Equal(
        [
            "merchant fee: 1.4 % + 0.25 EUR (visa or mastercard or maestro; domestic or regional), of 12.90 EUR: "
                + "0.4306 is posted as 0.43 EUR, remainder 0.0006",
            "VAT: VAT 19 % (DE) of the fee, of 0.43 EUR: 0.0817 is posted as 0.08 EUR, remainder 0.0017",
            "interchange: 0.3 % (domestic or regional), of 12.90 EUR: 0.0387 is posted as 0.04 EUR, "
                + "remainder -0.0013",
            "scheme fee: 0.045 % + 0.0075 EUR, of 12.90 EUR: 0.013305 is posted as 0.01 EUR, remainder 0.003305",
            "reserve: 10 % kept back for 90 days, of 12.90 EUR: 1.29 is posted as 1.29 EUR, remainder 0",
        ], lines.Select(line => line.ToString()));
    }

    /// <summary>20,000 events a second leave 50 µs each to the whole consumer. Time is told, not judged.</summary>
    [Fact]
    public void AddLines_OneEvent_AllocatesNothing()
    {
        var e = Approvals.Purchase(1290, "WEBSHOP-EU");
        var lines = new List<Posting>(16);
        for (var i = 0; i < 20_000; i++) Add();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < 50_000; i++) Add();
        var each = Stopwatch.GetElapsedTime(started) / 50_000;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        TestContext.Current.TestOutputHelper?.WriteLine($"{each.TotalNanoseconds:F0} ns");

        void Add()
        {
            lines.Clear();
            Schedule.AddLines(e, lines);
        }
    }

    private static List<Posting> Lines(TransactionEvent e)
    {
        var lines = new List<Posting>();
        Schedule.AddLines(e, lines);
        for (var i = 0; i < lines.Count; i += 2)
        {
            Assert.Equal(0, lines[i].AmountMinor + lines[i + 1].AmountMinor);
            Assert.Equal(0, lines[i].RemainderMicro + lines[i + 1].RemainderMicro);
        }

        return lines;
    }

    private static Posting? Fee(List<Posting> lines) =>
        lines.Where(l => l.Account == Account.FeeIncome).Select(l => (Posting?)l).SingleOrDefault();
}
