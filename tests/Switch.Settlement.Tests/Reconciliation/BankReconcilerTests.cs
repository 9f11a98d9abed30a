using System.Globalization;
using Switch.Settlement.Books;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Reconciliation;

public sealed class BankReconcilerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-bank-").FullName;

    public static TheoryData<string> Kinds => TestStore.Kinds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_ReceiptAndPayout_AreBookedAndTheBooksStayBalanced(string kind)
    {
        using var books = new OpenBooks(kind);
        var (owed, payout) = Close(books);
        books.GoTo("2026-03-05");

        var result = Run(books, "a.xml", Receipt(owed, "R1"), Payout(payout.Id, payout.AmountMinor, "R2"));

        Assert.Empty(result.Faults);
        Assert.Equal(2, result.Counts[MatchOutcome.Matched]);
        Assert.Equal(0, result.Opened);
        books.AssertBalanced();
        Assert.Equal(0, books.Balance(Account.PayoutPayable));
        Assert.Equal(0, AllOf(books, Account.SchemeReceivable));
        Assert.Equal(owed - payout.AmountMinor, AllOf(books, Account.Bank));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_TheSameMovementsInAnotherFile_AreDuplicatesAndBookNothing(string kind)
    {
        using var books = new OpenBooks(kind);
        var (owed, payout) = Close(books);
        books.GoTo("2026-03-05");
        Run(books, "a.xml", Receipt(owed, "R1"), Payout(payout.Id, payout.AmountMinor, "R2"));
        var bank = AllOf(books, Account.Bank);

        var again = Run(books, "b.xml", Receipt(owed, "R1"), Payout(payout.Id, payout.AmountMinor, "R9"));

        // The first has the same reference, the second pays a payout that is paid.
        Assert.Equal(2, again.Counts[MatchOutcome.Duplicate]);
        Assert.Equal(bank, AllOf(books, Account.Bank));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_WhatDiffers_IsAnException(string kind)
    {
        using var books = new OpenBooks(kind);
        var (owed, payout) = Close(books);
        books.GoTo("2026-03-05");

        var result = Run(books, "a.xml",
            Receipt(owed - 1, "R1"), Payout(payout.Id, payout.AmountMinor + 1, "R2"),
            Camt.Entry("08", 5m, "EUR", "R3", Camt.Transaction("", null, "EUR", "a stranger")));

        Assert.Equal(2, result.Counts[MatchOutcome.AmountDiffers]);
        Assert.Equal(1, result.Counts[MatchOutcome.MissingOnOurs]);
        Assert.Equal(3, result.Opened);
        // The acquirer's money is there; nobody has said what the other two are.
        Assert.Equal(owed - 1, AllOf(books, Account.Bank));
        Assert.Equal(1, AllOf(books, Account.SchemeReceivable));
        books.AssertBalanced();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_NothingCameInTime_IsMissingOnceAndSettledWhenItComes(string kind)
    {
        using var books = new OpenBooks(kind);
        var (_, payout) = Close(books);
        books.GoTo("2026-03-12");
        var other = Camt.Entry("08", 5m, "EUR", "R3",
            Camt.Transaction("", null, "EUR", "a stranger"), date: "2026-03-12");

        var first = Run(books, "a.xml", other);
        Assert.Equal(2, first.Counts[MatchOutcome.MissingOnTheirs]);
        var second = Run(books, "b.xml", other.Replace("R3", "R4", StringComparison.Ordinal));
        Assert.False(second.Counts.ContainsKey(MatchOutcome.MissingOnTheirs));
        var third = Run(books, "c.xml", Payout(payout.Id, payout.AmountMinor, "R5"));

        Assert.Equal(1, third.Settled);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_TheSameFileAgain_IsRefused(string kind)
    {
        using var books = new OpenBooks(kind);
        var (owed, _) = Close(books);
        books.GoTo("2026-03-05");
        Run(books, "a.xml", Receipt(owed, "R1"));
        File.Copy(Path.Combine(_folder, "a.xml"), Path.Combine(_folder, "b.xml"));

        var again = new BankReconciler(books.Store.Database, books.Terms, books.Day)
            .Run(Path.Combine(_folder, "b.xml"));

        Assert.Contains("imported already", Assert.Single(again.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Matcher_SeveralDaysInOneReceipt_SettlesThemAll()
    {
        var day = new DateOnly(2026, 3, 2);
        ExpectedReceipt[] due =
        [
            new("alpha", "EUR", day, 100), new("alpha", "EUR", day.AddDays(1), 200),
            new("alpha", "EUR", day.AddDays(2), -50),
            new("beta", "EUR", day, 250),
        ];
        var matcher = new BankMatcher(
            new BankExpectation([], [], new HashSet<string>(), due), [new ReceiptRule("alpha", "alpha acq")],
            new MatchTerms { TimingDays = 7 });
        var line = new BankLine(1, "R", "", "", "EUR", 250, day.AddDays(3), "from ALPHA ACQUIRING");

        var finding = Assert.Single(matcher.Match([line], [false]));

        Assert.Equal(MatchOutcome.Matched, finding.Outcome);
        Assert.Equal(due[..3], finding.Receipts);
    }

    [Fact]
    public void Matcher_BatchBookedAsOne_PaysEveryPayoutOfIt()
    {
        var day = new DateOnly(2026, 3, 3);
        ExpectedPayout[] due = [new("P1", "M1", "EUR", 100, day, "B1"), new("P2", "M2", "EUR", 50, day, "B1")];
        var matcher = new BankMatcher(
            new BankExpectation(due, [], new HashSet<string>(), []), [], new MatchTerms { TimingDays = 7 });

        var finding = Assert.Single(matcher.Match([new BankLine(1, "R", "", "B1", "EUR", -150, day, "")], [false]));

        Assert.Equal(MatchOutcome.Matched, finding.Outcome);
        Assert.Equal(due, finding.Payouts);
    }

    private static (long Owed, Settlement.Days.Payout Payout) Close(OpenBooks books)
    {
        books.Sell(10_000, "2026-03-02");
        var payout = OpenBooks.PayoutOf(books.Close("2026-03-02"));
        return (AllOf(books, Account.SchemeReceivable), payout);
    }

    private ReconciliationResult Run(OpenBooks books, string name, params string[] entries)
    {
        var path = Path.Combine(_folder, name);
        var sum = 0m;
        foreach (var entry in entries)
        {
            var amount = decimal.Parse(entry.Split('>')[2].Split('<')[0], CultureInfo.InvariantCulture);
            sum += entry.Contains("DBIT", StringComparison.Ordinal) ? -amount : amount;
        }

        File.WriteAllBytes(path, Camt.Statement("08", 1_000m, 1_000m + sum, "EUR", entries));
        return new BankReconciler(books.Store.Database, books.Terms, books.Day).Run(path);
    }

    private static string Receipt(long minor, string reference) => Camt.Entry(
        "08", minor / 100m, "EUR", reference, Camt.Transaction("NOTPROVIDED", null, "EUR", "ALPHA ACQUIRING 1"));

    private static string Payout(string id, long minor, string reference) =>
        Camt.Entry("08", -minor / 100m, "EUR", reference, Camt.Transaction(id, null, "EUR"));

    private static long AllOf(OpenBooks books, Account account) => books.Store.Number(
        "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM balance WHERE account = @account",
        new { account = (int)account });
}
