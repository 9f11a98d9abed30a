using Switch.Contracts.V1;
using Switch.Service.Cards;

namespace Switch.Service.Authorization;

/// <summary>
/// The card of a request after its checks: what the entry mode demands is there and agrees with itself.
/// </summary>
internal readonly struct CardFields
{
    private const string CardPath = "payment_method.card";

    public Pan Pan { get; private init; }

    public CardExpiry Expiry { get; private init; }

    public Track2? Track2 { get; private init; }

    public EmvData EmvData { get; private init; }

    public PinBlock? PinBlock { get; private init; }

    /// <summary>-1 when the terminal gave none.</summary>
    public int SequenceNumber { get; private init; }

    public static CardFields Check(ref FaultList faults, AuthorizeRequest message, DateTime? today)
    {
        if (message.PaymentMethod?.Card is not { } card)
        {
            faults.Add("payment_method", "is required; this version takes a card");
            return default;
        }

        var track2 = CheckTrack2(ref faults, card, message.EntryMode);
        var pan = CheckPan(ref faults, card, track2);
        var expiry = CheckExpiry(ref faults, card, track2, today);
        var emvData = CheckEmvData(ref faults, card, message.EntryMode);
        var pinBlock = CheckPinBlock(ref faults, card);
        if (card.HasSequenceNumber)
            RequestFields.CheckRange(ref faults, CardPath + ".sequence_number", card.SequenceNumber, 0, 999);

        return new CardFields
        {
            Pan = pan,
            Expiry = expiry,
            Track2 = track2,
            EmvData = emvData,
            PinBlock = pinBlock,
            SequenceNumber = card.HasSequenceNumber ? card.SequenceNumber : -1,
        };
    }

    private static Track2? CheckTrack2(ref FaultList faults, Card card, EntryMode entryMode)
    {
        if (card.Track2.Length == 0)
        {
            if (entryMode is EntryMode.MagneticStripe or EntryMode.FallbackStripe)
                faults.Add(CardPath + ".track2", "is required for a magnetic stripe");
            return null;
        }

        if (Cards.Track2.TryParse(card.Track2, out var track2, out var fault)) return track2;
        faults.Add(CardPath + ".track2", Describe(fault));
        return null;
    }

    private static Pan CheckPan(ref FaultList faults, Card card, Track2? track2)
    {
        if (card.Pan.Length == 0)
        {
            if (track2 is not null) return track2.Pan;
            if (card.Track2.Length == 0) faults.Add(CardPath + ".pan", "is required without track2");
            return default;
        }

        if (!Pan.TryParse(card.Pan, out var pan, out var fault)) faults.Add(CardPath + ".pan", Describe(fault));
        else if (track2 is not null && pan != track2.Pan)
            faults.Add(CardPath + ".pan", "differs from the PAN on track2");
        return pan;
    }

    private static CardExpiry CheckExpiry(ref FaultList faults, Card card, Track2? track2, DateTime? today)
    {
        CardExpiry expiry;
        if (card.ExpiryMonth == 0 && card.ExpiryYear == 0 && track2 is not null) expiry = track2.Expiry;
        else if (!CardExpiry.TryCreate(card.ExpiryYear, card.ExpiryMonth, out expiry))
        {
            if (card.ExpiryMonth is < 1 or > 12) faults.Add(CardPath + ".expiry_month", "must be 1 to 12");
            if (card.ExpiryYear is < 2000 or > 2099) faults.Add(CardPath + ".expiry_year", "must be 2000 to 2099");
            return default;
        }
        else if (track2 is not null && expiry != track2.Expiry)
            faults.Add(CardPath + ".expiry_year", "differs from the expiry on track2");

        if (today is { } now && expiry.IsExpired(DateOnly.FromDateTime(now)))
            faults.Add(CardPath + ".expiry_year", "the card has expired");
        return expiry;
    }

    private static EmvData CheckEmvData(ref FaultList faults, Card card, EntryMode entryMode)
    {
        if (card.EmvData.Length == 0)
        {
            if (entryMode is EntryMode.Chip or EntryMode.Contactless)
                faults.Add(CardPath + ".emv_data", "is required for a chip");
            return default;
        }

        if (!Cards.EmvData.TryCreate(card.EmvData.Memory, out var data, out var fault))
            faults.Add(CardPath + ".emv_data", fault);
        return data;
    }

    private static PinBlock? CheckPinBlock(ref FaultList faults, Card card)
    {
        if (card.PinBlock.Length == 0) return null;
        if (Cards.PinBlock.TryCreate(card.PinBlock.Span, out var pinBlock)) return pinBlock;
        faults.Add(CardPath + ".pin_block", "must be exactly 8 bytes");
        return null;
    }

    private static string Describe(Track2Fault fault) => fault switch
    {
        Track2Fault.TooLong => "is longer than 37 characters",
        Track2Fault.Separator => "has no '=' or 'D' behind the PAN",
        Track2Fault.Pan => "does not begin with a valid PAN",
        Track2Fault.Expiry => "has no expiry (YYMM) behind the separator",
        Track2Fault.ServiceCode => "has no service code (three digits) behind the expiry",
        Track2Fault.Discretionary => "may hold only digits behind the service code",
        _ => "is invalid",
    };

    private static string Describe(PanFault fault) => fault switch
    {
        PanFault.NotDigits => "may hold only digits",
        PanFault.Length => "must have 12 to 19 digits",
        PanFault.Luhn => "fails the Luhn check",
        _ => "is invalid",
    };
}
