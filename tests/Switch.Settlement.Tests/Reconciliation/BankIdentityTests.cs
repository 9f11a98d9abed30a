using Switch.Settlement.Books;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>A movement that two statements tell of is one movement.</summary>
public sealed class BankIdentityTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_NoReference_MonthlyStatementAfterTheDaily_BooksNothingAgain(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Camt("day.xml", desk.Receipt(""));
        var bank = desk.AllOf(Account.Bank);

        var month = desk.Camt("month.xml", desk.Receipt(""), BankDesk.Credit(700, "", "", "interest", "2026-03-04"));

        Assert.Empty(month.Faults);
        Assert.Equal(1, month.Counts[MatchOutcome.Duplicate]);
        Assert.Equal(bank, desk.AllOf(Account.Bank));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_NoReference_EqualMovementsOfOneDay_AreTwo(string kind)
    {
        using var desk = new BankDesk(kind);
        var first = desk.Camt("day.xml", desk.Receipt(""), desk.Receipt(""));
        Assert.False(first.Counts.ContainsKey(MatchOutcome.Duplicate));
        Assert.Equal(2 * desk.Owed, desk.AllOf(Account.Bank));

        // A third is new, the first two are not.
        var more = desk.Camt("more.xml", desk.Receipt(""), desk.Receipt(""), desk.Receipt(""));
        Assert.Equal(2, more.Counts[MatchOutcome.Duplicate]);
        Assert.Equal(3 * desk.Owed, desk.AllOf(Account.Bank));
        var last = desk.Camt("last.xml", desk.Receipt(""), desk.Receipt(""), desk.Receipt(""),
            BankDesk.Credit(1, "", "", "x", "2026-03-05"));
        Assert.Equal(3, last.Counts[MatchOutcome.Duplicate]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_TheSameMovementsAsCsvAndCamt_AreDuplicates(string kind)
    {
        using var desk = new BankDesk(kind);
        desk.Camt("day.xml", desk.Receipt("R1"), desk.Paid("R2"));
        var bank = desk.AllOf(Account.Bank);

        var csv = desk.Csv(
            "month.csv",
            FormattableString.Invariant($"2026-03-05,R1,NOTPROVIDED,{desk.Owed / 100m},EUR,ALPHA ACQUIRING"),
            FormattableString.Invariant($"2026-03-05,R2,{desk.Payout.Id},{-desk.Payout.AmountMinor / 100m},EUR,payout"),
            "2026-03-05,R3,,5.00,EUR,a stranger");

        Assert.Empty(csv.Faults);
        Assert.Equal(2, csv.Counts[MatchOutcome.Duplicate]);
        Assert.Equal(1, csv.Counts[MatchOutcome.MissingOnOurs]);
        Assert.Equal(bank, desk.AllOf(Account.Bank));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_MonthlyStatementAfterTheDaily_OpensExceptionsOnlyOfWhatIsNew(string kind)
    {
        using var desk = new BankDesk(kind);
        var stranger = BankDesk.Credit(500, "R3", "", "a stranger", "2026-03-05");
        desk.Camt("day.xml", desk.Receipt("R1"), desk.Paid("R2"), stranger);

        var month = desk.Camt("month.xml", desk.Receipt("R1"), desk.Paid("R2"), stranger,
            BankDesk.Credit(700, "R4", "", "a stranger", "2026-03-05"), desk.Paid("R9"));

        // Three are shown again; the fourth pays a payout again.
        Assert.Equal((4L, 2L), (month.Counts[MatchOutcome.Duplicate], month.Opened));
        Assert.Equal(
            [("R3", MatchOutcome.MissingOnOurs), ("R4", MatchOutcome.MissingOnOurs), ("R9", MatchOutcome.Duplicate)],
            desk.Exceptions.Open().Select(static e => (e.Rrn, e.Outcome)).Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_ReceiptThatDiffers_LeavesTheDebtForTheRightSum(string kind)
    {
        using var desk = new BankDesk(kind);
        var off = desk.Camt("a.xml", BankDesk.Credit(desk.Owed - 1, "R1", "", "ALPHA ACQUIRING", "2026-03-05"));
        Assert.Equal(1, off.Counts[MatchOutcome.AmountDiffers]);
        // What it was meant for is still owed: the right sum settles it.
        var right = desk.Camt("b.xml", desk.Receipt("R2"));
        Assert.Equal(1, right.Counts[MatchOutcome.Matched]);
    }

    [Theory]
    [InlineData(10_000, 5, MatchOutcome.Matched)]
    [InlineData(10_000, -5, MatchOutcome.Matched)]
    [InlineData(10_000, 6, MatchOutcome.AmountDiffers)]
    [InlineData(10_000, -6, MatchOutcome.AmountDiffers)]
    [InlineData(100_000, 10, MatchOutcome.Matched)]
    [InlineData(100_000, 11, MatchOutcome.AmountDiffers)]
    public void Matcher_ReceiptOffByTheTolerance_IsMatched(long owed, long off, object outcome)
    {
        var day = new DateOnly(2026, 3, 2);
        var matcher = new BankMatcher(
            new BankExpectation([], [], new HashSet<string>(), [new("alpha", "EUR", day, owed)]),
            [new ReceiptRule("alpha", "alpha acq")],
            new MatchTerms { Tolerances = new Dictionary<string, Tolerance> { ["EUR"] = new(5, 100) } });
        var line = new BankLine(1, "R", "", "", "EUR", owed + off, day.AddDays(1), "from ALPHA ACQUIRING");

        Assert.Equal(outcome, Assert.Single(matcher.Match([line], [false])).Outcome);
    }
}
