using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Statistics;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Books a batch in memory: from the events, and what the store holds of their payments, the rows to write.
/// </summary>
internal sealed class BatchBook(Bookkeeper bookkeeper, IdBlocks ids, FeeRules rules, string topic)
{
    private readonly BalanceSums _sums = new();
    private readonly List<(int Posting, FeeRule Rule)> _newRules = [];

    public Dictionary<string, PaymentRow> Payments { get; } = new(StringComparer.Ordinal);

    public BatchRows Rows { get; } = new();

    /// <summary>Of the events that were not known before.</summary>
    public HourlyStatistics Statistics { get; } = new();

    /// <summary>Events that were known already.</summary>
    public int Duplicates { get; private set; }

    public void Clear()
    {
        Payments.Clear();
        Rows.Clear();
        _sums.Clear();
        _newRules.Clear();
        Statistics.Clear();
        Duplicates = 0;
    }

    /// <summary>Books one message. Messages of a partition come in its order.</summary>
    public void Add(StoreTransaction transaction, in ReadMessage read, SettlementDates dates)
    {
        if (read.IsPassedOver) return;
        if (read.Event is not { } e)
        {
            Rows.DeadLetters.Add(new DeadLetter(read.Message, read.Fault!));
            return;
        }

        var payment = PaymentOf(transaction, e);
        if (payment.Know(e.EventId, read.Message.Value) is { } known)
        {
            if (known.AsSpan().SequenceEqual(read.Message.Value)) Duplicates++;
            else Rows.DeadLetters.Add(new DeadLetter(read.Message, $"event {e.EventId} is known with other contents"));
            return;
        }

        var eventRow = ids.Next(transaction, IdBlocks.Event);
        Rows.Events.Add(new EventRow(
            eventRow, e.EventId, payment.Id, e.Type,
            e.OccurredAt.Seconds * 1000 + e.OccurredAt.Nanos / 1_000_000, read.Message.Partition, read.Message.Offset,
            read.Message.Value));
        Statistics.Add(e);
        Book(transaction, payment, eventRow, read, dates);
    }

    /// <summary>Ends the batch: what was changed and what was added up become rows.</summary>
    public void Finish(StoreTransaction transaction)
    {
        NumberRules(transaction);
        foreach (var payment in Payments.Values)
        {
            if (payment.IsNew) Rows.NewPayments.Add(payment);
            else if (payment.IsChanged) Rows.ChangedPayments.Add(payment);
        }

        _sums.MoveTo(Rows.Balances);
    }

    private PaymentRow PaymentOf(StoreTransaction transaction, TransactionEvent e)
    {
        if (Payments.TryGetValue(e.TransactionId, out var known)) return known;
        var first = PaymentRow.First(e);
        first.Id = ids.Next(transaction, IdBlocks.Payment);
        return Payments[e.TransactionId] = first;
    }

    private void Book(
        StoreTransaction transaction, PaymentRow payment, long eventRow, in ReadMessage read, SettlementDates dates)
    {
        var e = read.Event!;
        var booking = bookkeeper.Book(payment.Stage, payment.ApprovalLines, e);
        payment.TakeAnswer(e);
        payment.Reach(booking.Stage);
        if (booking.Lines.Length == 0) return;

        var entry = ids.Next(transaction, IdBlocks.Entry);
        if (e.Type == TransactionEventType.Authorized)
        {
            payment.ApprovalEntryId = entry;
            payment.ApprovalLines = booking.Lines;
        }

        var settles = read.Settles ?? dates.Of(read.BusinessDate, topic, read.Message.Partition, read.Message.Offset);
        var key = new EntryKey(
            settles == read.BusinessDate
                ? e.BusinessDate
                : BusinessDay.Text(settles),
            payment.Acquirer, payment.MerchantId, payment.Currency, e.BusinessDate, KindOf(e, booking.Lines));
        Rows.Entries.Add(new EntryRow(entry, eventRow, payment.Id, "", key));
        for (var i = 0; i < booking.Lines.Length; i++)
        {
            ref readonly var line = ref booking.Lines[i];
            if (!rules.TryNumberOf(line.Rule, out var rule)) _newRules.Add((Rows.Postings.Count, line.Rule!));
            Rows.Postings.Add(new PostingRow(
                entry, i, line.Account, line.AmountMinor, rule, line.RemainderMicro));
        }

        _sums.Add(key, booking.Lines);
    }

    // In one order for all consumers: two that add the same rules the other way round would wait for each other.
    private void NumberRules(StoreTransaction transaction)
    {
        _newRules.Sort(static (a, b) =>
        {
            var order = string.CompareOrdinal(a.Rule.Key, b.Rule.Key);
            return order != 0 ? order : string.CompareOrdinal(a.Rule.Text, b.Rule.Text);
        });
        foreach (var (posting, rule) in _newRules)
            Rows.Postings[posting] = Rows.Postings[posting] with { RuleId = rules.NumberOf(transaction, rule) };
    }

    // What takes the merchant's money back is the reversal, whichever of its events came.
    private static EntryKind KindOf(TransactionEvent e, Posting[] lines) => e.Type switch
    {
        TransactionEventType.Authorized when e.Kind == TransactionKind.Refund => EntryKind.Refund,
        TransactionEventType.Authorized => EntryKind.Sale,
        _ when Array.Exists(lines, static line => line.Account == Account.MerchantPayable) => EntryKind.Reversal,
        _ => EntryKind.ReversalSettled,
    };
}
