using Google.Protobuf;
using Switch.Chaos.Checking;
using Switch.Chaos.Programs;
using Switch.Contracts.V1;

namespace Switch.Chaos.Terminals;

/// <summary>What a terminal does around its payment.</summary>
internal enum Story
{
    /// <summary>Asks until it has a final answer.</summary>
    Plain,

    /// <summary>Asks again later.</summary>
    AsksAgain,

    /// <summary>Takes an approval back.</summary>
    Reverses,

    /// <summary>Takes an approval back, and asks again what became of it.</summary>
    ReversesAndAsksAgain,

    /// <summary>Breaks off before it has an answer, and reverses.</summary>
    ReversesUnanswered,

    /// <summary>Reverses first, because messages overtook each other; then the authorization arrives.</summary>
    ReversesFirst,

    /// <summary>Asks two instances at once.</summary>
    AsksTwice,
}

/// <summary>One payment in the making: what is asked, and a record of every call.</summary>
internal sealed class Payment
{
    private static readonly (string Pan, string Name)[] Cards =
        [("4111111111111111", "visa"), ("5555555555554444", "mastercard"), ("378282246310005", "amex")];

    // 9F26 cryptogram, 9F37 unpredictable number, 9A transaction date.
    private static readonly ByteString EmvData =
        ByteString.CopyFrom(Convert.FromHexString("9F26088E19ED4BCA5C67019F37045D2B9A119A03261123"));

    private readonly Lock _gate = new();
    private readonly List<Call> _calls = [];

    private Payment(AuthorizeRequest request, Story story)
    {
        Request = request;
        Story = story;
    }

    public AuthorizeRequest Request { get; }

    public Story Story { get; }

    public ReverseRequest Reversal => new()
    {
        MerchantId = Request.MerchantId,
        TerminalId = Request.TerminalId,
        OriginalIdempotencyKey = Request.IdempotencyKey,
        Reason = ReversalReason.Cancelled,
    };

    /// <summary>Makes one.</summary>
    /// <param name="counter">Number of the place at the counter.</param>
    /// <param name="number">Of the payment in this run, from 1; makes its amount unique.</param>
    /// <param name="random">The terminal's.</param>
    /// <param name="wall">For the terminal's clock.</param>
    public static Payment Make(int counter, int number, Random random, DateTimeOffset wall)
    {
        var (merchant, terminal) = SharedFiles.Counter(counter);
        var draw = random.Next(100);
        var request = new AuthorizeRequest
        {
            IdempotencyKey = FormattableString.Invariant($"{terminal}-{number}"),
            MerchantId = merchant,
            TerminalId = terminal,
            Stan = 1 + (number % 999_999),
            LocalDateTime = new LocalDateTime
            {
                Year = wall.Year,
                Month = wall.Month,
                Day = wall.Day,
                Hour = wall.Hour,
                Minute = wall.Minute,
                Second = wall.Second,
            },
            Amount = new Money
            {
                AmountMinor = ((long)number * AcquirerScenario.Modulus) + AcquirerScenario.Draw(random.Next(1000)),
                Currency = random.Next(4) == 0 ? "USD" : "EUR",
            },
            Kind = draw switch
            {
                < 5 => TransactionKind.Refund,
                < 20 => TransactionKind.PreAuthorization,
                _ => TransactionKind.Purchase,
            },
            EntryMode = EntryMode.Chip,
            PaymentMethod = new PaymentMethod
            {
                Card = new Card
                {
                    Pan = Cards[random.Next(Cards.Length)].Pan,
                    ExpiryMonth = 12,
                    ExpiryYear = wall.Year + 3,
                    EmvData = EmvData,
                    SequenceNumber = 1,
                },
            },
            Capabilities = new TerminalCapabilities { PartialApproval = random.Next(2) == 0 },
        };
        return new Payment(request, DrawStory(random.Next(100)));
    }

    public void Add(Call call)
    {
        lock (_gate) _calls.Add(call);
    }

    /// <summary>As the checker takes it.</summary>
    public PaymentRecord ToRecord()
    {
        lock (_gate)
        {
            return new PaymentRecord
            {
                Key = new PaymentKey(Request.MerchantId, Request.TerminalId, Request.IdempotencyKey),
                AmountMinor = Request.Amount.AmountMinor,
                Currency = Request.Amount.Currency,
                IsLostByAcquirers = AcquirerScenario.Loses(Request.Amount.AmountMinor),
                Story = Story.ToString(),
                Calls = [.. _calls.OrderBy(static call => call.Start)],
            };
        }
    }

    private static Story DrawStory(int draw) => draw switch
    {
        < 10 => Story.AsksAgain,
        < 16 => Story.Reverses,
        < 19 => Story.ReversesAndAsksAgain,
        < 23 => Story.ReversesUnanswered,
        < 25 => Story.ReversesFirst,
        < 29 => Story.AsksTwice,
        _ => Story.Plain,
    };
}
