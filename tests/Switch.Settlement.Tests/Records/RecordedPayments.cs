using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Records;

/// <summary>Payments as the consumer leaves them in the store.</summary>
internal static class RecordedPayments
{
    public const string Key = "00112233445566778899aabbccddee";

    public static readonly DateTimeOffset Accepted = new(2026, 6, 1, 10, 0, 0, TimeSpan.Zero);

    /// <summary>A transaction's answer. The number tells transactions apart.</summary>
    public static TransactionEvent Authorized(int number, Action<TransactionEvent>? with = null)
    {
        var id = $"{Key}{number:x2}";
        var e = new TransactionEvent
        {
            EventId = $"{id}.authorized",
            Type = TransactionEventType.Authorized,
            Sequence = 2,
            AcceptedAt = (Accepted + TimeSpan.FromSeconds(number)).ToTimestamp(),
            OccurredAt = (Accepted + TimeSpan.FromSeconds(number) + TimeSpan.FromMilliseconds(180)).ToTimestamp(),
            BusinessDate = "2026-06-01",
            TransactionId = id,
            RootTransactionId = id,
            MerchantId = "M1",
            TerminalId = "T1",
            IdempotencyKey = $"key-{number}",
            Stan = number,
            Kind = TransactionKind.Purchase,
            EntryMode = EntryMode.Chip,
            RequestedAmount = new Money { AmountMinor = 1290, Currency = "EUR" },
            ApprovedAmount = new Money { AmountMinor = 1290, Currency = "EUR" },
            Outcome = Outcome.Approved,
            ResponseCode = "00",
            AcquirerResponseCode = "00",
            ApprovalCode = "A1B2C3",
            RetrievalReferenceNumber = $"6152{number:d8}",
            Acquirer = "north",
            RouteReason = "rule visa-eu, candidate 1 of 2",
            Attempts = 1,
            CardToken = new string('a', 64),
            CardTokenKeyId = "k1",
            CardFirstSix = "411111",
            CardLastFour = "1111",
            Scheme = "visa",
            IssuerCountry = "DE",
            Funding = "credit",
            Mcc = "5411",
            LocalDateTime = new LocalDateTime
            {
                Year = 2026,
                Month = 6,
                Day = 1,
                Hour = 12,
                Minute = 0,
                Second =
                number
            },
            BatchNumber = 7,
        };
        with?.Invoke(e);
        return e;
    }

    /// <summary>A later event of the same transaction.</summary>
    public static TransactionEvent Then(
        this TransactionEvent answer, TransactionEventType type, TimeSpan after, string name)
    {
        var e = answer.Clone();
        e.Type = type;
        e.Sequence = (int)type;
        e.EventId = $"{answer.TransactionId}.{name}";
        e.OccurredAt = (answer.OccurredAt.ToDateTimeOffset() + after).ToTimestamp();
        e.Outcome = Outcome.Unspecified;
        e.ApprovedAmount = null;
        e.ResponseCode = "";
        return e;
    }

    /// <summary>Writes one payment with its events, as they stand.</summary>
    public static void Record(this TestStore store, long id, PaymentStage stage, params TransactionEvent[] events)
    {
        var e = events[0];
        store.Execute(
            """
            INSERT INTO payment (id, transaction_id, root_transaction_id, merchant_id, terminal_id, acquirer, rrn, stan,
              batch_number, kind, entry_mode, currency, requested_minor, approved_minor, outcome, declined_by,
              response_code, approval_code, scheme, funding, issuer_country, mcc, card_first_six, card_last_four,
              card_token, business_date, accepted_ms, answered_ms, stage, approval_entry_id)
            VALUES (@id, @TransactionId, @RootTransactionId, @MerchantId, @TerminalId, @Acquirer,
              @RetrievalReferenceNumber, @Stan, @BatchNumber, @kind, @mode, @currency, @requested, @approved, @outcome,
              @declined, @ResponseCode, @ApprovalCode, @Scheme, @Funding, @IssuerCountry, @Mcc, @CardFirstSix,
              @CardLastFour, @CardToken, @BusinessDate, @accepted, @answered, @stage, 0)
            """,
            new
            {
                id,
                e.TransactionId,
                e.RootTransactionId,
                e.MerchantId,
                e.TerminalId,
                e.Acquirer,
                e.RetrievalReferenceNumber,
                e.Stan,
                e.BatchNumber,
                kind = (int)e.Kind,
                mode = (int)e.EntryMode,
                currency = e.RequestedAmount.Currency,
                requested = e.RequestedAmount.AmountMinor,
                approved = e.ApprovedAmount?.AmountMinor ?? 0,
                outcome = (int)e.Outcome,
                declined = (int)e.DeclinedBy,
                e.ResponseCode,
                e.ApprovalCode,
                e.Scheme,
                e.Funding,
                e.IssuerCountry,
                e.Mcc,
                e.CardFirstSix,
                e.CardLastFour,
                e.CardToken,
                e.BusinessDate,
                accepted = e.AcceptedAt.ToDateTimeOffset().ToUnixTimeMilliseconds(),
                answered = e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds(),
                stage = (int)stage,
            });
        for (var i = 0; i < events.Length; i++)
        {
            store.Execute(
                """
                INSERT INTO event (id, event_id, payment_id, type, occurred_ms, partition_no, partition_offset, payload)
                VALUES (@row, @EventId, @id, @type, @occurred, 0, @offset, @payload)
                """,
                new
                {
                    row = (id * 1000) + i,
                    events[i].EventId,
                    id,
                    type = (int)events[i].Type,
                    occurred = events[i].OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds(),
                    offset = (id * 1000) + i,
                    payload = events[i].ToByteArray(),
                });
        }
    }
}
