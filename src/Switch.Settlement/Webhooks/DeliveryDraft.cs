using System.Data.Common;
using Dapper;
using Switch.Contracts.V1;

namespace Switch.Settlement.Webhooks;

/// <summary>An event that may become a delivery.</summary>
internal sealed class DeliveryDraft
{
    /// <summary>From event e and payment p. The sequence is the rank by offset, which no replay or rebuild
    /// changes.</summary>
    public const string Columns =
        "e.event_id AS EventId, e.type AS Type, e.partition_offset AS Position, p.transaction_id AS TransactionId, "
        + "p.outcome AS Outcome, (SELECT COUNT(*) FROM event s WHERE s.payment_id = e.payment_id "
        + "AND s.partition_offset <= e.partition_offset) AS Sequence";

    private const string Insert =
        "INSERT INTO webhook_delivery (endpoint_id, event_id, replay_ms, transaction_id, sequence, position, state, "
        + "attempts, due_ms, claim, created_ms, finished_ms, status_code, reason) VALUES (@EndpointId, @EventId, "
        + "@replayMs, "
        + "@TransactionId, @Sequence, @Position, 1, 0, @now, '', @now, 0, 0, '') ON CONFLICT DO NOTHING";

    public string EventId { get; set; } = "";

    public TransactionEventType Type { get; set; }

    public Outcome Outcome { get; set; }

    public string TransactionId { get; set; } = "";

    public long Sequence { get; set; }

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
                new { d.EndpointId, d.EventId, replayMs, d.TransactionId, d.Sequence, d.Position, now }, transaction);
        }
    }
}
