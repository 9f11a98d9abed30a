using Switch.Contracts.V1;
using Switch.Settlement.Fees;

namespace Switch.Settlement.Books;

/// <summary>Turns the events of a payment into entries. Pure: the same events make the same entries.</summary>
internal sealed class Bookkeeper
{
    private readonly FeeSchedule _fees;

    public Bookkeeper(FeeSchedule fees) => _fees = fees;

    /// <summary>
    /// The entry of one event, given what the payment's earlier events have made. By contract an approval comes before
    /// its reversal, and a reversal is queued before it ends. Should it be otherwise, because an event in between was
    /// lost, the books fail to the side of not paying out: whatever says that a payment is reversed is remembered, an
    /// approval after it posts nothing, and a reversal whose beginning is missing takes back all at once.
    /// </summary>
    /// <param name="stage">Where the payment stands.</param>
    /// <param name="approval">The lines of the payment's approval; empty while there are none.</param>
    /// <param name="e">The event. Events of one payment come in the order of its partition.</param>
    public Booking Book(PaymentStage stage, ReadOnlySpan<Posting> approval, TransactionEvent e)
    {
        // A late reversal takes back another attempt, whose approval no terminal was told of and no event announced.
        if (IsLate(e)) return new Booking(stage, []);
        return (e.Type, stage) switch
        {
            (TransactionEventType.Authorized, PaymentStage.None) when MovesMoney(e) =>
                new Booking(PaymentStage.Posted, Approval(e)),
            (TransactionEventType.ReversalQueued or TransactionEventType.ReversalParked, PaymentStage.None) =>
                new Booking(PaymentStage.ReversalQueued, []),
            (TransactionEventType.ReversalQueued or TransactionEventType.ReversalParked, PaymentStage.Posted) =>
                new Booking(PaymentStage.ReversalQueued, TakenBack(approval)),
            (TransactionEventType.ReversalAcknowledged or TransactionEventType.ReversalClosed, PaymentStage.None) =>
                new Booking(PaymentStage.Reversed, []),
            (TransactionEventType.ReversalAcknowledged or TransactionEventType.ReversalClosed, PaymentStage.Posted) =>
                new Booking(PaymentStage.Reversed, Cancelled(approval)),
            (TransactionEventType.ReversalAcknowledged or TransactionEventType.ReversalClosed,
                PaymentStage.ReversalQueued) => new Booking(PaymentStage.Reversed, Released(approval)),
            _ => new Booking(stage, []),
        };
    }

    /// <summary>Whether the event is of a reversal beside the transaction's own (see events.proto).</summary>
    public static bool IsLate(TransactionEvent e) => e.EventId.Contains(".late_", StringComparison.Ordinal);

    // A pre-authorization holds the cardholder's money, and moves none before its completion.
    private static bool MovesMoney(TransactionEvent e) =>
        e.Outcome is Outcome.Approved or Outcome.PartiallyApproved
        && e.Kind is TransactionKind.Purchase or TransactionKind.Refund;

    private Posting[] Approval(TransactionEvent e)
    {
        var amount = e.Kind == TransactionKind.Refund ? -e.ApprovedAmount.AmountMinor : e.ApprovedAmount.AmountMinor;
        List<Posting> lines = [new(Account.SchemeReceivable, amount), new(Account.MerchantPayable, -amount)];
        _fees.AddLines(e, lines);
        return [.. lines];
    }

    // The merchant is not paid for it from now on; what the acquirer still owes waits for its acknowledgement.
    private static Posting[] TakenBack(ReadOnlySpan<Posting> approval)
    {
        var lines = new Posting[approval.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = approval[i].Contra(
                approval[i].Account == Account.SchemeReceivable ? Account.ReversalSuspense : null);
        }

        return lines;
    }

    // The acquirer has acknowledged what nobody saw queued: nothing is in suspense.
    private static Posting[] Cancelled(ReadOnlySpan<Posting> approval)
    {
        var lines = new Posting[approval.Length];
        for (var i = 0; i < lines.Length; i++) lines[i] = approval[i].Contra();
        return lines;
    }

    private static Posting[] Released(ReadOnlySpan<Posting> approval)
    {
        var lines = new List<Posting>(approval.Length);
        foreach (var line in approval)
        {
            if (line.Account != Account.SchemeReceivable) continue;
            lines.Add(line with { Account = Account.ReversalSuspense });
            lines.Add(line.Contra());
        }

        return [.. lines];
    }
}
