using Google.Protobuf;
using Switch.Contracts.V1;

namespace Switch.Contracts.Tests;

public sealed class CardDiagnosticsTests
{
    private const string CanaryPan = "4111111111111111";

    private static Card CanaryCard() => new()
    {
        Pan = CanaryPan,
        ExpiryMonth = 11,
        ExpiryYear = 2077,
        Track2 = CanaryPan + "=7711201987654321",
        EmvData = ByteString.CopyFrom(0x5A, 0x08, 0x41, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11),
        PinBlock = ByteString.CopyFromUtf8("PINBLOCK"),
        SequenceNumber = 987,
    };

    [Fact]
    public void ToString_OfCard_ShowsNoValue() => AssertHidden(CanaryCard().ToString());

    [Fact]
    public void ToString_OfRequestsThatHoldACard_ShowsNoValue()
    {
        var request = new AuthorizeRequest
        {
            IdempotencyKey = "order-1",
            PaymentMethod = new PaymentMethod { Card = CanaryCard() },
        };
        AssertHidden(request.ToString());
        AssertHidden(new AuthorizeStreamRequest { Request = request }.ToString());
        AssertHidden($"{request.PaymentMethod}");
        Assert.Contains("order-1", request.ToString(), StringComparison.Ordinal);
    }

    private static void AssertHidden(string text)
    {
        string[] secrets =
        [
            CanaryPan, "411111", "1111", "7711", "2077", "201987654321", "WghBEREREREREQ", "UElOQkxPQ0s", "PINBLOCK",
            "987",
        ];
        foreach (var secret in secrets) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }
}
