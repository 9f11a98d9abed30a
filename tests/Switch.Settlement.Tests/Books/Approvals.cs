using Switch.Contracts.V1;

namespace Switch.Settlement.Tests.Books;

/// <summary>Events of approvals, as the switch would send them.</summary>
internal static class Approvals
{
    public static TransactionEvent Purchase(
        long amountMinor,
        string merchant = "BAKERY-BERLIN",
        string currency = "EUR",
        string date = "2026-03-02") => new()
    {
        EventId = "00112233445566778899aabbccddeeff.authorized",
        TransactionId = "00112233445566778899aabbccddeeff",
        RootTransactionId = "00112233445566778899aabbccddeeff",
        Type = TransactionEventType.Authorized,
        Sequence = 2,
        Kind = TransactionKind.Purchase,
        Outcome = Outcome.Approved,
        EntryMode = EntryMode.Chip,
        MerchantId = merchant,
        Acquirer = "alpha",
        BusinessDate = date,
        Scheme = "visa",
        Funding = "credit",
        IssuerCountry = "DE",
        RequestedAmount = new Money { AmountMinor = amountMinor, Currency = currency },
        ApprovedAmount = new Money { AmountMinor = amountMinor, Currency = currency },
    };

    public static TransactionEvent Refund(long amountMinor, string merchant = "BAKERY-BERLIN")
    {
        var e = Purchase(amountMinor, merchant);
        e.Kind = TransactionKind.Refund;
        return e;
    }

    public static TransactionEvent Later(this TransactionEvent approval, TransactionEventType type)
    {
        var e = approval.Clone();
        e.Type = type;
        e.EventId = $"{approval.TransactionId}.{type}";
        e.Outcome = Outcome.Unspecified;
        e.ApprovedAmount = null;
        return e;
    }
}
