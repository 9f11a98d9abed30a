using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Service.Authorization;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;

namespace Switch.Service.Events;

/// <summary>Builds the events of a transaction, and the journal rows that carry them to Kafka.</summary>
internal sealed class TransactionEvents
{
    private readonly CardTokenizer _tokenizer;
    private readonly TimeProvider _time;

    public TransactionEvents(CardTokenizer tokenizer, TimeProvider time)
    {
        _tokenizer = tokenizer;
        _time = time;
    }

    /// <summary>The facts that are known before an acquirer was asked. No outcome, no event id yet.</summary>
    public TransactionEvent Draft(PaymentRequest request, in PaymentRoute route)
    {
        var (token, keyId) = _tokenizer.Token(request.Pan);
        return new TransactionEvent
        {
            BusinessDate = request.BusinessDate,
            TransactionId = request.TransactionId,
            RootTransactionId = request.TransactionId,
            MerchantId = request.Merchant.Id,
            TerminalId = request.TerminalId,
            IdempotencyKey = request.IdempotencyKey,
            Stan = request.TerminalStan,
            Kind = request.Kind,
            EntryMode = request.EntryMode,
            RequestedAmount = new Contracts.V1.Money
            {
                AmountMinor = request.AmountMinor,
                Currency = request.Currency.Code,
            },
            RetrievalReferenceNumber = request.Rrn,
            RouteReason = route.Reason(0),
            CardToken = token,
            CardTokenKeyId = keyId,
            CardFirstSix = request.Pan.FirstSix,
            CardLastFour = request.Pan.LastFour,
            Scheme = route.Scheme,
            IssuerCountry = route.IssuerCountry,
            Funding = route.Funding,
            Mcc = request.Mcc,
            LocalDateTime = new LocalDateTime
            {
                Year = request.LocalTime.Year,
                Month = request.LocalTime.Month,
                Day = request.LocalTime.Day,
                Hour = request.LocalTime.Hour,
                Minute = request.LocalTime.Minute,
                Second = request.LocalTime.Second,
            },
            AcceptedAt = request.AcceptedAt.ToTimestamp(),
            BatchNumber = request.BatchNumber,
        };
    }

    /// <summary>The final answer as an event.</summary>
    public OutboxRow Authorized(
        TransactionEvent draft, AuthorizeResponse answer, string acquirerResponseCode, int attempts)
    {
        var e = WithAnswer(draft, answer, attempts);
        e.AcquirerResponseCode = acquirerResponseCode;
        return Row(e, TransactionEventType.Authorized, TransactionEventTypes.Authorized);
    }

    /// <summary>Declined 91 because nothing was sent. Not final, so its id carries the try.</summary>
    public OutboxRow NotSent(TransactionEvent draft, AuthorizeResponse answer, int attempts)
    {
        var e = WithAnswer(draft, answer, attempts);
        var type = TransactionEventTypes.NotSent;
        var acceptedAtMs = answer.AcceptedAt.ToDateTimeOffset().ToUnixTimeMilliseconds();
        var id = $"{TransactionIdentity.EventId(e.TransactionId, type)}.{acceptedAtMs}";
        return Row(e, TransactionEventType.NotSent, type, id);
    }

    /// <summary>A reversal that is now owed to the acquirer.</summary>
    public OutboxRow ReversalQueued(ReversalRecord reversal) => ReversalRow(
        Of(reversal), reversal, TransactionEventType.ReversalQueued, TransactionEventTypes.ReversalQueued);

    /// <summary>The acquirer settled a reversal with that code.</summary>
    public OutboxRow ReversalAcknowledged(ReversalRecord reversal, string acquirerResponseCode)
    {
        var e = Of(reversal);
        e.AcquirerResponseCode = acquirerResponseCode;
        return ReversalRow(
            e, reversal, TransactionEventType.ReversalAcknowledged, TransactionEventTypes.ReversalAcknowledged);
    }

    /// <summary>A reversal waits for a person; the code is the last one received, or empty.</summary>
    public OutboxRow ReversalParked(ReversalRecord reversal, string acquirerResponseCode, string why)
    {
        var e = Of(reversal);
        e.AcquirerResponseCode = acquirerResponseCode;
        e.ReversalNote = why;
        // It may be parked again after it was resumed, so its id carries when.
        return ReversalRow(
            e, reversal, TransactionEventType.ReversalParked, TransactionEventTypes.ReversalParked,
            FormattableString.Invariant($".{_time.GetUtcNow().ToUnixTimeMilliseconds()}"));
    }

    /// <summary>A person closed a reversal that was parked.</summary>
    public OutboxRow ReversalClosed(ReversalRecord reversal, string closedBy, string why)
    {
        var e = Of(reversal);
        e.ClosedBy = closedBy;
        e.ReversalNote = why;
        return ReversalRow(
            e, reversal, TransactionEventType.ReversalClosed, TransactionEventTypes.ReversalClosed);
    }

    private static TransactionEvent Of(ReversalRecord reversal)
    {
        var e = reversal.Original.Draft.Clone();
        e.Acquirer = reversal.Original.Acquirer;
        e.ReversalCause = reversal.Cause;
        e.ReversalReason = reversal.Reason;
        return e;
    }

    private static TransactionEvent WithAnswer(TransactionEvent draft, AuthorizeResponse answer, int attempts)
    {
        var e = draft.Clone();
        e.Outcome = answer.Outcome;
        e.DeclinedBy = answer.DeclinedBy;
        e.ResponseCode = answer.ResponseCode;
        e.ApprovalCode = answer.ApprovalCode;
        e.ApprovedAmount = answer.ApprovedAmount;
        e.Acquirer = answer.Acquirer;
        e.Attempts = attempts;
        return e;
    }

    // A transaction has one reversal that its answer speaks of, and perhaps late ones of other attempts.
    private OutboxRow ReversalRow(
        TransactionEvent e, ReversalRecord reversal, TransactionEventType type, string name, string suffix = "")
    {
        var id = reversal.IsLate
            ? $"{TransactionIdentity.EventId(e.TransactionId, $"late_{name}")}.{reversal.Original.Tag}"
            : TransactionIdentity.EventId(e.TransactionId, name);
        return Row(e, type, name, string.Concat(id, suffix));
    }

    private OutboxRow Row(TransactionEvent e, TransactionEventType type, string name, string? id = null)
    {
        var now = _time.GetUtcNow();
        e.Type = type;
        e.Sequence = (int)type;
        e.OccurredAt = now.ToTimestamp();
        e.EventId = id ?? TransactionIdentity.EventId(e.TransactionId, name);
        return new OutboxRow(
            e.EventId, e.RootTransactionId, name, Activity.Current?.Id, now.ToUnixTimeMilliseconds(), e.ToByteArray());
    }
}

/// <summary>Short names of the event types: the end of event ids, the middle of CloudEvents types.</summary>
internal static class TransactionEventTypes
{
    public const string NotSent = "not_sent";
    public const string Authorized = "authorized";
    public const string ReversalQueued = "reversal_queued";
    public const string ReversalAcknowledged = "reversal_acknowledged";
    public const string ReversalParked = "reversal_parked";
    public const string ReversalClosed = "reversal_closed";
}
