using System.Data.Common;
using Dapper;
using Switch.Contracts.V1;

namespace Switch.Settlement.Webhooks;

/// <summary>An event that may become a delivery.</summary>
internal sealed class DeliveryDraft
{
    /// <summary>From event e, payment p and endpoint w.</summary>
    public const string Columns =
        "e.event_id AS EventId, e.payment_id AS PaymentId, e.type AS Type, e.partition_offset AS Position, "
        + "p.transaction_id AS TransactionId, p.outcome AS Outcome, w.id AS EndpointId, w.event_types AS EventTypes";

    // The sequence is the rank by offset, which no replay or rebuild changes, among the events of the payment itself or
    // among those of its attempts: what happens to an attempt must not look newer than the payment's state.
    private const string Insert =
        "INSERT INTO webhook_delivery (endpoint_id, event_id, replay_ms, transaction_id, sequence, position, state, "
        + "attempts, due_ms, claim, created_ms, finished_ms, status_code, reason) "
        + "SELECT @EndpointId, @EventId, @replayMs, @TransactionId, COUNT(*), @Position, 1, 0, "
        + "@now, '', @now, 0, 0, '' "
        + "FROM event s WHERE s.payment_id = @PaymentId AND s.partition_offset <= @Position "
        + "AND (CASE WHEN s.event_id LIKE '%.late~_%' ESCAPE '~' THEN 1 ELSE 0 END) = @late ON CONFLICT DO NOTHING";

    public string EventId { get; set; } = "";

    public TransactionEventType Type { get; set; }

    public Outcome Outcome { get; set; }

    public string TransactionId { get; set; } = "";

    public long PaymentId { get; set; }

    public long Position { get; set; }

    public string EndpointId { get; set; } = "";

    public string EventTypes { get; set; } = "";

    /// <summary>Whether the endpoint is told of events of this name.</summary>
    public bool IsWanted =>
        WebhookEventType.Of(EventId, Type, Outcome) is { } type && WebhookEndpoint.Wants(EventTypes, type);

    /// <summary>Writes deliveries that are due at once.</summary>
    public static async Task InsertAsync(
        DbConnection connection, DbTransaction transaction,
        List<DeliveryDraft> drafts, long replayMs, DateTimeOffset time)
    {
        var now = time.ToUnixTimeMilliseconds();
        foreach (var d in drafts)
        {
            await connection.ExecuteAsync(
                Insert,
                new
                {
                    d.EndpointId,
                    d.EventId,
                    replayMs,
                    d.TransactionId,
                    d.PaymentId,
                    d.Position,
                    now,
                    late = WebhookEventType.IsOfAttempt(d.EventId) ? 1 : 0,
                },
                transaction);
        }
    }
}
