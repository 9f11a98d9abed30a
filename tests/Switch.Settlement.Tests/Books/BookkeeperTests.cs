using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Fees;

namespace Switch.Settlement.Tests;

public sealed class BookkeeperTests
{
    [Fact]
    public void Book_ApprovedPurchase_OwesTheMerchantWhatTheSchemeOwes()
    {
        var booking = new Bookkeeper(FeeSchedule.Free).Book(PaymentStage.None, [], Authorized());

        Assert.Equal(PaymentStage.Posted, booking.Stage);
        Assert.Equal(0, booking.Lines.Sum(line => line.AmountMinor));
        Assert.Equal(1290, booking.Lines.Single(line => line.Account == Account.SchemeReceivable).AmountMinor);
    }

    private static TransactionEvent Authorized() => new()
    {
        EventId = "00.authorized",
        Type = TransactionEventType.Authorized,
        Kind = TransactionKind.Purchase,
        Outcome = Outcome.Approved,
        ApprovedAmount = new Money { AmountMinor = 1290, Currency = "EUR" },
    };
}
