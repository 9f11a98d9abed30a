using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Switch.Contracts.V1;

namespace Switch.Settlement.Webhooks;

/// <summary>
/// What goes over the wire for one event: the same id and bytes at every attempt and replay. The schema is
/// docs/webhooks.md; members are only ever added within <see cref="SchemaVersion"/>.
/// </summary>
/// <param name="Id">The header webhook-id: derived from the event id, without the full stops that signing
/// forbids.</param>
/// <param name="Type">One of <see cref="WebhookEventType"/>.</param>
/// <param name="Body">JSON, UTF-8, at most <see cref="BodyMax"/> bytes.</param>
internal sealed record WebhookMessage(string Id, string Type, ReadOnlyMemory<byte> Body)
{
    /// <summary>Goes up when a member changes its meaning or goes away.</summary>
    public const int SchemaVersion = 1;

    /// <summary>Most bytes of a body: an event has at most 3 KiB, and its card token and route stay here.</summary>
    public const int BodyMax = 16 * 1024;

    private const int IdLengthMax = 132;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>Makes the message of an event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="sequence">Its place among the events of the payment, or of the payment's attempts, from 1; 0 for
    /// one that came into the books after a later one.</param>
    /// <returns>Null for an event that nobody is told of.</returns>
    public static WebhookMessage? Of(TransactionEvent e, long sequence)
    {
        if (WebhookEventType.Of(e.EventId, e.Type, e.Outcome) is not { } type) return null;
        var id = IdOf(e.EventId);
        using var stream = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(stream, Json)) Write(json, id, type, e, sequence);
        return new WebhookMessage(id, type, stream.GetBuffer().AsMemory(0, (int)stream.Length));
    }

    /// <summary>The webhook-id of an event id; safe as a header whatever the event id holds.</summary>
    public static string IdOf(string eventId)
    {
        var id = "evt_" + eventId.Replace('.', '-');
        var plain = id.Length <= IdLengthMax && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
        // Event ids of the switch have no hyphen, so the replacement is one to one.
        if (plain && !eventId.Contains('-', StringComparison.Ordinal)) return id;
        return "evt_x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(eventId)));
    }

    private static void Write(Utf8JsonWriter json, string id, string type, TransactionEvent e, long sequence)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("timestamp", Time(e.OccurredAt));
        json.WriteString("id", id);
        json.WriteNumber("schema_version", SchemaVersion);
        json.WriteStartObject("data");
        json.WriteString("event_id", e.EventId);
        json.WriteString("payment_id", e.TransactionId);
        json.WriteString("root_payment_id", e.RootTransactionId);
        WriteSequence(json, e.EventId, sequence);
        json.WriteString("merchant_id", e.MerchantId);
        json.WriteString("terminal_id", e.TerminalId);
        json.WriteString("idempotency_key", e.IdempotencyKey);
        json.WriteNumber("batch_number", e.BatchNumber);
        json.WriteString("business_date", e.BusinessDate);
        json.WriteString("accepted_at", Time(e.AcceptedAt));
        json.WriteString("kind", Kind(e.Kind));
        json.WriteString("entry_mode", EntryMode(e.EntryMode));
        WriteMoney(json, "requested", e.RequestedAmount);
        WriteMoney(json, "approved", e.ApprovedAmount);
        WriteOutcome(json, e);
        WriteReversal(json, e);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Under other names, so that no receiver takes what happened to an attempt for the payment's newest state.
    private static void WriteSequence(Utf8JsonWriter json, string eventId, long sequence)
    {
        var isOfAttempt = WebhookEventType.IsOfAttempt(eventId);
        if (isOfAttempt) json.WriteString("attempt_id", WebhookEventType.AttemptOf(eventId));
        if (sequence > 0) json.WriteNumber(isOfAttempt ? "attempt_sequence" : "sequence", sequence);
    }

    private static void WriteOutcome(Utf8JsonWriter json, TransactionEvent e)
    {
        WriteText(json, "outcome", e.Outcome switch
        {
            Outcome.Approved => "approved",
            Outcome.PartiallyApproved => "partially_approved",
            Outcome.Declined => "declined",
            _ => "",
        });
        WriteText(json, "declined_by", e.DeclinedBy switch
        {
            DeclinedBy.Issuer => "issuer",
            DeclinedBy.Switch => "switch",
            DeclinedBy.TechnicalFailure => "technical_failure",
            _ => "",
        });
        WriteText(json, "response_code", e.ResponseCode);
        WriteText(json, "approval_code", e.ApprovalCode);
        WriteText(json, "retrieval_reference_number", e.RetrievalReferenceNumber);
        WriteText(json, "card_scheme", e.Scheme);
        // Never more than four digits, whatever the event says.
        WriteText(json, "card_last_four", e.CardLastFour.Length > 4 ? e.CardLastFour[^4..] : e.CardLastFour);
    }

    // Notes and names of operators are the house's own: they stay in it.
    private static void WriteReversal(Utf8JsonWriter json, TransactionEvent e)
    {
        WriteText(json, "reversal_cause", e.ReversalCause switch
        {
            ReversalCause.NoAnswer => "no_answer",
            ReversalCause.Terminal => "terminal",
            ReversalCause.PartialNotSupported => "partial_not_supported",
            ReversalCause.UnclearAnswer => "unclear_answer",
            ReversalCause.Recovery => "recovery",
            _ => "",
        });
        WriteText(json, "reversal_reason", e.ReversalReason switch
        {
            ReversalReason.Cancelled => "cancelled",
            ReversalReason.Timeout => "timeout",
            ReversalReason.CardDeclined => "card_declined",
            ReversalReason.Malfunction => "malfunction",
            _ => "",
        });
    }

    private static void WriteMoney(Utf8JsonWriter json, string name, Money? money)
    {
        if (money is null) return;
        json.WriteStartObject(name);
        json.WriteNumber("amount_minor", money.AmountMinor);
        json.WriteString("currency", money.Currency);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0) json.WriteString(name, value);
    }

    private static string Kind(TransactionKind kind) => kind switch
    {
        TransactionKind.Purchase => "purchase",
        TransactionKind.PreAuthorization => "pre_authorization",
        TransactionKind.Refund => "refund",
        _ => "unknown",
    };

    private static string EntryMode(EntryMode mode) => mode switch
    {
        Contracts.V1.EntryMode.Manual => "manual",
        Contracts.V1.EntryMode.MagneticStripe => "magnetic_stripe",
        Contracts.V1.EntryMode.Chip => "chip",
        Contracts.V1.EntryMode.Contactless => "contactless",
        Contracts.V1.EntryMode.FallbackStripe => "fallback_stripe",
        Contracts.V1.EntryMode.Ecommerce => "ecommerce",
        _ => "unknown",
    };

    private static string Time(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        (time?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
