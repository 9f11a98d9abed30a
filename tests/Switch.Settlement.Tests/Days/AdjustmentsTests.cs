using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Days;

public sealed class AdjustmentsTests
{
    private static readonly Adjustment Chargeback = new(
        "case-17", "BAKERY-BERLIN", "alpha", "EUR", -3_000, AdjustmentKind.Chargeback, "goods not received", "ben");

    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Enter_AfterAClose_PostsToTheNextOpenWindow(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(10_000, "2026-03-02");
        books.Close("2026-03-02");
        var closed = books.Closed("2026-03-02");

        var chargeback = books.Adjustments.Enter(Chargeback);
        var correction = books.Adjustments.Enter(Chargeback with
        {
            Reference = "mail 4",
            Kind = AdjustmentKind.Correction,
            AmountMinor = 250,
            Reason = "fee charged twice",
        });

        Assert.Equal((null, "2026-03-03"), (chargeback.Refusal, chargeback.SettleDate));
        Assert.Null(correction.Refusal);
        books.AssertBalanced();
        var payout = OpenBooks.PayoutOf(books.Close("2026-03-03"));
        Assert.Equal(-2_750, payout.NetMinor);
        Assert.Equal(250, books.Balance(Account.Corrections));
        Assert.Equal(1, books.Store.Number(
            "SELECT COUNT(*) FROM settlement_window WHERE settle_date = '2026-03-03' AND chargebacks_minor = -3000 "
            + "AND chargebacks_count = 1 AND adjustments_minor = 250 AND adjustments_count = 1 AND sales_count = 0"));
        Assert.Equal(closed, books.Closed("2026-03-02"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Enter_TheSameReference_PostsOnceAndRefusesAnotherUnderIt(string kind)
    {
        using var books = new OpenBooks(kind);
        var first = books.Adjustments.Enter(Chargeback);
        var again = books.Adjustments.Enter(Chargeback);
        var other = books.Adjustments.Enter(Chargeback with { AmountMinor = -4_000 });

        Assert.Equal(first, again);
        Assert.Equal("reference 'case-17' is taken by another adjustment", other.Refusal);
        Assert.Equal(3_000, books.Balance(Account.MerchantPayable));
        Assert.Equal(-3_000, books.Balance(Account.SchemeReceivable));
    }

    [Fact]
    public void Enter_BeforeTheDayIsClosed_SettlesToday()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.GoTo("2026-03-05");
        Assert.Equal("2026-03-05", books.Adjustments.Enter(Chargeback).SettleDate);
    }

    [Fact]
    public void Enter_Fault_IsRefusedAndPostsNothing()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        (Adjustment Bad, string Refusal)[] rows =
        [
            (Chargeback with { AmountMinor = 0 }, "the amount is 0 or beyond 10^15 minor units"),
            (Chargeback with { AmountMinor = -1_000_000_000_000_001 }, "the amount is 0 or beyond 10^15 minor units"),
            (Chargeback with { AmountMinor = 5 }, "a chargeback takes money: its amount is negative"),
            (Chargeback with { Kind = AdjustmentKind.ChargebackWon },
                "a chargeback won gives money: its amount is positive"),
            (Chargeback with { Kind = (AdjustmentKind)9 },
                "the kind is none of correction, chargeback and chargeback won"),
            (Chargeback with { Currency = "EUX" }, "'EUX' is not a currency of ISO 4217"),
            (Chargeback with { Acquirer = "delta" }, "'delta' is no acquirer of the terms"),
            (Chargeback with { MerchantId = "NOBODY" }, "nothing is known of merchant 'NOBODY'"),
            (Chargeback with { Reason = " " }, "a reason is needed"),
            (Chargeback with { EnteredBy = new string('x', 65) }, "the name is longer than 64 characters"),
            (Chargeback with { Reference = "a\nb" }, "the reference has control characters"),
        ];
        foreach (var (bad, refusal) in rows) Assert.Equal(refusal, books.Adjustments.Enter(bad).Refusal);
        Assert.Equal(0, books.Store.Number("SELECT COUNT(*) FROM entry"));
    }
}
