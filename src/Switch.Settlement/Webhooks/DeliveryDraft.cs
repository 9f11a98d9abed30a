using System.Data.Common;
using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>An event that may become a delivery.</summary>
internal sealed class DeliveryDraft
{
    /// <summary>From event e, payment p and endpoint w.</summary>
    /// <remarks>An answer (type 2) that came into the books after its reversal is not in the payment's row.</remarks>
    public const string Columns =
        "e.event_id AS EventId, e.type AS Type, p.transaction_id AS TransactionId, p.outcome AS Outcome, "
        + "w.id AS EndpointId, w.event_types AS EventTypes, "
        + "CASE WHEN p.outcome = 0 AND e.type = 2 THEN e.payload END AS LateAnswer";

    private const string PaymentRow = "(SELECT id FROM payment WHERE transaction_id = @TransactionId)";

    // The sequence is the rank in the order of booking, among the events of the payment itself or among those of its
    // attempts: what happens to an attempt must not look newer than the payment's state. That order is the offsets',
    // but for dead letters that were retried: those came when they were retried. One that came after a later event of
    // its payment is no newer state than that, so it has no rank (0), and takes none from what was told before it.
    // Whatever is booked later comes behind, so that no retry, replay or rebuild changes a rank.
    // Row numbers are looked up here and nowhere before: a rebuild may be swapped in after the draft was read.
    private const string InsertSql =
        "INSERT INTO webhook_delivery (endpoint_id, event_id, replay_ms, transaction_id, sequence, position, state, "
        + "attempts, due_ms, claim, created_ms, finished_ms, status_code, reason) "
        + "WITH booked AS (SELECT s.partition_offset AS place, r.number AS retry, r.after_offset AS retried_at "
        + "FROM event s LEFT JOIN retried_letter r ON r.partition_no = s.partition_no "
        + "AND r.partition_offset = s.partition_offset "
        + $"WHERE s.payment_id = {PaymentRow} "
        + "AND (CASE WHEN s.event_id LIKE '%.late~_%' ESCAPE '~' THEN 1 ELSE 0 END) = @late), "
        + "ranked AS (SELECT b.place FROM booked b WHERE b.retry IS NULL OR NOT EXISTS (SELECT 1 FROM booked o "
        + "WHERE o.place > b.place AND COALESCE(o.retry < b.retry, o.place < b.retried_at))) "
        + "SELECT @EndpointId, @EventId, @replayMs, @TransactionId, "
        + "CASE WHEN EXISTS (SELECT 1 FROM ranked WHERE place = e.partition_offset) "
        + "THEN (SELECT COUNT(*) FROM ranked WHERE place <= e.partition_offset) ELSE 0 END, e.partition_offset, 1, 0, "
        + $"@now, '', @now, 0, 0, '' FROM event e WHERE e.payment_id = {PaymentRow} AND e.event_id = @EventId "
        + "ON CONFLICT DO NOTHING";

    private const string IsBooked =
        $"SELECT COUNT(*) FROM event e WHERE e.payment_id = {PaymentRow} AND e.event_id = @EventId";

    private const string OfEvents =
        $"SELECT {Columns} FROM event e JOIN payment p ON p.id = e.payment_id "
        + "JOIN webhook_endpoint w ON w.merchant_id = p.merchant_id "
        + "WHERE e.id = @id AND w.state = 1 AND w.created_ms <= e.occurred_ms ORDER BY w.id";

    public string EventId { get; set; } = "";

    public TransactionEventType Type { get; set; }

    public Outcome Outcome { get; set; }

    public string TransactionId { get; set; } = "";

    public string EndpointId { get; set; } = "";

    public string EventTypes { get; set; } = "";

    public byte[]? LateAnswer { get; set; }

    /// <summary>Whether the endpoint is told of events of this name.</summary>
    public bool IsWanted =>
        WebhookEventType.Of(EventId, Type, Told) is { } type && WebhookEndpoint.Wants(EventTypes, type);

    /// <summary>Writes deliveries that are due at once.</summary>
    /// <returns>False when the books no longer have one of the events, as after a forced rebuild: the caller takes
    /// everything back and reads again.</returns>
    public static async Task<bool> InsertAsync(
        DbConnection connection, DbTransaction transaction,
        List<DeliveryDraft> drafts, long replayMs, DateTimeOffset time)
    {
        foreach (var draft in drafts)
        {
            var row = draft.RowOf(replayMs, time.ToUnixTimeMilliseconds());
            if (await connection.ExecuteAsync(InsertSql, row, transaction) > 0) continue;
            // It was told already, by the transaction that booked a retried letter; or it is not there.
            if (await connection.ExecuteScalarAsync<long>(IsBooked, row, transaction) == 0) return false;
        }

        return true;
    }

    /// <summary>
    /// Writes the deliveries of events that the fan-out may have passed already, in the transaction that books them.
    /// Those that it has not passed it finds as well, and writes no second time.
    /// </summary>
    /// <param name="transaction">Which has booked them.</param>
    /// <param name="eventRows">The numbers of their rows.</param>
    /// <param name="nowMs">Unix milliseconds.</param>
    public static void Insert(StoreTransaction transaction, IEnumerable<long> eventRows, long nowMs)
    {
        var (connection, open) = (transaction.Connection, transaction.Transaction);
        foreach (var id in eventRows)
        {
            foreach (var draft in connection.Query<DeliveryDraft>(OfEvents, new { id }, open).AsList())
            {
                if (draft.IsWanted) connection.Execute(InsertSql, draft.RowOf(replayMs: 0, nowMs), open);
            }
        }
    }

    private Outcome Told => LateAnswer is null ? Outcome : TransactionEvent.Parser.ParseFrom(LateAnswer).Outcome;

    private object RowOf(long replayMs, long now) => new
    {
        EndpointId,
        EventId,
        replayMs,
        TransactionId,
        now,
        late = WebhookEventType.IsOfAttempt(EventId) ? 1 : 0,
    };
}
