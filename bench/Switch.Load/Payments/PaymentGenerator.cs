using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;

namespace Switch.Load.Payments;

/// <summary>
/// Contactless purchases from a seed: card, terminal and amount of payment n are the same in every run with that seed,
/// and its key is of this run alone. Amounts end in 20 to 49, which no scenario under samples/ takes for a sign, or in
/// 51, which those decline.
/// </summary>
internal sealed class PaymentGenerator
{
    private const int PanDigits = 16;
    private const int AmountMax = 200;
    private const int DeclinedEnding = 51;
    private const int EndingMin = 20;
    private const int Endings = 30;

    private static readonly string[] Prefixes = ["411111", "400005", "555555", "520082"];

    // What a contactless card gives, sample 02: cryptogram, counters, verification results; 119 bytes.
    private static readonly ByteString EmvData = ByteString.FromBase64(
        "nyYIPXoQwuX5i0SfJwGAnxAHBgEKA6C4Ap83BMAad+SfNgIAt5UFAAAAgACaAyYRI5wBAJ8CBgAAAABHNV8qAgl4"
        + "ggI5AJ8aAgJQnwMGAAAAAAAAnzMD4PjInzQDHwAAnzUBIoQHoAAAAAQQEF80AQE=");

    private readonly long _seed;
    private readonly string _run;
    private readonly TerminalOfMerchant[] _terminals;
    private readonly double _declinePercent;
    private readonly LocalDateTime _local;
    private readonly int _expiryYear;

    /// <summary>Makes one.</summary>
    /// <param name="seed">Of cards, terminals and amounts.</param>
    /// <param name="run">Of the keys, 9 characters, so that a second run sends new payments.</param>
    /// <param name="terminals">Who pays.</param>
    /// <param name="declinePercent">How many of a hundred end in 51.</param>
    /// <param name="wall">The terminals' clock: one time for all payments.</param>
    public PaymentGenerator(
        long seed, string run, TerminalOfMerchant[] terminals, double declinePercent, DateTimeOffset wall)
    {
        _seed = seed;
        _run = run;
        _terminals = terminals;
        _declinePercent = declinePercent;
        _expiryYear = wall.Year + 2;
        _local = new LocalDateTime
        {
            Year = wall.Year,
            Month = wall.Month,
            Day = wall.Day,
            Hour = wall.Hour,
            Minute = wall.Minute,
            Second = wall.Second,
        };
    }

    /// <summary>A name for the keys of a run that begins now.</summary>
    public static string NameOfRun(DateTimeOffset now) =>
        (now.ToUnixTimeMilliseconds() & 0xFFF_FFFF_FF).ToString("x9", CultureInfo.InvariantCulture);

    /// <summary>The wish to take back payment <paramref name="number"/>.</summary>
    public ReverseRequest Reversal(long number)
    {
        var draws = new Draws(_seed, number);
        var terminal = _terminals[draws.Below(_terminals.Length)];
        return new ReverseRequest
        {
            MerchantId = terminal.Merchant,
            TerminalId = terminal.Terminal,
            OriginalIdempotencyKey = Key(number),
            Reason = ReversalReason.Cancelled,
        };
    }

    /// <summary>A message for <see cref="Fill"/>, to be used again once its answer is there.</summary>
    public AuthorizeRequest NewRequest() => new()
    {
        Amount = new Money { Currency = "EUR" },
        Kind = TransactionKind.Purchase,
        EntryMode = EntryMode.Contactless,
        LocalDateTime = _local,
        PaymentMethod = new PaymentMethod
        {
            Card = new Card { ExpiryMonth = 12, ExpiryYear = _expiryYear, EmvData = EmvData, SequenceNumber = 1 },
        },
    };

    /// <summary>Makes the message payment <paramref name="number"/>.</summary>
    public void Fill(AuthorizeRequest request, long number)
    {
        var draws = new Draws(_seed, number);
        var terminal = _terminals[draws.Below(_terminals.Length)];
        request.IdempotencyKey = Key(number);
        request.MerchantId = terminal.Merchant;
        request.TerminalId = terminal.Terminal;
        request.Stan = (int)(number % 999_999) + 1;
        request.Amount.AmountMinor = Amount(ref draws);
        request.PaymentMethod.Card.Pan = Pan(ref draws);
    }

    private string Key(long number) => string.Create(CultureInfo.InvariantCulture, $"L{_run}-{number:D10}");

    private long Amount(ref Draws draws)
    {
        var whole = 100L * (1 + draws.Below(AmountMax));
        return whole + (draws.Percent(_declinePercent) ? DeclinedEnding : EndingMin + draws.Below(Endings));
    }

    private static string Pan(ref Draws draws)
    {
        Span<char> digits = stackalloc char[PanDigits];
        Prefixes[draws.Below(Prefixes.Length)].CopyTo(digits);
        for (var i = 6; i < PanDigits - 1; i++) digits[i] = (char)('0' + draws.Below(10));
        digits[^1] = CheckDigit(digits[..^1]);
        return new string(digits);
    }

    // Luhn, from the right: every second digit doubled, beginning with the last before the check digit.
    private static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 0) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return (char)('0' + ((10 - (sum % 10)) % 10));
    }
}
