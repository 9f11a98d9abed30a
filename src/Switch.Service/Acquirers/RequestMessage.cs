using System.Globalization;
using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Service.Authorization;
using Switch.Service.Cards;
using Switch.Service.Journal.Records;

namespace Switch.Service.Acquirers;

/// <summary>
/// Writes the authorization request of one attempt, fields as S13 lists them. Allocates nothing per field.
/// </summary>
internal static class RequestMessage
{
    // 0 filled, 16 digits: no security scheme beyond what the PIN block's own format says (check with each acquirer).
    private const string SecurityControl = "0000000000000000";

    /// <summary>False when a value does not fit the acquirer's dialect; the fault names the field.</summary>
    public static bool TryWrite(IsoBuffer buffer, PaymentRequest request, AttemptRecord attempt, out IsoFault fault)
    {
        var writer = new IsoWriter(buffer, MtiOf(attempt));
        Span<byte> scratch = stackalloc byte[EmvData.LengthMax];

        writer.Text(2, scratch[..request.Pan.CopyDigits(scratch)]);
        writer.Text(3, attempt.ProcessingCode);
        writer.Number(4, request.AmountMinor);
        writer.Text(7, attempt.TransmissionDateTime);
        writer.Number(11, attempt.Stan);
        Format(ref writer, 12, request.LocalTime, "HHmmss");
        Format(ref writer, 13, request.LocalTime, "MMdd");
        writer.Text(14, scratch[..request.Expiry.CopyYymm(scratch)]);
        writer.Text(18, request.Mcc);
        writer.Text(22, attempt.PosEntryMode);
        if (attempt.CardSequenceNumber >= 0) writer.Number(23, attempt.CardSequenceNumber);
        writer.Text(25, attempt.PosCondition);
        if (attempt.AcquiringInstitutionId.Length > 0) writer.Text(32, attempt.AcquiringInstitutionId);
        if (request.Track2 is { } track2) writer.Text(35, scratch[..track2.CopyTo(scratch)]);
        writer.Text(37, request.Rrn);
        writer.Text(41, request.TerminalId);
        writer.Text(42, request.Merchant.Id);
        writer.Text(43, request.Merchant.NameAndLocation);
        writer.Text(49, attempt.CurrencyNumeric);
        if (request.PinBlock is { } pinBlock)
        {
            writer.Bytes(52, scratch[..pinBlock.CopyTo(scratch)]);
            writer.Text(53, SecurityControl);
        }

        if (!request.EmvData.IsEmpty) writer.Bytes(55, scratch[..request.EmvData.CopyTo(scratch)]);
        return writer.TryComplete(out fault);
    }

    /// <summary>DE 3: what is asked for, default account both ways.</summary>
    public static string ProcessingCode(TransactionKind kind) => kind == TransactionKind.Refund ? "200000" : "000000";

    /// <summary>DE 22: how the card was read, and whether a PIN could be.</summary>
    public static string PosEntryMode(EntryMode mode, bool hasPinEntry) => mode switch
    {
        EntryMode.Manual => hasPinEntry ? "011" : "012",
        EntryMode.MagneticStripe => hasPinEntry ? "901" : "902",
        EntryMode.Chip => hasPinEntry ? "051" : "052",
        EntryMode.Contactless => hasPinEntry ? "071" : "072",
        EntryMode.FallbackStripe => hasPinEntry ? "801" : "802",
        EntryMode.Ecommerce => "812",
        _ => "000",
    };

    /// <summary>DE 25: 06 pre-authorized request, 59 electronic commerce, 00 normal presentment.</summary>
    public static string PosCondition(TransactionKind kind, EntryMode mode) =>
        kind == TransactionKind.PreAuthorization ? "06" : mode == EntryMode.Ecommerce ? "59" : "00";

    private static Mti MtiOf(AttemptRecord attempt) =>
        attempt.MessageType == "0200" ? Mti.FinancialRequest : Mti.AuthorizationRequest;

    private static void Format(ref IsoWriter writer, int field, DateTime value, string format)
    {
        Span<char> text = stackalloc char[8];
        value.TryFormat(text, out var written, format, CultureInfo.InvariantCulture);
        writer.Text(field, text[..written]);
    }
}
