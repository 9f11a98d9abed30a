using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Settlement.Books;

namespace Switch.Settlement.Records;

/// <summary>All that is known of one payment, told in the words of the contract. Pure.</summary>
/// <param name="Payment">Its row.</param>
/// <param name="Events">Its events in the order of the partition; one more than are told when there are more.</param>
/// <param name="Lines">The lines of its entries, in the order of the entries.</param>
internal sealed record PaymentStory(PaymentRecord Payment, List<EventRecord> Events, List<EntryLineRow> Lines)
{
    public GetPaymentResponse Tell()
    {
        var events = Events.Take(PaymentQueries.EventsMax)
            .Select(row => TransactionEvent.Parser.ParseFrom(row.Payload)).ToList();
        var answer = AnswerOf(events);
        var response = new GetPaymentResponse
        {
            Payment = PaymentMessages.Of(Payment),
            EventsTruncated = Events.Count > PaymentQueries.EventsMax,
            Timings = TimingsOf(events, answer),
            RouteReason = events.LastOrDefault(e => e.RouteReason.Length > 0)?.RouteReason ?? "",
            Attempts = answer?.Attempts ?? 0,
            Receipt = answer is null ? null : ReceiptOf(answer, events),
        };
        response.Events.AddRange(events.Select(Describe));
        response.Entries.AddRange(Entries());
        return response;
    }

    // "Not sent" is an answer as well, until a retry got a final one.
    private static TransactionEvent? AnswerOf(List<TransactionEvent> events) =>
        events.LastOrDefault(e => e.Type == TransactionEventType.Authorized)
        ?? events.LastOrDefault(e => e.Type == TransactionEventType.NotSent);

    private static PaymentEvent Describe(TransactionEvent e) => new()
    {
        EventId = e.EventId,
        Type = e.Type,
        Late = Bookkeeper.IsLate(e),
        OccurredAt = e.OccurredAt,
        Acquirer = e.Acquirer,
        ResponseCode = e.ResponseCode,
        AcquirerResponseCode = e.AcquirerResponseCode,
        Attempts = e.Attempts,
        RouteReason = e.RouteReason,
        ReversalCause = e.ReversalCause,
        ReversalReason = e.ReversalReason,
        ReversalNote = e.ReversalNote,
        ClosedBy = e.ClosedBy,
    };

    private static PaymentTimings TimingsOf(List<TransactionEvent> events, TransactionEvent? answer)
    {
        var timings = new PaymentTimings();
        var queued = Own(events, TransactionEventType.ReversalQueued);
        var acknowledged = Own(events, TransactionEventType.ReversalAcknowledged);
        if (Between(answer?.AcceptedAt, answer?.OccurredAt) is { } answerMs) timings.AnswerMs = answerMs;
        if (Between(answer?.OccurredAt, queued?.OccurredAt) is { } toReversalMs)
            timings.AnswerToReversalMs = toReversalMs;
        if (Between(queued?.OccurredAt, acknowledged?.OccurredAt) is { } toAcknowledgementMs)
            timings.ReversalToAcknowledgementMs = toAcknowledgementMs;
        return timings;
    }

    private static TransactionEvent? Own(List<TransactionEvent> events, TransactionEventType type) =>
        events.FirstOrDefault(e => e.Type == type && !Bookkeeper.IsLate(e));

    private static long? Between(Timestamp? first, Timestamp? second)
    {
        if (first is null || second is null) return null;
        var ms = (long)(second.ToDateTimeOffset() - first.ToDateTimeOffset()).TotalMilliseconds;
        return ms < 0 ? null : ms;
    }

    private static Receipt ReceiptOf(TransactionEvent answer, List<TransactionEvent> events) => new()
    {
        MerchantId = answer.MerchantId,
        TerminalId = answer.TerminalId,
        LocalDateTime = answer.LocalDateTime,
        Kind = answer.Kind,
        EntryMode = answer.EntryMode,
        MaskedCard = "************" + answer.CardLastFour,
        Scheme = answer.Scheme,
        Amount = answer.ApprovedAmount ?? answer.RequestedAmount,
        Outcome = answer.Outcome,
        ResponseCode = answer.ResponseCode,
        ApprovalCode = answer.ApprovalCode,
        RetrievalReferenceNumber = answer.RetrievalReferenceNumber,
        Stan = answer.Stan,
        BatchNumber = answer.BatchNumber,
        Reversed = answer.Outcome is Outcome.Approved or Outcome.PartiallyApproved
            && Own(events, TransactionEventType.ReversalQueued) is not null,
    };

    private IEnumerable<PaymentEntry> Entries()
    {
        foreach (var lines in Lines.GroupBy(line => line.EntryId))
        {
            var first = lines.First();
            var entry = new PaymentEntry
            {
                EntryId = first.EntryId,
                Kind = SnakeCase.Of(((EntryKind)first.Kind).ToString()),
                SettleDate = first.SettleDate,
                Currency = first.Currency,
            };
            entry.Lines.AddRange(lines.Select(line => new PaymentPosting
            {
                Account = line.Account,
                AccountName = SnakeCase.Of(((Account)line.Account).ToString()),
                AmountMinor = line.AmountMinor,
                RuleKey = line.RuleKey ?? "",
                RuleText = line.RuleText ?? "",
            }));
            yield return entry;
        }
    }
}
