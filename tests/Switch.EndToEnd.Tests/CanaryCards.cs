using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Makes cards whose every datum occurs nowhere else, one for each flow, so that what leaks names the flow it leaked
/// from. The same seed makes the same cards.
/// </summary>
internal sealed class CanaryCards(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Knows every datum of every card made so far.</summary>
    public CardDataSearch Search { get; } = new();

    /// <summary>A card that nobody has seen; 12 to 19 digits.</summary>
    public CanaryCard Next(string flow, int length = 16, string prefix = "4")
    {
        var pan = WithCheckDigit(prefix + Digits(length - prefix.Length - 1));
        var card = new CanaryCard
        {
            Pan = pan,
            Yymm = $"{31 + _random.Next(60):D2}{1 + _random.Next(12):D2}",
            ServiceCode = "201",
            Discretionary = Digits(CanaryCard.Track2Length - pan.Length - 8),
            PinBlock = Bytes(8),
            Cryptogram = Bytes(8),
            IssuerData = Bytes(18),
        };
        Search.AddCardNumber(flow, pan);
        Search.AddText($"{flow}: discretionary data", card.Discretionary);
        Search.AddText($"{flow}: end of track 2", card.Yymm + card.ServiceCode + card.Discretionary);
        Search.AddText($"{flow}: last four and expiry", $"{pan[^4..]}={card.Yymm}");
        Search.AddBytes($"{flow}: PIN block", card.PinBlock);
        Search.AddBytes($"{flow}: cryptogram", card.Cryptogram);
        Search.AddBytes($"{flow}: issuer application data", card.IssuerData);
        return card;
    }

    /// <summary>Bytes that occur nowhere else, looked for from now on.</summary>
    public ByteString NextPinBlock(string flow)
    {
        var bytes = Bytes(8);
        Search.AddBytes($"{flow}: PIN block", bytes);
        return ByteString.CopyFrom(bytes);
    }

    private static string WithCheckDigit(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            var weighed = i % 2 == 0 ? digit * 2 : digit;
            sum += weighed > 9 ? weighed - 9 : weighed;
        }

        return digits + ((10 - (sum % 10)) % 10).ToString(CultureInfo.InvariantCulture);
    }

    private string Digits(int count) => string.Create(count, _random, static (text, random) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('0' + random.Next(10));
    });

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}

/// <summary>A card that was never issued, and the ways to read it.</summary>
internal sealed class CanaryCard
{
    /// <summary>DE 35.</summary>
    public const int Track2Length = 37;

    public required string Pan { get; init; }

    public required string Yymm { get; init; }

    public required string ServiceCode { get; init; }

    public required string Discretionary { get; init; }

    public required byte[] PinBlock { get; init; }

    /// <summary>Tag 9F26.</summary>
    public required byte[] Cryptogram { get; init; }

    /// <summary>Tag 9F10.</summary>
    public required byte[] IssuerData { get; init; }

    public string Track2 => $"{Pan}={Yymm}{ServiceCode}{Discretionary}";

    /// <summary>As a chip gives it: the card number and the track are in there too, packed.</summary>
    public byte[] Emv =>
    [
        .. Tag("5A", Packed(Pan)), .. Tag("57", Packed(Track2.Replace('=', 'D'))), .. Tag("9F26", Cryptogram),
        .. Tag("9F10", IssuerData), .. Tag("5F24", Packed(Yymm + "31")), .. Tag("9A", [0x26, 0x11, 0x23]),
    ];

    public Card Chip() => new()
    {
        Pan = Pan,
        ExpiryMonth = Month,
        ExpiryYear = Year,
        Track2 = Track2,
        EmvData = ByteString.CopyFrom(Emv),
        PinBlock = ByteString.CopyFrom(PinBlock),
        SequenceNumber = 1,
    };

    public Card Stripe() => new() { Track2 = Track2, PinBlock = ByteString.CopyFrom(PinBlock) };

    public Card Manual() => new() { Pan = Pan, ExpiryMonth = Month, ExpiryYear = Year };

    private int Month => int.Parse(Yymm[2..], CultureInfo.InvariantCulture);

    private int Year => 2000 + int.Parse(Yymm[..2], CultureInfo.InvariantCulture);

    private static byte[] Packed(string text) =>
        Convert.FromHexString(text.Length % 2 == 0 ? text : text + "F");

    private static byte[] Tag(string tag, byte[] value) =>
        [.. Convert.FromHexString(tag), (byte)value.Length, .. value];
}
