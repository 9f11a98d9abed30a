using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Days;

/// <summary>What is kept back of a merchant's money, why, and when it is given back.</summary>
public sealed class PayoutTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reserve_OfASale_IsHeldAndReleasedAfterItsDays(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02", "HOTEL-WIEN");
        var first = OpenBooks.PayoutOf(books.Close("2026-03-02"), "HOTEL-WIEN");
        Assert.Equal(10_000 - 128 - 500, first.AmountMinor);
        Assert.Equal("2026-03-04", first.ValueDate);
        Assert.Equal(-500, books.Balance(Account.MerchantReserve, "HOTEL-WIEN"));

        Assert.Empty(books.Close("2026-03-31").Payouts);
        var released = OpenBooks.PayoutOf(books.Close("2026-04-01"), "HOTEL-WIEN");
        Assert.Equal((500L, 500L), (released.NetMinor, released.AmountMinor));
        Assert.Equal(0, books.Balance(Account.MerchantReserve, "HOTEL-WIEN"));
        Assert.Equal(0, books.Store.Number("SELECT COUNT(*) FROM reserve_held"));
        Assert.Empty(books.Close("2026-04-02").Payouts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reserve_OfASaleReversedAfterItsRelease_IsTakenBackFromTheMerchant(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = books.Sell(10_000, "2026-03-02", "HOTEL-WIEN");
        books.Close("2026-03-02");
        books.Close("2026-04-01");
        books.GoTo("2026-04-02");
        books.Reverse(sale);

        var payout = OpenBooks.PayoutOf(books.Close("2026-04-02"), "HOTEL-WIEN");

        Assert.Equal(-10_000 + 128, payout.NetMinor);
        Assert.Equal(PayoutStatus.CarriedForward, payout.Status);
        Assert.Equal(0, books.Balance(Account.MerchantReserve, "HOTEL-WIEN"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Payout_WithoutBankAccountOrCurrency_IsHeldAndNothingIsLost(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02", "NOBODY");
        books.Sell(10_000, "2026-03-02", currency: "SEK");
        var result = books.Close("2026-03-02");

        var nobody = OpenBooks.PayoutOf(result, "NOBODY");
        Assert.Equal(
            (PayoutStatus.Held, "no bank account", 9_872L), (nobody.Status, nobody.HoldReason, nobody.CarriedMinor));
        Assert.Equal("no payouts in SEK", OpenBooks.PayoutOf(result, currency: "SEK").HoldReason);
        Assert.Equal(0, books.Store.Number("SELECT COUNT(*) FROM entry WHERE kind = 5"));
        Assert.Equal(-9_872, books.Balance(Account.MerchantPayable, "NOBODY"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Hold_AndRelease_PaysAllAtTheNextClose(string kind)
    {
        using var books = new OpenBooks(kind);
        var hold = books.Holds.Place("BAKERY-BERLIN", "", HoldKind.Manual, 0, "account under review", "ben");
        books.Sell(10_000, "2026-03-02");
        var held = OpenBooks.PayoutOf(books.Close("2026-03-02"));
        Assert.Equal(
            (PayoutStatus.Held, "account under review", 9_848L), (held.Status, held.HoldReason, held.CarriedMinor));

        Assert.Null(books.Holds.Release(hold.Id, "ben").Refusal);
        Assert.Equal($"no hold {hold.Id} stands", books.Holds.Release(hold.Id, "ben").Refusal);
        Assert.Equal(9_848, OpenBooks.PayoutOf(books.Close("2026-03-03")).AmountMinor);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Hold_ASecond_HasTheNextNumber(string kind)
    {
        using var books = new OpenBooks(kind);
        Assert.Equal(1, books.Holds.Place("BAKERY-BERLIN", "", HoldKind.Manual, 0, "first", "ben").Id);
        Assert.Equal(2, books.Holds.Place("BAKERY-BERLIN", "", HoldKind.Manual, 0, "second", "ben").Id);
    }

    [Fact]
    public void Hold_OfAnAmount_KeepsThatBackAndPaysTheRest()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Holds.Place("BAKERY-BERLIN", "EUR", HoldKind.Chargeback, 3_000, "case 17", "ben");
        books.Holds.Place("BAKERY-BERLIN", "USD", HoldKind.Chargeback, 9_000, "case 18", "ben");
        books.Sell(10_000, "2026-03-02");
        var payout = OpenBooks.PayoutOf(books.Close("2026-03-02"));
        Assert.Equal((PayoutStatus.Ordered, 6_848L, 3_000L, "case 17"),
            (payout.Status, payout.AmountMinor, payout.CarriedMinor, payout.HoldReason));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Payout_OverWhatSepaTransfers_PaysThatAndTheRestAtTheNextClose(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(150_000_000_000, "2026-03-02");
        var first = OpenBooks.PayoutOf(books.Close("2026-03-02"));
        Assert.Equal((PayoutStatus.Ordered, 99_999_999_999L), (first.Status, first.AmountMinor));
        Assert.StartsWith("SEPA takes at most", first.HoldReason, StringComparison.Ordinal);

        var second = OpenBooks.PayoutOf(books.Close("2026-03-03"));
        Assert.Equal((first.CarriedMinor, ""), (second.AmountMinor, second.HoldReason));
        Assert.True(second.AmountMinor > 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Payout_OverWhatAFileTakes_PaysThatAndTheRestAtTheNextClose(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(900_000_000_000_000, "2026-03-02", currency: "USD");
        books.Sell(900_000_000_000_000, "2026-03-02", currency: "USD");
        var first = OpenBooks.PayoutOf(books.Close("2026-03-02"), currency: "USD");
        Assert.Equal((PayoutStatus.Ordered, 1_000_000_000_000_000L), (first.Status, first.AmountMinor));
        Assert.Equal("one transfer has at most 10000000000000.00 USD", first.HoldReason);

        var second = OpenBooks.PayoutOf(books.Close("2026-03-03"), currency: "USD");
        Assert.Equal((first.CarriedMinor, ""), (second.AmountMinor, second.HoldReason));
        Assert.True(second.AmountMinor > 0);
    }

    [Theory]
    [InlineData("NOBODY", "", 0, "x", "'NOBODY' is no merchant of the terms")]
    [InlineData("BAKERY-BERLIN", "", 1, "x", "an amount needs its currency")]
    [InlineData("BAKERY-BERLIN", "EUX", 0, "x", "'EUX' is not a currency of ISO 4217")]
    [InlineData("BAKERY-BERLIN", "EUR", -1, "x", "the amount is negative")]
    [InlineData("BAKERY-BERLIN", "EUR", 0, "", "a reason is needed")]
    public void Hold_Fault_IsRefused(
        string merchant, string currency, long amount, string reason, string refusal)
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        Assert.Equal(refusal, books.Holds.Place(merchant, currency, HoldKind.Manual, amount, reason, "ben").Refusal);
    }
}
