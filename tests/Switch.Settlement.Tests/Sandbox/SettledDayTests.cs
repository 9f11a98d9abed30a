using Switch.Sandbox;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Sandbox;

/// <summary>What the sandbox says of the day that it closed.</summary>
public sealed class SettledDayTests
{
    [Fact]
    public void Read_AClosedDay_CountsWhatStandsAndShowsTheLongestStatement()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Sell(1290, "2026-03-02");
        books.Sell(2500, "2026-03-02");
        books.Sell(700, "2026-03-02", merchant: "WEBSHOP-EU");
        books.Reverse(books.Sell(9900, "2026-03-02"));
        books.Close("2026-03-02");

        var day = Read(books);

        Assert.Equal(3, day.Settled);
        Assert.True(day.Balance.IsBalanced);
        Assert.Empty(day.Exceptions);
        Assert.Equal("BAKERY-BERLIN", day.Statement!.MerchantId);
    }

    [Fact]
    public void Report_OfASettledDay_PrintsStatementLedgerAndDifferences()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        books.Sell(1290, "2026-03-02");
        books.Close("2026-03-02");
        using var output = new StringWriter();

        new Report(output).Settled(Read(books));

        var said = output.ToString();
        foreach (var expected in (string[])
            ["Statement ", "12.90", "Ledger, balanced:", "payout_payable", "1 payments settled", "differ in 0 lines"])
            Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    private static SettledDay Read(OpenBooks books) => SettledDay.Read(
        books.Store.Database, books.Day, new ClosedDayFiles(books.Store.Database, books.Terms),
        BusinessDay.Parse("2026-03-02"));
}
