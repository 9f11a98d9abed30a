using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>What a terminal does about a payment besides retrying until it knows.</summary>
internal enum Habit
{
    /// <summary>Nothing.</summary>
    Pays,

    /// <summary>It takes the payment back once it has its answer.</summary>
    ReversesAfter,

    /// <summary>It takes the payment back while that is on its way.</summary>
    ReversesDuring,

    /// <summary>The reversal comes first.</summary>
    ReversesBefore,

    /// <summary>It asks twice at once.</summary>
    AsksTwice,
}

/// <summary>One payment as its terminal sees it: what it asked for and everything it was told.</summary>
internal sealed class Payment(int number, Habit habit)
{
    public Habit Habit => habit;

    public string Key { get; } = string.Create(CultureInfo.InvariantCulture, $"pay-{number}");

    public string TransactionId { get; set; } = "";

    public string Rrn { get; set; } = "";

    public bool AcceptsPartial => number % 2 == 0;

    /// <summary>Final answers, in the order in which they came.</summary>
    public List<AuthorizeResponse> Answers { get; } = [];

    /// <summary>What was said to reversals that were accepted.</summary>
    public List<ReversalState> Reversals { get; } = [];

    /// <summary>How many of its errands the terminal has still to end.</summary>
    public int Errands { get; set; }

    public int Calls { get; set; }

    public AuthorizeRequest ToRequest() => new()
    {
        IdempotencyKey = Key,
        MerchantId = "SHOP",
        TerminalId = "T0000001",
        Stan = number,
        LocalDateTime = new LocalDateTime { Year = 2026, Month = 11, Day = 24, Hour = 9, Minute = 14, Second = 9 },
        Amount = new Contracts.V1.Money { AmountMinor = 1000 + number, Currency = "EUR" },
        Kind = TransactionKind.Purchase,
        EntryMode = EntryMode.Chip,
        Capabilities = new TerminalCapabilities { PartialApproval = AcceptsPartial },
        PaymentMethod = new PaymentMethod
        {
            Card = new Card
            {
                Pan = "4111111111111111",
                ExpiryMonth = 12,
                ExpiryYear = 2030,
                EmvData = ByteString.CopyFrom(0x9A, 0x03, 0x26, 0x11, 0x23),
            },
        },
    };

    public ReverseRequest ToReversal() => new()
    {
        OriginalIdempotencyKey = Key,
        MerchantId = "SHOP",
        TerminalId = "T0000001",
        Reason = ReversalReason.Cancelled,
    };
}
