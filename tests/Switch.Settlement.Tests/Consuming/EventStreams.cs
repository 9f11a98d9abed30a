using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>Made-up events: single ones by hand, and random streams of payments as the switch tells them.</summary>
internal static class EventStreams
{
    public const string Topic = "payments.transaction.v1";
    public const string Today = "2026-05-28";

    private static readonly string[] Merchants = ["M-ONE", "M-TWO", "M-THREE"];
    private static readonly string[] Acquirers = ["alpha", "beta"];
    private static readonly string[] Currencies = ["EUR", "USD", "JPY"];
    private static readonly string[] Dates = ["2026-05-27", "2026-05-28", "2026-05-29"];

    public static Bookkeeper Bookkeeper { get; } = new(new FeeSchedule(SampleTerms.Read()));

    /// <summary>A reader on 2026-05-28.</summary>
    public static EventReader Reader { get; } = new(
        new Microsoft.Extensions.Time.Testing.FakeTimeProvider(
            new DateTimeOffset(2026, 5, 28, 12, 0, 0, TimeSpan.Zero)),
        futureDaysMax: 2);

    public static string IdOf(int n) => n.ToString("x32", CultureInfo.InvariantCulture);

    public static TransactionEvent Event(
        int payment, string suffix, TransactionEventType type, TransactionKind kind = TransactionKind.Purchase,
        long amountMinor = 1290) => new()
        {
            EventId = $"{IdOf(payment)}.{suffix}",
            Type = type,
            Sequence = (int)type,
            OccurredAt = new() { Seconds = 1_780_000_000 + payment },
            AcceptedAt = new() { Seconds = 1_780_000_000 + payment },
            BusinessDate = Today,
            TransactionId = IdOf(payment),
            RootTransactionId = IdOf(payment),
            MerchantId = "M-ONE",
            TerminalId = "T1",
            IdempotencyKey = "k",
            Stan = 1,
            Kind = kind,
            EntryMode = EntryMode.Chip,
            RequestedAmount = new Money { AmountMinor = amountMinor, Currency = "EUR" },
            Acquirer = "alpha",
            Scheme = "visa",
            IssuerCountry = "DE",
            Funding = "credit",
            Mcc = "5411",
            CardLastFour = "1111",
        };

    public static TransactionEvent Authorized(
        int payment, TransactionKind kind = TransactionKind.Purchase, long amountMinor = 1290)
    {
        var e = Event(payment, "authorized", TransactionEventType.Authorized, kind, amountMinor);
        e.Outcome = Outcome.Approved;
        e.ResponseCode = "00";
        e.ApprovedAmount = e.RequestedAmount.Clone();
        return e;
    }

    /// <summary>The events of one payment in their order, of any kind that the contract allows.</summary>
    public static List<TransactionEvent> Payment(int payment, Random random)
    {
        List<TransactionEvent> events = [];
        var kind = (TransactionKind)random.Next(1, 4);
        var amount = random.Next(1, 100_000);
        if (random.Next(4) == 0) events.Add(Late(payment, "queued", TransactionEventType.ReversalQueued));
        if (random.Next(5) == 0)
        {
            var notSent = Event(payment, "not_sent.17", TransactionEventType.NotSent, kind, amount);
            notSent.Outcome = Outcome.Declined;
            notSent.ResponseCode = "91";
            events.Add(notSent);
        }

        var answer = Authorized(payment, kind, amount);
        if (random.Next(4) == 0)
        {
            (answer.Outcome, answer.ApprovedAmount, answer.ResponseCode) = (Outcome.Declined, null, "05");
        }
        else if (random.Next(6) == 0)
        {
            answer.Outcome = Outcome.PartiallyApproved;
            answer.ApprovedAmount.AmountMinor = Math.Max(1, amount / 2);
        }

        events.Add(answer);
        if (random.Next(3) == 0) events.AddRange(Reversal(payment, kind, amount, random));
        if (random.Next(4) == 0) events.Add(Late(payment, "acknowledged", TransactionEventType.ReversalAcknowledged));

        var (merchant, acquirer) = (Pick(Merchants, random), Pick(Acquirers, random));
        var (currency, date) = (Pick(Currencies, random), Pick(Dates, random));
        foreach (var e in events)
        {
            (e.MerchantId, e.Acquirer, e.BusinessDate) = (merchant, acquirer, date);
            e.RequestedAmount.Currency = currency;
            if (e.ApprovedAmount is not null) e.ApprovedAmount.Currency = currency;
            // A late reversal is of another attempt, which may have been at another acquirer.
            if (Bookkeeper.IsLate(e)) e.Acquirer = Pick(Acquirers, random);
        }

        return events;
    }

    public static ReadMessage Read(int partition, long offset, TransactionEvent e) =>
        Reader.Read(new ConsumedMessage(partition, offset, e.RootTransactionId, e.ToByteArray(), null));

    private static IEnumerable<TransactionEvent> Reversal(int payment, TransactionKind kind, int amount, Random random)
    {
        yield return Event(payment, "reversal_queued", TransactionEventType.ReversalQueued, kind, amount);
        for (var parked = random.Next(3); parked > 0; parked--)
            yield return Event(payment, $"reversal_parked.{parked}", TransactionEventType.ReversalParked, kind, amount);
        switch (random.Next(3))
        {
            case 0:
                yield return Event(
                    payment, "reversal_acknowledged", TransactionEventType.ReversalAcknowledged, kind, amount);
                break;
            case 1:
                yield return Event(payment, "reversal_closed", TransactionEventType.ReversalClosed, kind, amount);
                break;
            default:
                break; // still waiting
        }
    }

    private static TransactionEvent Late(int payment, string what, TransactionEventType type) =>
        Event(payment, $"late_reversal_{what}.0a1b2c3d", type);

    private static T Pick<T>(T[] from, Random random) => from[random.Next(from.Length)];
}
