using Switch.Contracts.V1;
using Switch.Settlement.Books;

namespace Switch.Settlement.Consuming;

/// <summary>A row of the payments, as the events of one transaction make it in the order of their partition.</summary>
internal sealed class PaymentRow
{
    private string? _firstEventId;
    private byte[]? _firstPayload;
    private Dictionary<string, byte[]>? _otherEvents;

    public required string TransactionId { get; init; }

    /// <summary>0 until the row is given one.</summary>
    public long Id { get; set; }

    /// <summary>Whether the row is not yet in the store.</summary>
    public bool IsNew { get; init; }

    /// <summary>Whether this batch has changed it.</summary>
    public bool IsChanged { get; private set; }

    public string RootTransactionId { get; private set; } = "";
    public string MerchantId { get; private set; } = "";
    public string TerminalId { get; private set; } = "";
    public string Acquirer { get; set; } = "";
    public string Rrn { get; set; } = "";
    public int Stan { get; private set; }
    public int BatchNumber { get; private set; }
    public TransactionKind Kind { get; private set; }
    public EntryMode EntryMode { get; private set; }
    public string Currency { get; set; } = "";
    public long RequestedMinor { get; private set; }
    public long ApprovedMinor { get; set; }
    public Outcome Outcome { get; set; }
    public DeclinedBy DeclinedBy { get; set; }
    public string ResponseCode { get; set; } = "";
    public string ApprovalCode { get; set; } = "";
    public string Scheme { get; private set; } = "";
    public string Funding { get; private set; } = "";
    public string IssuerCountry { get; private set; } = "";
    public string Mcc { get; private set; } = "";
    public string CardFirstSix { get; private set; } = "";
    public string CardLastFour { get; private set; } = "";
    public string CardToken { get; private set; } = "";
    public string BusinessDate { get; private set; } = "";
    public long AcceptedMs { get; private set; }
    public long AnsweredMs { get; set; }
    public PaymentStage Stage { get; private set; }

    /// <summary>The row of the approval's entry; 0 when there is none.</summary>
    public long ApprovalEntryId { get; set; }

    /// <summary>The lines of the approval's entry; null until they are needed and read.</summary>
    public Posting[]? ApprovalLines { get; set; }

    /// <summary>The row that the first event of a transaction makes.</summary>
    public static PaymentRow First(TransactionEvent e) => new()
    {
        TransactionId = e.TransactionId,
        IsNew = true,
        RootTransactionId = e.RootTransactionId,
        MerchantId = e.MerchantId,
        TerminalId = e.TerminalId,
        Acquirer = e.Acquirer,
        Rrn = e.RetrievalReferenceNumber,
        Stan = e.Stan,
        BatchNumber = e.BatchNumber,
        Kind = e.Kind,
        EntryMode = e.EntryMode,
        Currency = e.RequestedAmount.Currency,
        RequestedMinor = e.RequestedAmount.AmountMinor,
        Scheme = e.Scheme,
        Funding = e.Funding,
        IssuerCountry = e.IssuerCountry,
        Mcc = e.Mcc,
        CardFirstSix = e.CardFirstSix,
        CardLastFour = e.CardLastFour,
        CardToken = e.CardToken,
        BusinessDate = e.BusinessDate,
        AcceptedMs = MsOf(e.AcceptedAt is null ? e.OccurredAt : e.AcceptedAt),
    };

    /// <summary>A row of the store, with what a later event may change or needs.</summary>
    public static PaymentRow Stored(
        string transactionId, long id, PaymentStage stage, long approvalEntryId, string acquirer, string merchantId,
        string currency) => new()
        {
            TransactionId = transactionId,
            Id = id,
            Stage = stage,
            ApprovalEntryId = approvalEntryId,
            Acquirer = acquirer,
            MerchantId = merchantId,
            Currency = currency,
        };

    /// <summary>Remembers an event of the payment; the bytes that it had when it was first known.</summary>
    /// <returns>Null when the event was not known.</returns>
    public byte[]? Know(string eventId, byte[] payload)
    {
        // Most payments have one event, and get no table for it.
        if (_firstEventId is null)
        {
            (_firstEventId, _firstPayload) = (eventId, payload);
            return null;
        }

        if (_firstEventId == eventId) return _firstPayload;
        _otherEvents ??= new Dictionary<string, byte[]>(StringComparer.Ordinal);
        return _otherEvents.TryAdd(eventId, payload) ? null : _otherEvents[eventId];
    }

    /// <summary>
    /// Takes over what the terminal was told. Reversals, late ones above all, tell nothing of it; and what is booked is
    /// not told anew.
    /// </summary>
    public void TakeAnswer(TransactionEvent e)
    {
        if (Stage != PaymentStage.None) return;
        if (e.Type is not (TransactionEventType.Authorized or TransactionEventType.NotSent)) return;
        IsChanged = true;
        Acquirer = e.Acquirer;
        Rrn = e.RetrievalReferenceNumber;
        var isApproved = e.Outcome is Outcome.Approved or Outcome.PartiallyApproved;
        Currency = isApproved ? e.ApprovedAmount.Currency : e.RequestedAmount.Currency;
        ApprovedMinor = isApproved ? e.ApprovedAmount.AmountMinor : 0;
        Outcome = e.Outcome;
        DeclinedBy = e.DeclinedBy;
        ResponseCode = e.ResponseCode;
        ApprovalCode = e.ApprovalCode;
        AnsweredMs = MsOf(e.OccurredAt);
        HasAnswer = true;
    }

    /// <summary>Whether this batch has seen an answer: its columns are written only then.</summary>
    public bool HasAnswer { get; private set; }

    public void Reach(PaymentStage stage)
    {
        if (stage == Stage) return;
        Stage = stage;
        IsChanged = true;
    }

    private static long MsOf(Google.Protobuf.WellKnownTypes.Timestamp time) =>
        time.Seconds * 1000 + time.Nanos / 1_000_000;
}
