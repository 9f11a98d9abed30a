using System.Globalization;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Records;

namespace Switch.Settlement.Exports;

/// <summary>
/// The columns of the exports, as docs/analytics.md lists them. Columns are added at the end and never change: files of
/// a year ago are read together with those of today.
/// </summary>
internal static class ExportTables
{
    public static ParquetTable<PaymentRecord> Payments { get; } = new ParquetTable<PaymentRecord>()
        .Text("transaction_id", row => row.TransactionId)
        .Text("root_transaction_id", row => row.RootTransactionId)
        .Date("business_date", row => DayOf(row.BusinessDate))
        .Time("accepted_at", row => TimeOf(row.AcceptedMs))
        .Time("answered_at", row => row.AnsweredMs == 0 ? null : TimeOf(row.AnsweredMs))
        .Text("merchant_id", row => row.MerchantId)
        .Text("terminal_id", row => row.TerminalId)
        .Text("acquirer", row => row.Acquirer)
        .Text("rrn", row => row.Rrn)
        .SmallNumber("stan", row => row.Stan)
        .SmallNumber("batch_number", row => row.BatchNumber)
        .Text("kind", row => Word((TransactionKind)row.Kind))
        .Text("entry_mode", row => Word((EntryMode)row.EntryMode))
        .Text("currency", row => row.Currency)
        .Number("requested_minor", row => row.RequestedMinor)
        .Number("approved_minor", row => row.ApprovedMinor)
        .Text("outcome", row => Word((Outcome)row.Outcome))
        .Text("declined_by", row => Word((DeclinedBy)row.DeclinedBy))
        .Text("response_code", row => row.ResponseCode)
        .Text("approval_code", row => row.ApprovalCode)
        .Text("scheme", row => row.Scheme)
        .Text("funding", row => row.Funding)
        .Text("issuer_country", row => row.IssuerCountry)
        .Text("mcc", row => row.Mcc)
        .Text("card_first_six", row => row.CardFirstSix)
        .Text("card_last_four", row => row.CardLastFour)
        .Text("card_token", row => row.CardToken)
        .Text("stage", row => SnakeCase.Of(((PaymentStage)row.Stage).ToString()));

    public static ParquetTable<TransactionEvent> Events { get; } = new ParquetTable<TransactionEvent>()
        .Text("event_id", e => e.EventId)
        .Text("type", e => Word(e.Type))
        .SmallNumber("sequence", e => e.Sequence)
        .Time("occurred_at", e => e.OccurredAt?.ToDateTime())
        .Date("business_date", e => DayOf(e.BusinessDate))
        .Text("transaction_id", e => e.TransactionId)
        .Text("merchant_id", e => e.MerchantId)
        .Text("terminal_id", e => e.TerminalId)
        .Text("acquirer", e => e.Acquirer)
        .Text("route_reason", e => e.RouteReason)
        .SmallNumber("attempts", e => e.Attempts)
        .Text("outcome", e => Word(e.Outcome))
        .Text("declined_by", e => Word(e.DeclinedBy))
        .Text("response_code", e => e.ResponseCode)
        .Text("acquirer_response_code", e => e.AcquirerResponseCode)
        .Text("currency", e => e.RequestedAmount?.Currency ?? "")
        .Number("requested_minor", e => e.RequestedAmount?.AmountMinor ?? 0)
        .Number("approved_minor", e => e.ApprovedAmount?.AmountMinor ?? 0)
        .Text("reversal_cause", e => Word(e.ReversalCause))
        .Text("reversal_reason", e => Word(e.ReversalReason))
        .Text("reversal_note", e => e.ReversalNote)
        .Text("closed_by", e => e.ClosedBy);

    public static ParquetTable<PostingExportRow> Postings { get; } = new ParquetTable<PostingExportRow>()
        .Number("entry_id", row => row.EntryId)
        .SmallNumber("line", row => row.Line)
        .Date("settle_date", row => DayOf(row.SettleDate))
        .Date("business_date", row => DayOf(row.BusinessDate))
        .Text("kind", row => SnakeCase.Of(((EntryKind)row.Kind).ToString()))
        .Text("reference", row => row.Reference)
        .Text("transaction_id", row => row.TransactionId ?? "")
        .Text("acquirer", row => row.Acquirer)
        .Text("merchant_id", row => row.MerchantId)
        .Text("currency", row => row.Currency)
        .SmallNumber("account", row => row.Account)
        .Text("account_name", row => SnakeCase.Of(((Account)row.Account).ToString()))
        .Number("amount_minor", row => row.AmountMinor)
        .Number("remainder_micro", row => row.RemainderMicro)
        .Text("rule_key", row => row.RuleKey ?? "");

    // Unspecified says nothing; a column of words has an empty text there, as the contract has zero.
    private static string Word<TEnum>(TEnum value)
        where TEnum : struct, Enum =>
        value.ToString() == "Unspecified" ? "" : SnakeCase.Of(value.ToString());

    private static DateTime DayOf(string date) => DateTime.ParseExact(
        date, "yyyy-MM-dd", CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static DateTime TimeOf(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime;
}
