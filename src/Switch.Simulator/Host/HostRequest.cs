using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>What a message asks of the host.</summary>
internal enum MessageKind
{
    /// <summary>Nothing the host knows.</summary>
    Unknown,

    /// <summary>0100, 0101.</summary>
    Authorization,

    /// <summary>0200, 0201.</summary>
    Financial,

    /// <summary>0120, 0121, 0220, 0221.</summary>
    Advice,

    /// <summary>0400, 0401, 0420, 0421.</summary>
    Reversal,

    /// <summary>0800, 0801.</summary>
    Network,
}

/// <summary>What the host reads from a message, card number excepted: that stays in the caller's stack.</summary>
internal sealed class HostRequest
{
    /// <summary>Longest card number, DE 2.</summary>
    public const int MaxPanDigits = 19;

    private const int MaxTrack2 = 37;

    private HostRequest(Mti mti) => Mti = mti;

    public Mti Mti { get; }

    public string MtiText => Mti.ToString();

    public required MessageKind Kind { get; init; }

    public required string ProcessingCode { get; init; }

    public required long AmountMinor { get; init; }

    public required string TransmissionTime { get; init; }

    public required string Stan { get; init; }

    public required string Mcc { get; init; }

    public required string Rrn { get; init; }

    public required string Terminal { get; init; }

    public required string Merchant { get; init; }

    public required string Currency { get; init; }

    /// <summary>Point of service condition, DE 25.</summary>
    public required string Condition { get; init; }

    public required string NetworkCode { get; init; }

    public required string OriginalData { get; init; }

    public required bool HasPin { get; init; }

    /// <summary>Reads the fields; what is absent or malformed is empty.</summary>
    public static HostRequest Read(IsoMessage message)
    {
        message.TryGetInt64(4, out var amountMinor);
        return new HostRequest(message.Mti)
        {
            Kind = KindOf(message.Mti),
            ProcessingCode = Text(message, 3),
            AmountMinor = amountMinor,
            TransmissionTime = Text(message, 7),
            Stan = Text(message, 11),
            Mcc = Text(message, 18),
            Condition = Text(message, 25),
            Rrn = Text(message, 37),
            Terminal = Text(message, 41),
            Merchant = Text(message, 42),
            Currency = Text(message, 49),
            NetworkCode = Text(message, 70),
            OriginalData = Text(message, 90),
            HasPin = message.Has(52),
        };
    }

    /// <summary>The card number from DE 2, else from track 2; empty when there is none.</summary>
    public static ReadOnlySpan<byte> ReadPan(IsoMessage message, Span<byte> destination)
    {
        if (message.TryGetText(2, destination, out var written)) return destination[..written];
        Span<byte> track = stackalloc byte[MaxTrack2];
        if (!message.TryGetText(35, track, out written)) return default;
        var digits = track[..written].IndexOfAny((byte)'=', (byte)'D');
        if (digits is < 0 or > MaxPanDigits) return default;
        track[..digits].CopyTo(destination);
        track.Clear();
        return destination[..digits];
    }

    /// <summary>A new ledger entry for this message, without an outcome.</summary>
    public LedgerEntry ToEntry(ReadOnlySpan<byte> pan, DateTimeOffset receivedAt) => new()
    {
        Kind = LedgerKindOf(),
        Mti = MtiText,
        Rrn = Rrn,
        Stan = Stan,
        TransmissionTime = TransmissionTime,
        Terminal = Terminal,
        Merchant = Merchant,
        ProcessingCode = ProcessingCode,
        Condition = Condition,
        AmountMinor = AmountMinor,
        Currency = Currency,
        MaskedPan = CardMask.Format(pan),
        OriginalData = OriginalData.Length > 0 ? OriginalData : null,
        ReceivedAt = receivedAt,
    };

    private LedgerKind LedgerKindOf() => Kind switch
    {
        MessageKind.Reversal => LedgerKind.Reversal,
        MessageKind.Advice => LedgerKind.Advice,
        _ => ProcessingCode.StartsWith('2') ? LedgerKind.Credit : LedgerKind.Debit,
    };

    private static MessageKind KindOf(Mti mti) => (mti.Bcd & ~1) switch
    {
        0x0100 => MessageKind.Authorization,
        0x0200 => MessageKind.Financial,
        0x0120 or 0x0220 => MessageKind.Advice,
        0x0400 or 0x0420 => MessageKind.Reversal,
        0x0800 => MessageKind.Network,
        _ => MessageKind.Unknown,
    };

    private static string Text(IsoMessage message, int field) => message.GetString(field)?.TrimEnd(' ') ?? "";
}
