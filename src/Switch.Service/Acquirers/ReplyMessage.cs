using System.Text;
using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Service.Authorization;
using Switch.Service.Journal.Records;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Acquirers;

/// <summary>
/// Reads the reply to one attempt. A reply that contradicts its request, or lacks what makes it an answer, is no
/// definite answer: the attempt stays in doubt and is reversed (S5).
/// </summary>
internal static class ReplyMessage
{
    private const int ApprovalCodeLength = 6;

    public static AttemptResult Read(
        IsoMessage reply, PaymentRequest request, AttemptRecord attempt, ResponseCodeTable codes,
        IReadOnlyDictionary<string, string> ownCodes)
    {
        if (!IsAnswerTo(reply.Mti, attempt)) return AttemptResult.SentUnknown("reply_type");
        if (!IsEcho(reply, request, attempt)) return AttemptResult.SentUnknown("reply_echo");
        if (reply.GetString(39) is not { } acquirerCode) return AttemptResult.SentUnknown("reply_without_code");
        if (reply.GetString(49) is { } currency && currency != attempt.CurrencyNumeric)
            return AttemptResult.SentUnknown("reply_currency");

        var code = codes[ownCodes.TryGetValue(acquirerCode, out var mapped) ? mapped : acquirerCode];
        if (code.Outcome == Outcome.Declined)
            return new AttemptResult(
                AttemptKind.Declined, code, acquirerCode, "", 0, code.IsKnown ? "" : "unknown_code");

        var approved = request.AmountMinor;
        var hasAmount = reply.TryGetInt64(4, out var replied);
        if (code.Outcome == Outcome.PartiallyApproved)
        {
            // S10: approved amount in DE 4, and it has to be a part.
            if (!hasAmount || replied <= 0 || replied >= request.AmountMinor)
                return AttemptResult.SentUnknown("reply_amount");
            approved = replied;
        }
        else if (hasAmount && replied != request.AmountMinor) return AttemptResult.SentUnknown("reply_amount");

        return new AttemptResult(AttemptKind.Approved, code, acquirerCode, ApprovalCode(reply), approved, "");
    }

    private static bool IsAnswerTo(Mti reply, AttemptRecord attempt) =>
        attempt.MessageType == "0200" ? reply == Mti.FinancialResponse : reply == Mti.AuthorizationResponse;

    // S13: echo fields return unchanged. The link has matched DE 7, 11, 37 and 41; a reply that speaks of another card,
    // kind or merchant is not the answer to this request.
    private static bool IsEcho(IsoMessage reply, PaymentRequest request, AttemptRecord attempt)
    {
        Span<byte> pan = stackalloc byte[Cards.Pan.LengthMax];
        if (reply.Has(2) && !reply.TextEquals(2, pan[..request.Pan.CopyDigits(pan)])) return false;
        if (reply.GetString(3) is { } processingCode && processingCode != attempt.ProcessingCode) return false;
        return reply.GetString(42) is not { } merchant || merchant.TrimEnd(' ') == request.Merchant.Id;
    }

    private static string ApprovalCode(IsoMessage reply)
    {
        Span<byte> text = stackalloc byte[ApprovalCodeLength];
        return reply.TryGetText(38, text, out var written) ? Encoding.ASCII.GetString(text[..written]) : "";
    }
}
