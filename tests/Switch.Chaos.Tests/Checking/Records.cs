using Switch.Chaos.Checking;
using Switch.Contracts.V1;

namespace Switch.Chaos.Tests.Checking;

/// <summary>Hand-made records of one payment, right in every way until a test spoils them.</summary>
internal sealed class Records
{
    public const string Rrn = "0123456789AB";
    public const string OriginalData = "010000000111241200000000012345600000000000";
    public static readonly PaymentKey Key = new("MERCHANT", "TERMINAL", "key-1");
    private static readonly DateTimeOffset AcceptedAt = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public List<Call> Calls { get; } = [];

    public List<LedgerRecord> Ledger { get; } = [];

    public List<EventRecord> Events { get; } = [];

    public List<DiskLoss> DiskLosses { get; } = [];

    public List<StoreLoss> StoreLosses { get; } = [];

    public List<Outage> Outages { get; } = [];

    public List<WireBreak> WireBreaks { get; } = [];

    public List<OrderlyEnd> OrderlyEnds { get; } = [];

    public List<Crash> Crashes { get; } = [];

    public bool IsLostByAcquirers { get; set; }

    public QuietReport Quiet { get; set; } = new([], 0);

    /// <summary>Approved, in the books, on Kafka.</summary>
    public static Records Approved()
    {
        var records = new Records();
        records.Calls.Add(Answered(Approval(), 1));
        records.Ledger.Add(Debit());
        records.Events.Add(EventOf(Approval()));
        return records;
    }

    /// <summary>Declined 68: the approval in the books is reversed.</summary>
    public static Records DeclinedLate()
    {
        var records = new Records();
        records.Calls.Add(Answered(Decline("68"), 1));
        records.Ledger.Add(Debit() with { ReversedBy = 2, Delivery = "Silent" });
        records.Ledger.Add(Reversal(2));
        records.Events.Add(EventOf(Decline("68")));
        records.Events.Add(ReversalEvent(TransactionEventType.ReversalQueued));
        records.Events.Add(ReversalEvent(TransactionEventType.ReversalAcknowledged));
        return records;
    }

    public static Answer Approval() => new()
    {
        TransactionId = "t1",
        Outcome = Outcome.Approved,
        ResponseCode = "00",
        ApprovalCode = "123456",
        Rrn = Rrn,
        ApprovedMinor = 1000,
        Currency = "EUR",
        AcceptedAt = AcceptedAt,
    };

    public static Answer Decline(string code, DeclinedBy by = DeclinedBy.TechnicalFailure) => new()
    {
        TransactionId = "t1",
        Outcome = Outcome.Declined,
        ResponseCode = code,
        DeclinedBy = by,
        Rrn = Rrn,
        AcceptedAt = AcceptedAt,
    };

    public static Call Answered(Answer answer, double second, string instance = "a") =>
        Asked(CallKind.Authorize, second, instance) with { Answer = answer };

    public static Call Refused(string status, double second, string instance = "a") =>
        Asked(CallKind.Authorize, second, instance) with { Status = status };

    public static Call Reversed(ReversalState state, double second) =>
        Asked(CallKind.Reverse, second, "a") with { Reversal = state };

    public static LedgerRecord Debit(string host = "alpha", long sequence = 1) => new()
    {
        Host = host,
        Sequence = sequence,
        Kind = "Debit",
        Mti = "0100",
        Rrn = Rrn,
        Terminal = Key.Terminal,
        Merchant = Key.Merchant,
        AmountMinor = 1000,
        Currency = "978",
        ResponseCode = "00",
        ApprovalCode = "123456",
        ApprovedMinor = 1000,
        Delivery = "Sent",
    };

    public static WireBreak WireBreak(string instance, string acquirer, double heldFrom, double at) =>
        new(instance, acquirer, TimeSpan.FromSeconds(heldFrom), TimeSpan.FromSeconds(at));

    public static LedgerRecord Reversal(long sequence, long? original = 1) => new()
    {
        Host = "alpha",
        Sequence = sequence,
        Kind = "Reversal",
        Mti = "0420",
        Rrn = Rrn,
        Terminal = Key.Terminal,
        Merchant = Key.Merchant,
        AmountMinor = 1000,
        ResponseCode = "00",
        Original = original,
        OriginalData = OriginalData,
        At = TimeSpan.FromSeconds(2),
    };

    /// <summary>An event of a reversal at an acquirer, by an instance.</summary>
    public static EventRecord ReversalEvent(
        TransactionEventType type, string acquirer = "alpha", string instance = "a") => new()
        {
            EventId = type switch
            {
                TransactionEventType.ReversalQueued => "t1.reversal_queued",
                TransactionEventType.ReversalAcknowledged => "t1.reversal_acknowledged",
                _ => "t1.reversal_parked.1795521600000",
            },
            Type = type,
            Key = Key,
            TransactionId = "t1",
            Rrn = Rrn,
            Acquirer = acquirer,
            Source = $"/cardswitch/{instance}",
            Cause = ReversalCause.NoAnswer,
            At = TimeSpan.FromSeconds(2),
        };

    public static EventRecord EventOf(Answer answer) => new()
    {
        EventId = answer.IsFinal ? "t1.authorized" : "t1.not_sent.1",
        Type = answer.IsFinal ? TransactionEventType.Authorized : TransactionEventType.NotSent,
        Key = Key,
        TransactionId = answer.TransactionId,
        Outcome = answer.Outcome,
        ResponseCode = answer.ResponseCode,
        ApprovalCode = answer.ApprovalCode,
        Rrn = answer.Rrn,
        ApprovedMinor = answer.ApprovedMinor,
        Currency = answer.Currency,
        AcceptedAt = answer.AcceptedAt,
    };

    public Evidence Evidence() => new()
    {
        Payments =
        [
            new PaymentRecord
            {
                Key = Key, AmountMinor = 1000, Currency = "EUR", Calls = Calls, IsLostByAcquirers = IsLostByAcquirers,
            },
        ],
        Ledger = Ledger,
        Events = Events,
        DiskLosses = DiskLosses,
        StoreLosses = StoreLosses,
        Outages = Outages,
        WireBreaks = WireBreaks,
        OrderlyEnds = OrderlyEnds,
        Crashes = Crashes,
        Quiet = Quiet,
    };

    public Verdict Check() => Checker.Check(Evidence());

    private static Call Asked(CallKind kind, double second, string instance) => new()
    {
        Kind = kind,
        Start = TimeSpan.FromSeconds(second),
        End = TimeSpan.FromSeconds(second + 0.5),
        Instance = instance,
        Status = "OK",
    };
}
