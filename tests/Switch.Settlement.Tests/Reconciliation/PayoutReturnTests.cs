using Switch.Settlement.Books;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>Payouts that come back, are paid twice, or are never paid.</summary>
public sealed class PayoutReturnTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_PayoutComesBack_IsPayableAgainAndHeldForAPerson(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Camt("a.xml", desk.Paid("R1"));
        var payable = desk.Books.Balance(Account.MerchantPayable);
        desk.Books.GoTo("2026-03-06");

        // The merchant's name holds the text that the acquirer's money is known by.
        var result = desk.Camt("b.xml", desk.Returned("R2", "ALPHA ACQUIRING SHOP", "2026-03-06"));

        Assert.Equal(1, result.Counts[MatchOutcome.Returned]);
        Assert.Equal(1, result.Opened);
        Assert.Equal(desk.Payout.Id, Assert.Single(desk.Exceptions.Open()).Subject);
        Assert.Equal(-desk.Payout.AmountMinor, desk.Books.Balance(Account.MerchantPayable) - payable);
        Assert.Equal(desk.Owed, desk.AllOf(Account.SchemeReceivable));
        Assert.Equal(0, desk.AllOf(Account.Bank));
        desk.Books.AssertBalanced();

        // The next close would send it to the same account: it is held until a person has looked.
        var next = OpenBooks.PayoutOf(desk.Books.Close("2026-03-06"));
        Assert.Equal((0L, desk.Payout.AmountMinor), (next.AmountMinor, next.CarriedMinor));
    }

    [Theory]
    [InlineData(TestStore.Sqlite, "")]
    [InlineData(TestStore.Sqlite, "x")]
    [InlineData(TestStore.PostgreSql, "")]
    [InlineData(TestStore.PostgreSql, "x")]
    public void Bank_ReturnWithALongText_CutsNoCharacterInHalf(string kind, string before)
    {
        using var desk = new BankDesk(kind);
        var text = before + string.Concat(Enumerable.Repeat("\U0001F600", 120));

        var result = desk.Camt("a.xml", desk.Paid("R1"), desk.Returned("R2", text));

        Assert.Equal(1, result.Counts[MatchOutcome.Returned]);
        var reason = Assert.Single(desk.Books.Store.Rows<string>("SELECT reason FROM adjustment"));
        Assert.InRange(reason.Length, 199, 200);
        Assert.EndsWith("\U0001F600", reason, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_PaidAndReturnedInOneStatement_IsBooked(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Camt("a.xml", desk.Returned("R2"), desk.Paid("R1"));
        Assert.Equal(0, desk.AllOf(Account.PayoutPayable));
        Assert.Equal(0, desk.AllOf(Account.Bank));

        var again = desk.Camt("b.xml", desk.Returned("R7"));
        Assert.Equal(1, again.Counts[MatchOutcome.Duplicate]);
        Assert.Equal(0, desk.AllOf(Account.Bank));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_ReturnOfAnotherAmountOrOfNothingPaid_IsAnExceptionAndBooksNothing(string kind)
    {
        using var desk = new BankDesk(kind);
        var unpaid = desk.Camt("a.xml", desk.Returned("R2", "ALPHA ACQUIRING"));
        Assert.Equal(1, unpaid.Counts[MatchOutcome.MissingOnOurs]);
        Assert.Equal(0, desk.AllOf(Account.Bank));
        // A person has seen to it: the payment that comes after all brings no return back.
        desk.Exceptions.Resolve(Assert.Single(desk.Exceptions.Open()).Id, "anna", "the bank took it back");
        desk.Camt("b.xml", desk.Paid("R1"));
        var off = desk.Camt("c.xml", desk.Returned("R3", off: -500));
        Assert.Equal(1, off.Counts[MatchOutcome.AmountDiffers]);
        Assert.Equal(-desk.Payout.AmountMinor, desk.AllOf(Account.Bank));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_PaidTwiceInOneStatement_IsDuplicate(string kind)
    {
        using var desk = new BankDesk(kind);
        var result = desk.Camt("a.xml", desk.Paid("R1"), desk.Paid("R2"));
        Assert.Equal(1, result.Counts[MatchOutcome.Matched]);
        Assert.Equal(1, result.Counts[MatchOutcome.Duplicate]);
        Assert.Equal(-desk.Payout.AmountMinor, desk.AllOf(Account.Bank));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_PayoutNeverPaid_IsMissingHoweverLongAgo(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.GoTo("2026-07-01");
        var other = BankDesk.Credit(500, "R1", "", "a stranger", "2026-07-01");

        var result = desk.Camt("a.xml", other);

        Assert.Contains(
            desk.Exceptions.Open(), e => e.Outcome == MatchOutcome.MissingOnTheirs && e.Subject == desk.Payout.Id);
        Assert.True(result.Counts[MatchOutcome.MissingOnTheirs] >= 1);
        // And when it is paid at last, that settles it.
        Assert.Equal(1, desk.Camt("b.xml", desk.Paid("R2", "2026-07-01")).Settled);
    }
}
