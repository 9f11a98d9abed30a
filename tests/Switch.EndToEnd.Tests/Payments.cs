using Google.Protobuf;
using Switch.Contracts.V1;

namespace Switch.EndToEnd.Tests;

/// <summary>Requests as a terminal of samples/merchants.yaml would send them.</summary>
internal static class Payments
{
    public const string Visa = "4111111111111111";
    public const string Amex = "378282246310005";

    /// <summary>A valid contact chip purchase with a new idempotency key.</summary>
    public static AuthorizeRequest Purchase(long amountMinor = 1290, string? key = null) => new()
    {
        IdempotencyKey = key ?? $"test-{Guid.NewGuid():N}",
        MerchantId = "BAKERY-BERLIN",
        TerminalId = "BK000001",
        Stan = 101,
        LocalDateTime = new LocalDateTime { Year = 2026, Month = 11, Day = 23, Hour = 8, Minute = 14, Second = 9 },
        Amount = new Money { AmountMinor = amountMinor, Currency = "EUR" },
        Kind = TransactionKind.Purchase,
        EntryMode = EntryMode.Chip,
        PaymentMethod = new PaymentMethod { Card = ChipCard() },
        Capabilities = new TerminalCapabilities { PinEntry = true },
        BatchNumber = 12,
    };

    public static Card ChipCard(string pan = Visa) => new()
    {
        Pan = pan,
        ExpiryMonth = 12,
        ExpiryYear = 2030,
        // 9F26 cryptogram, 9F37 unpredictable number, 9A transaction date.
        EmvData = ByteString.CopyFrom(Convert.FromHexString("9F26088E19ED4BCA5C67019F37045D2B9A119A03261123")),
        SequenceNumber = 1,
    };

    public static TransactionKey KeyOf(AuthorizeRequest request) => new()
    {
        MerchantId = request.MerchantId,
        TerminalId = request.TerminalId,
        IdempotencyKey = request.IdempotencyKey,
    };

    public static ReverseRequest ReverseOf(AuthorizeRequest request) => new()
    {
        MerchantId = request.MerchantId,
        TerminalId = request.TerminalId,
        OriginalIdempotencyKey = request.IdempotencyKey,
        Reason = ReversalReason.Cancelled,
    };
}
