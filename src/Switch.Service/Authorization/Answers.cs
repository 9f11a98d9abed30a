using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Service.Acquirers;
using Switch.Service.Journal.Records;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Authorization;

/// <summary>Words the answer to a payment. Pure but for the clock.</summary>
internal sealed class Answers
{
    private readonly ResponseCodeTable _codes;
    private readonly TimeProvider _time;

    public Answers(ResponseCodeTable codes, TimeProvider time)
    {
        _codes = codes;
        _time = time;
    }

    /// <summary>The answer after the attempts have ended.</summary>
    public AuthorizeResponse Of(PaymentRequest request, AttemptRun run)
    {
        var acquirer = run.Attempt?.Acquirer ?? "";
        var result = run.Result;
        return result.Kind switch
        {
            AttemptKind.NotSent =>
                Decline(request, acquirer, _codes[ResponseCodeTable.Unavailable], DeclinedBy.TechnicalFailure),
            AttemptKind.Approved when run.MustReverse =>
                Decline(request, acquirer, _codes[ResponseCodeTable.InsufficientFunds], DeclinedBy.Switch),
            AttemptKind.Approved => Approve(request, acquirer, result),
            AttemptKind.Declined when run.MustReverse =>
                Decline(request, acquirer, result.Code!, DeclinedBy.TechnicalFailure),
            AttemptKind.Declined => Decline(request, acquirer, result.Code!, DeclinedBy.Issuer),
            _ => Decline(request, acquirer, _codes[ResponseCodeTable.NoAnswer], DeclinedBy.TechnicalFailure),
        };
    }

    /// <summary>The answer to a payment whose holder is gone: in doubt, and reversed (S8).</summary>
    public AuthorizeResponse InDoubt(AttemptRecord attempt)
    {
        var draft = attempt.Draft;
        var code = _codes[ResponseCodeTable.NoAnswer];
        return new AuthorizeResponse
        {
            TransactionId = draft.TransactionId,
            MerchantId = draft.MerchantId,
            TerminalId = draft.TerminalId,
            IdempotencyKey = draft.IdempotencyKey,
            Outcome = Outcome.Declined,
            DeclinedBy = DeclinedBy.TechnicalFailure,
            ResponseCode = code.Code,
            TerminalText = code.TerminalText,
            RetrievalReferenceNumber = draft.RetrievalReferenceNumber,
            Acquirer = attempt.Acquirer,
            AcceptedAt = draft.AcceptedAt,
            AnsweredAt = _time.GetUtcNow().ToTimestamp(),
            BusinessDate = draft.BusinessDate,
        };
    }

    /// <summary>The answer to a payment whose reversal came first (S9).</summary>
    public AuthorizeResponse Tombstoned(PaymentRequest request)
    {
        var answer = Decline(request, "", _codes[ResponseCodeTable.InvalidTransaction], DeclinedBy.Switch);
        answer.TerminalText = "ALREADY REVERSED";
        return answer;
    }

    private AuthorizeResponse Approve(PaymentRequest request, string acquirer, in AttemptResult result)
    {
        var answer = Base(request, acquirer, result.Code!);
        answer.Outcome = result.Code!.Outcome;
        answer.ApprovalCode = result.ApprovalCode;
        answer.ApprovedAmount = new Contracts.V1.Money
        {
            AmountMinor = result.ApprovedMinor,
            Currency = request.Currency.Code,
        };
        return answer;
    }

    private AuthorizeResponse Decline(PaymentRequest request, string acquirer, ResponseCode code, DeclinedBy by)
    {
        var answer = Base(request, acquirer, code);
        answer.Outcome = Outcome.Declined;
        answer.DeclinedBy = by;
        return answer;
    }

    private AuthorizeResponse Base(PaymentRequest request, string acquirer, ResponseCode code) => new()
    {
        TransactionId = request.TransactionId,
        MerchantId = request.Merchant.Id,
        TerminalId = request.TerminalId,
        IdempotencyKey = request.IdempotencyKey,
        ResponseCode = code.Code,
        TerminalText = code.TerminalText,
        RetrievalReferenceNumber = request.Rrn,
        Acquirer = acquirer,
        AcceptedAt = request.AcceptedAt.ToTimestamp(),
        AnsweredAt = _time.GetUtcNow().ToTimestamp(),
        BusinessDate = request.BusinessDate,
    };
}
