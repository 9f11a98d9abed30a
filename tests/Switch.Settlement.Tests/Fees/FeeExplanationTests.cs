using Switch.Contracts.V1;
using Switch.Settlement.Fees;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Fees;

public sealed class FeeExplanationTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Load_StoredPayment_ExplainsItAsItWasBooked(string kind)
    {
        using var books = new OpenBooks(kind);
        var sale = books.Sell(315, "2026-03-02", "WEBSHOP-EU");
        var refund = books.Refund(10_000, "2026-03-02");
        books.Reverse(sale);
        await using var connection = books.Store.Database.OpenConnection();

        var ofSale = await FeeExplanation.LoadAsync(connection, sale.TransactionId);
        var ofRefund = await FeeExplanation.LoadAsync(connection, refund.TransactionId);

        // 29.41 of 315: VAT is of the 29 that are posted; 31.5 of the reserve goes to the even 32.
        Assert.Equal(
            [("merchant fee", 315L, 29.41m, 29L), ("VAT", 29, 5.51m, 6), ("interchange", 315, 0.945m, 1),
                ("scheme fee", 315, 0.89175m, 1), ("reserve", 315, 31.5m, 32)],
            ofSale.Select(l => (l.What, l.BasisMinor, l.Exact, l.PostedMinor)));
        Assert.All(ofSale, l => Assert.Equal(l.Exact, l.PostedMinor + (l.RemainderMicro / 1_000_000m)));
        Assert.Equal(
            [("merchant fee", 10m), ("VAT", 1.9m), ("interchange", -30m), ("scheme fee", 1m)],
            ofRefund.Select(l => (l.What, l.Exact)));
        Assert.Empty(await FeeExplanation.LoadAsync(connection, new string('f', 32)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task LoadReversal_OfAReversedPayment_SaysWhereItSettles(string kind)
    {
        using var books = new OpenBooks(kind);
        var (kept, queued, cancelled) =
            (books.Sell(315, "2026-03-02"), books.Sell(316, "2026-03-02"), books.Sell(317, "2026-03-02"));
        books.Close("2026-03-02");
        books.Refund(315, "2026-03-02");
        books.Send(queued.Later(TransactionEventType.ReversalQueued));
        // Nobody saw it queued: all is taken back at once.
        books.Send(cancelled.Later(TransactionEventType.ReversalAcknowledged));
        await using var connection = books.Store.Database.OpenConnection();

        Assert.Null(await FeeExplanation.LoadReversalAsync(connection, kept.TransactionId));
        Assert.Equal("2026-03-03", await FeeExplanation.LoadReversalAsync(connection, queued.TransactionId));
        Assert.Equal("2026-03-03", await FeeExplanation.LoadReversalAsync(connection, cancelled.TransactionId));
        Assert.Null(await FeeExplanation.LoadReversalAsync(connection, new string('f', 32)));
    }

    [Theory]
    [InlineData("JPY", "merchant fee: 1.2 % + 12 JPY, of 1290 JPY: 27.48 is posted as 27 JPY, remainder 0.48")]
    [InlineData(
        "KWD",
        "merchant fee: 1.2 % alone: the currency is not listed, of 1.290 KWD: 0.01548 is posted as 0.015 KWD, "
        + "remainder 0.00048")]
    public async Task Load_OfAnyCurrency_SpeaksInItsMajorUnit(string currency, string expected)
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        var sale = books.Sell(1290, "2026-03-02", currency: currency);
        await using var connection = books.Store.Database.OpenConnection();
        var fee = (await FeeExplanation.LoadAsync(connection, sale.TransactionId))[0];
        Assert.Equal(expected, fee.ToString());
    }

    [Fact]
    public async Task Load_Decline_HasNothingToExplain()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        var declined = books.Unique(Approvals.Purchase(1_000));
        declined.Outcome = Outcome.Declined;
        declined.ApprovedAmount = null;
        books.Send(declined);
        await using var connection = books.Store.Database.OpenConnection();
        Assert.Empty(await FeeExplanation.LoadAsync(connection, declined.TransactionId));
    }
}
