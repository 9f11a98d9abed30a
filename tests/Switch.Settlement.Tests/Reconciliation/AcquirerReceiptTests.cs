using Switch.Settlement.Books;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>Which debt an acquirer's money settles, whatever comes late, early or in another sum.</summary>
public sealed class AcquirerReceiptTests
{
    private const string Monday = "alpha|EUR|2026-03-02";
    private const string Tuesday = "alpha|EUR|2026-03-03";

    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipts_TwoThatDifferInOneStatement_AreForADebtEach(string kind)
    {
        using var desk = TwoDays(kind, 20_000);
        var next = desk.OwedOf("2026-03-03");

        desk.Camt("a.xml", BankDesk.Alpha(next - 1, "R1"), BankDesk.Alpha(desk.Owed + 1, "R2"));

        Assert.Equal([(Monday, desk.Owed + 1), (Tuesday, next - 1)], Differing(desk));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipts_TwoThatDifferInTwoStatements_AreForADebtEach(string kind)
    {
        using var desk = TwoDays(kind, 10_000);
        desk.Camt("a.xml", BankDesk.Alpha(desk.Owed - 1, "R1"));
        desk.Books.GoTo("2026-03-06");

        desk.Camt("b.xml", BankDesk.Alpha(desk.Owed - 2, "R2", "2026-03-06"));

        Assert.Equal([(Monday, desk.Owed - 1), (Tuesday, desk.Owed - 2)], Differing(desk));
        // What a person has looked at is answered all the same: the third is for neither.
        foreach (var one in desk.Exceptions.Open()) Assert.Null(desk.Exceptions.Resolve(one.Id, "anna", "claimed"));
        desk.Books.GoTo("2026-03-07");
        var third = desk.Camt("c.xml", BankDesk.Alpha(desk.Owed - 3, "R3", "2026-03-07"));
        Assert.Equal(1, third.Counts[MatchOutcome.MissingOnOurs]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipts_OneThatFitsAfterOneThatDiffers_HasItsDebt(string kind)
    {
        using var desk = TwoDays(kind, 20_000);
        var next = desk.OwedOf("2026-03-03");

        var result = desk.Camt("a.xml", BankDesk.Alpha(next - 1, "R1"), BankDesk.Alpha(next, "R2"));

        Assert.Equal(1, result.Counts[MatchOutcome.Matched]);
        Assert.Equal([(Monday, next - 1)], Differing(desk));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_OfADebtThatAStrayPaymentWasTakenFor_IsMatched(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Camt("a.xml", BankDesk.Alpha(500, "R1"));
        Assert.Equal([(Monday, 500L)], Differing(desk));
        desk.Books.GoTo("2026-03-06");

        var result = desk.Camt("b.xml", BankDesk.Alpha(desk.Owed, "R2", "2026-03-06"));

        Assert.Equal(1, result.Counts[MatchOutcome.Matched]);
        // What the first was for, a person still has to say.
        Assert.Equal([(Monday, 500L)], Differing(desk));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_ExplainedLongAfterItWasTakenForAnOlderDebt_LeavesThatDebtMissing(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.GoTo("2026-03-09");
        desk.Books.Sell(20_000, "2026-03-09");
        var next = desk.OwedOf("2026-03-09");
        desk.Camt("a.xml", BankDesk.Alpha(next, "R1", "2026-03-09"));
        Assert.Equal([(Monday, next)], Differing(desk));
        desk.Books.Close("2026-03-09");
        desk.Books.GoTo("2026-04-10");

        // It looks back to the line of the 9th and not to the debt of the 2nd.
        desk.Camt("b.xml", BankDesk.Credit(500, "R2", "NOTPROVIDED", "a stranger", "2026-04-10"));

        Assert.Empty(Differing(desk));
        Assert.Single(desk.Exceptions.Open(), static e =>
            e is { Subject: Monday, Outcome: MatchOutcome.MissingOnTheirs });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_TheOtherWayRound_IsForNoDebt(string kind)
    {
        using var desk = new BankDesk(kind);
        var result = desk.Camt("a.xml", BankDesk.Alpha(-desk.Owed + 1, "R1"));
        Assert.Equal(1, result.Counts[MatchOutcome.MissingOnOurs]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_OfTheSumInAnotherCurrency_Differs(string kind)
    {
        using var desk = new BankDesk(kind);
        var owed = (desk.Owed / 100m).ToString("F2", System.Globalization.CultureInfo.InvariantCulture);

        var result = desk.Csv("a.csv", $"2026-03-05,R1,,{owed},USD,ALPHA ACQUIRING");

        Assert.Equal(1, result.Counts[MatchOutcome.CurrencyDiffers]);
        Assert.Equal(Monday, Assert.Single(desk.Exceptions.Open()).Subject);
    }

    [Theory]
    [InlineData(TestStore.Sqlite, "2026-03-12")]
    [InlineData(TestStore.PostgreSql, "2026-03-12")]
    [InlineData(TestStore.Sqlite, "2026-09-01")]
    [InlineData(TestStore.PostgreSql, "2026-09-01")]
    public void Receipt_LaterThanTolerated_SettlesItsDebt(string kind, string date)
    {
        using var desk = new BankDesk(kind);
        desk.Books.GoTo("2026-03-11");
        desk.Camt("a.xml", BankDesk.Credit(500, "R1", "", "a stranger", "2026-03-11"));
        Assert.Contains(desk.Exceptions.Open(), static e => e.Subject == Monday);
        desk.Books.GoTo(date);

        var result = desk.Camt("b.xml", BankDesk.Alpha(desk.Owed, "R2", date));

        Assert.Equal((1L, 0L, 1L), (result.Counts[MatchOutcome.Timing], result.Opened, result.Settled));
        Assert.DoesNotContain(desk.Exceptions.Open(), static e => e.Subject == Monday);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_LaterThanToleratedAndInAnotherSum_IsForNoDebt(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.GoTo("2026-03-12");
        var result = desk.Camt("a.xml", BankDesk.Alpha(desk.Owed - 1, "R1", "2026-03-12"));
        Assert.Equal(1, result.Counts[MatchOutcome.MissingOnOurs]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_BeforeItsDateIsClosed_IsMatchedWithTheNextStatement(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.Sell(20_000, "2026-03-04");
        var early = desk.OwedOf("2026-03-04");
        var first = desk.Camt("a.xml", desk.Receipt("R1"), BankDesk.Alpha(early, "R2"));
        Assert.Equal(1, first.Counts[MatchOutcome.MissingOnOurs]);
        desk.Books.Close("2026-03-04");
        var bank = desk.AllOf(Account.Bank);
        desk.Books.GoTo("2026-03-06");

        var next = desk.Camt("b.xml", BankDesk.Credit(500, "R3", "", "a stranger", "2026-03-06"));

        Assert.Equal((1L, 1L), (next.Counts[MatchOutcome.Matched], next.Settled));
        Assert.Equal("R3", Assert.Single(desk.Exceptions.Open()).Rrn);
        // It was booked when it came, and is not booked again.
        Assert.Equal((bank, 0L), (desk.AllOf(Account.Bank), desk.AllOf(Account.SchemeReceivable)));
        desk.Books.AssertBalanced();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_TakenForAnOlderDebtBeforeItsDateWasClosed_GivesItBack(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.Sell(20_000, "2026-03-04");
        desk.Camt("a.xml", BankDesk.Alpha(desk.OwedOf("2026-03-04"), "R1"));
        Assert.Equal(Monday, Assert.Single(Differing(desk)).Subject);
        desk.Books.Close("2026-03-04");
        desk.Books.GoTo("2026-03-12");

        var next = desk.Camt("b.xml", BankDesk.Credit(500, "R3", "", "a stranger", "2026-03-12"));

        Assert.Equal((1L, 1L), (next.Counts[MatchOutcome.Matched], next.Settled));
        Assert.Empty(Differing(desk));
        // Nothing came for the older one after all, and that is said.
        Assert.Contains(
            desk.Exceptions.Open(), static e => e.Subject == Monday && e.Outcome == MatchOutcome.MissingOnTheirs);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_TakenForAWrongDebtByALaterStatement_IsComparedAgain(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.Sell(9_000, "2026-03-03");
        desk.Books.Sell(20_000, "2026-03-04");
        var (first, second) = (desk.OwedOf("2026-03-03"), desk.OwedOf("2026-03-04"));
        // Paid the same day, closed later.
        desk.Camt("a.xml", desk.Receipt("R1"), BankDesk.Alpha(second, "R2"));
        desk.Books.Close("2026-03-03");
        desk.Camt("b.xml", BankDesk.Credit(500, "R3", "", "a stranger", "2026-03-05"));
        Assert.Equal([(Tuesday, second)], Differing(desk));
        var differing = desk.Exceptions.Open().Single(static e => e.Outcome == MatchOutcome.AmountDiffers);
        Assert.Equal("a.xml", differing.File);
        Assert.True(differing.Line > 0);
        desk.Books.Close("2026-03-04");
        desk.Books.GoTo("2026-03-13");

        var third = desk.Camt("c.xml", BankDesk.Alpha(first, "R4", "2026-03-13"));

        Assert.Equal((1L, 1L, 1L), (
            third.Counts[MatchOutcome.Matched], third.Counts[MatchOutcome.Timing], third.Settled));
        Assert.Equal("R3", Assert.Single(desk.Exceptions.Open(), static e => e.Rrn.Length > 0).Rrn);
        Assert.Equal(0, desk.AllOf(Account.SchemeReceivable));
        desk.Books.AssertBalanced();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Receipt_InAnotherCurrencyThatWasForALaterDate_GivesTheDebtBack(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Books.Sell(10_000, "2026-03-03", currency: "USD");
        Assert.Equal(desk.Owed, desk.OwedOf("2026-03-03"));
        var usd = (desk.Owed / 100m).ToString("F2", System.Globalization.CultureInfo.InvariantCulture);
        desk.Csv("a.csv", $"2026-03-05,R1,,{usd},USD,ALPHA ACQUIRING");
        Assert.Equal(MatchOutcome.CurrencyDiffers, Assert.Single(desk.Exceptions.Open()).Outcome);
        desk.Books.Close("2026-03-03");

        var next = desk.Camt("b.xml", desk.Receipt("R2"));

        Assert.Equal((2L, 1L), (next.Counts[MatchOutcome.Matched], next.Settled));
        Assert.Empty(desk.Exceptions.Open());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Return_ShownBeforeItsPayment_IsBookedWithIt(string kind)
    {
        using var desk = new BankDesk(kind);
        Assert.Equal(1, desk.Camt("a.xml", desk.Returned("R2")).Counts[MatchOutcome.MissingOnOurs]);

        var next = desk.Camt("b.xml", desk.Paid("R1"));

        Assert.Equal((1L, 1L), (next.Counts[MatchOutcome.Returned], next.Settled));
        Assert.Equal((0L, 0L), (desk.AllOf(Account.Bank), desk.AllOf(Account.PayoutPayable)));
        Assert.Equal(MatchOutcome.Returned, Assert.Single(desk.Exceptions.Open()).Outcome);
        desk.Books.AssertBalanced();
    }

    private static BankDesk TwoDays(string kind, long second)
    {
        var desk = new BankDesk(kind);
        desk.Books.Sell(second, "2026-03-03");
        desk.Books.Close("2026-03-03");
        return desk;
    }

    private static IEnumerable<(string Subject, long Minor)> Differing(BankDesk desk) => desk.Exceptions.Open()
        .Where(static e => e.Outcome == MatchOutcome.AmountDiffers)
        .Select(static e => (e.Subject, e.TheirsMinor)).Order();
}
