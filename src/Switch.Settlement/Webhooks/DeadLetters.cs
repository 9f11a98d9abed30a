using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>What was given up: an operator's view, and the way back.</summary>
internal sealed class DeadLetters(SettlementDatabase database, TimeProvider time)
{
    /// <summary>Most letters of one answer.</summary>
    public const int PageMax = 1000;

    /// <summary>Most letters of one retry.</summary>
    public const int RetryMax = 100_000;

    /// <summary>The newest dead letters.</summary>
    /// <param name="endpointId">Of this endpoint; null: of all.</param>
    /// <param name="max">1 to <see cref="PageMax"/>.</param>
    /// <param name="cancel">The caller's.</param>
    public async Task<IReadOnlyList<Delivery>> ListAsync(string? endpointId, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<Delivery>(
            "SELECT endpoint_id AS EndpointId, event_id AS EventId, replay_ms AS ReplayMs, transaction_id AS "
            + "TransactionId, "
            + "sequence AS Sequence, state AS State, attempts AS Attempts, due_ms AS DueMs, created_ms AS CreatedMs, "
            + "finished_ms AS FinishedMs, status_code AS StatusCode, reason AS Reason FROM webhook_delivery "
            + "WHERE state = 3 AND (@endpointId = '' OR endpoint_id = @endpointId) "
            + "ORDER BY finished_ms DESC, endpoint_id, event_id LIMIT @max",
            new { endpointId = endpointId ?? "", max = Math.Clamp(max, 1, PageMax) })];
    }

    /// <summary>Sends dead letters again from the first attempt on, with the same ids.</summary>
    /// <param name="endpointId">The endpoint; enabled.</param>
    /// <param name="eventId">This event's only, by the switch's event id; null: all, up to <see
    /// cref="RetryMax"/>.</param>
    /// <param name="cancel">The caller's.</param>
    /// <returns>How many.</returns>
    public async Task<Checked<int>> RetryAsync(string endpointId, string? eventId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var state = await connection.ExecuteScalarAsync<long>(
            "SELECT COALESCE(MAX(state), 0) FROM webhook_endpoint WHERE id = @endpointId", new { endpointId });
        if (state == 0) return Checked<int>.Refused("there is no endpoint of this id");
        if (state != (long)EndpointState.Enabled)
            return Checked<int>.Refused("the endpoint is disabled; enable it first");

        return Checked<int>.Done(await connection.ExecuteAsync(
            "UPDATE webhook_delivery SET state = 1, attempts = 0, due_ms = @now, finished_ms = 0 "
            + "WHERE (endpoint_id, event_id, replay_ms) IN (SELECT endpoint_id, event_id, replay_ms FROM "
            + "webhook_delivery "
            + "WHERE endpoint_id = @endpointId AND state = 3 AND (@eventId = '' OR event_id = @eventId) "
            + "ORDER BY finished_ms LIMIT @max) AND state = 3",
            new
            {
                endpointId,
                eventId = eventId ?? "",
                now = time.GetUtcNow().ToUnixTimeMilliseconds(),
                max = RetryMax,
            }));
    }
}
