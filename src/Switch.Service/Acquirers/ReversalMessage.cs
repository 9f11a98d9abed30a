using System.Globalization;
using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Service.Cards;
using Switch.Service.Journal.Records;

namespace Switch.Service.Acquirers;

/// <summary>
/// Writes a reversal and reads its reply, fields as S13 lists them. Track, PIN and EMV data are never sent again, and
/// are kept nowhere to do so.
/// </summary>
internal static class ReversalMessage
{
    // DE 90, n42: MTI 4, STAN 6, date and time 10, acquirer 11, forwarder 11.
    private const int OriginalDataDigits = 42;
    private const int MtiDigits = 4;
    private const int StanDigits = 6;
    private const int TransmissionAt = MtiDigits + StanDigits;
    private const int AcquirerAt = TransmissionAt + 10;
    private const int AcquirerDigits = 11;

    /// <summary>False when a value does not fit the acquirer's dialect; the fault names the field.</summary>
    public static bool TryWrite(
        IsoBuffer buffer, Mti mti, ReversalRecord reversal, in Pan pan, in CardExpiry expiry, out IsoFault fault)
    {
        var original = reversal.Original;
        var draft = original.Draft;
        var writer = new IsoWriter(buffer, mti);
        Span<byte> scratch = stackalloc byte[Pan.LengthMax];
        writer.Text(2, scratch[..pan.CopyDigits(scratch)]);
        writer.Text(3, original.ProcessingCode);
        writer.Number(4, reversal.ApprovedMinor > 0 ? reversal.ApprovedMinor : draft.RequestedAmount.AmountMinor);
        writer.Text(7, reversal.TransmissionDateTime);
        writer.Number(11, reversal.Stan);
        WriteLocalTime(ref writer, draft.LocalDateTime);
        if (expiry.Month > 0) writer.Text(14, scratch[..expiry.CopyYymm(scratch)]);
        if (draft.Mcc.Length > 0) writer.Text(18, draft.Mcc);
        writer.Text(22, original.PosEntryMode);
        writer.Text(25, original.PosCondition);
        if (original.AcquiringInstitutionId.Length > 0) writer.Text(32, original.AcquiringInstitutionId);
        writer.Text(37, draft.RetrievalReferenceNumber);
        if (reversal.ApprovalCode.Length > 0) writer.Text(38, reversal.ApprovalCode);
        if (reversal.AcquirerResponseCode.Length > 0) writer.Text(39, reversal.AcquirerResponseCode);
        writer.Text(41, draft.TerminalId);
        writer.Text(42, draft.MerchantId);
        writer.Text(49, original.CurrencyNumeric);
        WriteOriginalData(ref writer, original);
        scratch.Clear();
        return writer.TryComplete(out fault);
    }

    /// <summary>
    /// What the acquirer said. A reply of another type, of another payment or without a code is none: the reversal is
    /// repeated.
    /// </summary>
    public static ReversalResult ReadReply(IsoMessage reply, Mti expected, ReversalRecord reversal)
    {
        if (reply.Mti != expected) return ReversalResult.SentUnknown("reply_type");
        var merchant = reply.GetString(42);
        if (merchant is not null && merchant.TrimEnd(' ') != reversal.Original.Draft.MerchantId)
            return ReversalResult.SentUnknown("reply_echo");
        return reply.GetString(39) is { } code
            ? ReversalResult.Replied(code)
            : ReversalResult.SentUnknown("reply_without_code");
    }

    private static void WriteLocalTime(ref IsoWriter writer, LocalDateTime? local)
    {
        if (local is null) return;
        writer.Number(12, (local.Hour * 10_000) + (local.Minute * 100) + local.Second);
        writer.Number(13, (local.Month * 100) + local.Day);
    }

    private static void WriteOriginalData(ref IsoWriter writer, AttemptRecord original)
    {
        Span<char> data = stackalloc char[OriginalDataDigits];
        data.Fill('0');
        // Of lengths that this build itself wrote and the journal kept.
        original.MessageType.CopyTo(data);
        original.Stan.TryFormat(data.Slice(MtiDigits, StanDigits), out _, "D6", CultureInfo.InvariantCulture);
        original.TransmissionDateTime.CopyTo(data[TransmissionAt..]);
        // Institution ids are right-justified; without a forwarder its place stays zeros.
        var institution = original.AcquiringInstitutionId;
        institution.CopyTo(data[(AcquirerAt + AcquirerDigits - institution.Length)..]);
        writer.Text(90, data);
    }
}
