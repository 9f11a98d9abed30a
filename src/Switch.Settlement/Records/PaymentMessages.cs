using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Settlement.Books;

namespace Switch.Settlement.Records;

/// <summary>Rows as messages of the contract.</summary>
internal static class PaymentMessages
{
    public static Payment Of(PaymentRecord row) => new()
    {
        TransactionId = row.TransactionId,
        RootTransactionId = row.RootTransactionId,
        MerchantId = row.MerchantId,
        TerminalId = row.TerminalId,
        Acquirer = row.Acquirer,
        RetrievalReferenceNumber = row.Rrn,
        Stan = row.Stan,
        BatchNumber = row.BatchNumber,
        Kind = (TransactionKind)row.Kind,
        EntryMode = (EntryMode)row.EntryMode,
        RequestedAmount = new Money { AmountMinor = row.RequestedMinor, Currency = row.Currency },
        ApprovedAmount = (Outcome)row.Outcome is Outcome.Approved or Outcome.PartiallyApproved
            ? new Money { AmountMinor = row.ApprovedMinor, Currency = row.Currency }
            : null,
        Outcome = (Outcome)row.Outcome,
        DeclinedBy = (DeclinedBy)row.DeclinedBy,
        ResponseCode = row.ResponseCode,
        ApprovalCode = row.ApprovalCode,
        Scheme = row.Scheme,
        Funding = row.Funding,
        IssuerCountry = row.IssuerCountry,
        Mcc = row.Mcc,
        CardFirstSix = row.CardFirstSix,
        CardLastFour = row.CardLastFour,
        BusinessDate = row.BusinessDate,
        AcceptedAt = At(row.AcceptedMs),
        AnsweredAt = row.AnsweredMs == 0 ? null : At(row.AnsweredMs),
        Stage = (PaymentStage)row.Stage switch
        {
            PaymentStage.Posted => PaymentBookStage.Posted,
            PaymentStage.ReversalQueued => PaymentBookStage.ReversalQueued,
            PaymentStage.Reversed => PaymentBookStage.Reversed,
            _ => PaymentBookStage.NotPosted,
        },
    };

    public static Timestamp At(long ms) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(ms));
}
