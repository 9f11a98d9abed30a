using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Days;

public sealed class DayCloserTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Close_SalesRefundsAndReversals_FixesTheWindowAndOrdersThePayout(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02");
        books.Refund(2_000, "2026-03-02");
        books.Reverse(books.Sell(5_000, "2026-03-02"));

        var result = books.Close("2026-03-02");

        Assert.Equal(1, result.Windows);
        var window = Assert.Single(books.Store.Rows<Window>(Window.Sql));
        Assert.Equal((2, 15_000), (window.SalesCount, window.SalesMinor));
        Assert.Equal((1, -2_000), (window.RefundsCount, window.RefundsMinor));
        Assert.Equal((1, -5_000), (window.ReversalsCount, window.ReversalsMinor));
        // 1.2 % + 8 = 128 of the sale, 10 of the refund; 19 % of each: 24.32 and 1.9.
        Assert.Equal((-138, -26), (window.FeesMinor, window.VatMinor));
        Assert.Equal(10_000 - 2_000 - 138 - 26, window.NetMinor);
        Assert.Equal(30 - 6, window.InterchangeMinor);
        var payout = OpenBooks.PayoutOf(result);
        Assert.Equal(
            (PayoutStatus.Ordered, 7_836, 0L, "2026-03-03"),
            (payout.Status, payout.AmountMinor, payout.CarriedMinor, payout.ValueDate));
        Assert.Equal(0, books.Balance(Account.MerchantPayable));
        Assert.Equal(-7_836, books.Balance(Account.PayoutPayable));
    }

    /// <summary>Should not be, by contract: a reversal that ends without having been queued.</summary>
    [Theory]
    [InlineData(TransactionEventType.ReversalParked)]
    [InlineData(TransactionEventType.ReversalAcknowledged)]
    [InlineData(TransactionEventType.ReversalClosed)]
    public void Close_ReversalWhoseBeginningWasLost_CountsAsOneAndIsNotPaid(TransactionEventType type)
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Send(books.Sell(10_000, "2026-03-02").Later(type));

        Assert.Empty(books.Close("2026-03-02").Payouts);

        var window = Assert.Single(books.Store.Rows<Window>(Window.Sql));
        Assert.Equal((1, -10_000), (window.ReversalsCount, window.ReversalsMinor));
        Assert.Equal(1, books.Store.Number("SELECT COUNT(*) FROM entry WHERE kind = 3"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Close_ASecondTime_IsRefusedAndChangesNothing(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02");
        books.Close("2026-03-02");
        var before = books.Closed("9999-12-31");

        var second = books.TryClose("2026-03-02");

        Assert.Equal("2026-03-02 is closed already, since 2026-03-02 22:00:00 UTC by anna", second.Refusal);
        Assert.Equal(before, books.Closed("9999-12-31"));
    }

    [Theory]
    [InlineData("", "a name is needed")]
    [InlineData("a\nb", "the name has control characters")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x",
        "the name is longer than 64 characters")]
    public void Close_ByNobody_IsRefused(string by, string refusal)
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        var closer = new DayCloser(books.Store.Database, books.Terms, books.Day);
        Assert.Equal(refusal, closer.Close(new DateOnly(2026, 3, 2), by).Refusal);
        Assert.Equal(0, books.Store.Number("SELECT COUNT(*) FROM closed_day"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Close_FutureOrPassedDate_IsRefusedWithTheReason(string kind)
    {
        using var books = new OpenBooks(kind);
        Assert.Equal(
            "2026-03-03 is in the future: today's business date is 2026-03-02", books.TryClose("2026-03-03").Refusal);
        books.Close("2026-03-02");
        Assert.StartsWith("2026-03-01 is before 2026-03-02, the last", books.TryClose("2026-03-01").Refusal);
        Assert.Equal(1, books.Store.Number("SELECT COUNT(*) FROM closed_day"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LateEvent_AfterTheClose_SettlesInTheNextWindowWithItsOwnDate(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02");
        books.Close("2026-03-02");
        var closed = books.Closed("2026-03-02");

        books.Sell(7_000, "2026-03-02");
        books.AssertBalanced();
        Assert.Equal(closed, books.Closed("2026-03-02"));
        var result = books.Close("2026-03-03");

        Assert.Equal(closed, books.Closed("2026-03-02"));
        Assert.Equal(7_000 - 92 - 17, OpenBooks.PayoutOf(result).AmountMinor);
        Assert.Equal(1, books.Store.Number(
            "SELECT COUNT(*) FROM entry "
            + "WHERE settle_date = '2026-03-03' AND business_date = '2026-03-02' AND kind = 1"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Close_NegativeNet_IsCarriedForwardUntilSalesCoverIt(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Refund(10_000, "2026-03-02");
        var first = OpenBooks.PayoutOf(books.Close("2026-03-02"));
        Assert.Equal(
            (PayoutStatus.CarriedForward, 0L, -10_012L), (first.Status, first.AmountMinor, first.CarriedMinor));
        Assert.Equal(0, first.EntryId);

        var second = OpenBooks.PayoutOf(books.Close("2026-03-03"));
        Assert.Equal((-10_012L, 0L, -10_012L), (second.BroughtMinor, second.NetMinor, second.CarriedMinor));

        books.Sell(20_000, "2026-03-04");
        var third = OpenBooks.PayoutOf(books.Close("2026-03-04"));
        Assert.Equal(-10_012 + 20_000 - 248 - 47, third.AmountMinor);
        Assert.Equal(0, books.Balance(Account.MerchantPayable));
    }

    [Theory]
    [InlineData("2026-04-02", "2026-04-07")]
    [InlineData("2026-03-06", "2026-03-09")]
    public void Close_BeforeHolidayOrWeekend_ShiftsTheValueDate(string date, string valueDate)
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Sell(10_000, date);
        Assert.Equal(valueDate, OpenBooks.PayoutOf(books.Close(date)).ValueDate);
    }

    [Fact]
    public void Close_MadeDaysLate_PaysOnTheNextBusinessDayFromToday()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Sell(10_000, "2026-03-02");
        books.GoTo("2026-03-14");
        Assert.Equal("2026-03-16", OpenBooks.PayoutOf(books.Close("2026-03-02")).ValueDate);
    }

    [Fact]
    public void Close_OverSeveralDays_ClosesEachWindowOfItsOwnDate()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Sell(1_000, "2026-03-02");
        books.GoTo("2026-03-04");
        books.Sell(2_000, "2026-03-03");
        books.Sell(4_000, "2026-03-04");
        var result = books.Close("2026-03-03");
        Assert.Equal(2, result.Windows);
        Assert.Equal(
            ["2026-03-02", "2026-03-03"],
            books.Store.Rows<string>("SELECT settle_date FROM settlement_window ORDER BY settle_date"));
        Assert.Equal(1, books.Close("2026-03-04").Windows);
    }

    [Fact]
    public void Close_WithNothingToSettle_ClosesTheDayAlone()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        var result = books.Close("2026-03-02");
        Assert.Equal((0L, 0), (result.Windows, result.Payouts.Count));
        Assert.Equal(1, books.Store.Number("SELECT COUNT(*) FROM closed_day"));
    }

    [Fact]
    public void Close_BooksThatDoNotAddUp_FailsAndChangesNothing()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Sell(1_000, "2026-03-02");
        books.Store.Execute("UPDATE balance SET amount_minor = amount_minor - 1 WHERE account = 2100");
        var error = Assert.Throws<InvalidOperationException>(() => books.TryClose("2026-03-02"));
        Assert.Equal("the books of 2026-03-02 do not add up to zero: -1 EUR", error.Message);
        Assert.Equal(0, books.Store.Number("SELECT COUNT(*) FROM closed_day"));
        Assert.Equal(0, books.Store.Number("SELECT COUNT(*) FROM settlement_window"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Close_ByManyAtOnce_IsDoneOnceAndRefusedToTheRest(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02");

        var closes = Enumerable.Range(0, 6).Select(_ => Task.Run(() => books.TryClose("2026-03-02")));
        var results = await Task.WhenAll(closes);

        Assert.Single(results, result => result.IsClosed);
        Assert.All(
            results.Where(result => !result.IsClosed),
            r => Assert.StartsWith("2026-03-02 is closed already", r.Refusal));
        Assert.Equal(1, books.Store.Number("SELECT COUNT(*) FROM payout"));
        books.AssertBalanced();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ChangedWindows_OfRowsThatWereTouched_AreNamed(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02");
        books.Sell(10_000, "2026-03-02", "FUEL-LYON");
        books.Close("2026-03-02");

        books.Store.Execute("UPDATE balance SET amount_minor = amount_minor + 1 WHERE merchant_id = 'FUEL-LYON'");

        using var connection = books.Store.Database.OpenConnection();
        Assert.Equal(["2026-03-02 alpha FUEL-LYON EUR"], DayCloser.ReadChangedWindows(connection));
    }

    [Fact]
    public void PayoutId_IsTheSameOfTheSameAndFitsABankFile()
    {
        var id = PayoutPlan.IdOf(new DateOnly(2026, 3, 2), "A & B <shop>", "EUR");
        Assert.Equal(id, PayoutPlan.IdOf(new DateOnly(2026, 3, 2), "A & B <shop>", "EUR"));
        Assert.Matches("^P20260302-EUR-[0-9a-f]{12}$", id);
    }

    [Theory]
    [InlineData("2026-03-02T22:59:59Z", "Europe/Berlin", "00:00:00", "2026-03-02")]
    [InlineData("2026-03-02T23:00:00Z", "Europe/Berlin", "00:00:00", "2026-03-03")]
    [InlineData("2026-03-02T19:59:59Z", "UTC", "20:00:00", "2026-03-02")]
    [InlineData("2026-03-02T20:00:00Z", "UTC", "20:00:00", "2026-03-03")]
    public void BusinessDay_ByZoneAndCutOver_IsThatOfTheSwitch(string now, string zone, string cutOver, string date)
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.Parse(now, null));
        var day = new BusinessDay(
            clock, TimeZoneInfo.FindSystemTimeZoneById(zone), TimeSpan.Parse(cutOver, null));
        Assert.Equal(date, BusinessDay.Text(day.Today));
    }

    private sealed class Window
    {
        public const string Sql =
            "SELECT sales_count AS SalesCount, sales_minor AS SalesMinor, refunds_count AS RefundsCount, "
            + "refunds_minor AS RefundsMinor, reversals_count AS ReversalsCount, reversals_minor AS ReversalsMinor, "
            + "fees_minor AS FeesMinor, vat_minor AS VatMinor, net_minor AS NetMinor, "
            + "interchange_minor AS InterchangeMinor FROM settlement_window";

        public long SalesCount { get; set; }

        public long SalesMinor { get; set; }

        public long RefundsCount { get; set; }

        public long RefundsMinor { get; set; }

        public long ReversalsCount { get; set; }

        public long ReversalsMinor { get; set; }

        public long FeesMinor { get; set; }

        public long VatMinor { get; set; }

        public long NetMinor { get; set; }

        public long InterchangeMinor { get; set; }
    }
}
