using System.Data.Common;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>An endpoint for which something is due.</summary>
internal sealed class DueEndpoint
{
    public string Id { get; set; } = "";

    public string Url { get; set; } = "";

    public EndpointState State { get; set; }

    public string StateReason { get; set; } = "";

    /// <summary>Since when the oldest waits.</summary>
    public long DueMs { get; set; }
}

/// <summary>
/// The deliveries as a queue for several instances: whoever claims one owns it until its lease ends, and only the owner
/// writes what came of it. A kill leaves the lease, after which it is sent again.
/// </summary>
internal sealed class DeliveryQueue(SettlementDatabase database, WebhookOptions options, TimeProvider time)
{
    private const int SweepMax = 1000;

    private const string ClaimColumns =
        "endpoint_id AS EndpointId, event_id AS EventId, replay_ms AS ReplayMs, transaction_id AS TransactionId, "
        + "sequence AS Sequence, state AS State, attempts AS Attempts, due_ms AS DueMs, claim AS Claim, "
        + "created_ms AS CreatedMs";

    private const string Key = "endpoint_id = @EndpointId AND event_id = @EventId AND replay_ms = @ReplayMs";

    private const string Due =
        "SELECT * FROM (SELECT w.id AS Id, w.url AS Url, w.state AS State, w.state_reason AS StateReason, "
        + "(SELECT MIN(d.due_ms) FROM webhook_delivery d WHERE d.endpoint_id = w.id AND d.state = 1) AS DueMs "
        + "FROM webhook_endpoint w WHERE w.paused_until_ms <= @now) x WHERE DueMs <= @now";

    // Taken apart from the update, so that PostgreSQL takes no more than the limit, and passes what another just takes.
    private readonly string _due =
        "WITH due AS MATERIALIZED (SELECT endpoint_id AS e, event_id AS v, replay_ms AS r FROM webhook_delivery "
        + "WHERE endpoint_id = @endpointId AND state = 1 AND due_ms <= @now ORDER BY due_ms, position LIMIT @max"
        + (database.Dialect == StoreDialect.PostgreSql ? " FOR UPDATE SKIP LOCKED) " : ") ");

    private const string OfDue = " FROM due WHERE endpoint_id = e AND event_id = v AND replay_ms = r AND state = 1";

    /// <summary>The endpoints for which something is due, disabled ones too.</summary>
    public async Task<List<DueEndpoint>> DueAsync(DbConnection connection) =>
        (await connection.QueryAsync<DueEndpoint>(Due, new { now = Now() })).AsList();

    /// <summary>
    /// Takes what is due for an endpoint, the oldest first, for the length of a lease. An attempt counts when it is
    /// recorded that it was sent: what fails before that costs none.
    /// </summary>
    /// <param name="connection">Open.</param>
    /// <param name="endpointId">The endpoint.</param>
    /// <param name="max">Most of them.</param>
    public async Task<List<Delivery>> ClaimAsync(DbConnection connection, string endpointId, int max)
    {
        var now = Now();
        var claimed = await connection.QueryAsync<Delivery>(
            $"{_due}UPDATE webhook_delivery SET due_ms = @lease, claim = @claim{OfDue} "
            + $"AND due_ms <= @now RETURNING {ClaimColumns}",
            new
            {
                endpointId,
                now,
                max,
                claim = Guid.NewGuid().ToString("N"),
                lease = now + (long)options.Lease.TotalMilliseconds,
            });
        return claimed.AsList();
    }

    /// <summary>The event of a delivery; null while it is not in the books.</summary>
    public static Task<byte[]?> PayloadAsync(DbConnection connection, Delivery delivery) =>
        connection.QuerySingleOrDefaultAsync<byte[]?>(
            "SELECT e.payload FROM payment p JOIN event e ON e.payment_id = p.id "
            + "WHERE p.transaction_id = @TransactionId AND e.event_id = @EventId", delivery);

    /// <summary>Writes what came of an attempt, if the delivery is still the claimant's.</summary>
    /// <param name="delivery">As claimed.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="random">0 up to 1, for the jitter.</param>
    /// <param name="cancel">The caller's.</param>
    /// <returns>What became of the delivery; null when the lease had ended and another has it.</returns>
    public async Task<DeliveryState?> RecordAsync(
        Delivery delivery, AttemptResult result, double random, CancellationToken cancel)
    {
        var now = Now();
        var (state, due) = Next(delivery, result, random, now);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var written = await connection.ExecuteAsync(
            "UPDATE webhook_delivery SET state = @state, due_ms = @due, finished_ms = @finished, claim = '', "
            + $"status_code = @status, reason = @reason, attempts = attempts + @sent WHERE {Key} AND claim = @Claim "
            + "AND state = 1",
            new
            {
                delivery.EndpointId,
                delivery.EventId,
                delivery.ReplayMs,
                delivery.Claim,
                state = (int)state,
                due,
                finished = state == DeliveryState.Pending ? 0 : now,
                status = result.StatusCode,
                reason = result.Reason,
                sent = result.IsSent ? 1 : 0,
            },
            transaction);
        if (written == 0) return null;
        await EndpointLearnsAsync(connection, transaction, delivery.EndpointId, result, now);
        await transaction.CommitAsync(cancel);
        return state;
    }

    /// <summary>Makes dead letters of what is due for a disabled endpoint, a thousand at once.</summary>
    public async Task<int> BuryAsync(DbConnection connection, DueEndpoint endpoint)
    {
        var now = Now();
        return await connection.ExecuteAsync(
            $"{_due}UPDATE webhook_delivery SET state = 3, finished_ms = @now, claim = '', reason = @reason{OfDue}",
            new
            {
                endpointId = endpoint.Id,
                now,
                max = SweepMax,
                reason = "endpoint disabled: " + endpoint.StateReason,
            });
    }

    /// <summary>Forgets ended secrets, and what was delivered or dead for long enough, a thousand of each at
    /// once.</summary>
    public async Task<int> PurgeAsync(DbConnection connection)
    {
        const string Sql =
            "DELETE FROM webhook_delivery WHERE (endpoint_id, event_id, replay_ms) IN (SELECT endpoint_id, event_id, "
            + "replay_ms FROM webhook_delivery WHERE state = @state AND finished_ms < @before LIMIT @max)";
        var now = Now();
        var taken = (long)options.DeliveredRetention.TotalMilliseconds;
        var delivered = new { state = 2, before = now - taken, max = SweepMax };
        var dead = new { state = 3, before = now - (long)options.DeadRetention.TotalMilliseconds, max = SweepMax };
        await connection.ExecuteAsync("DELETE FROM webhook_secret WHERE ends_ms < @now", new { now });
        return await connection.ExecuteAsync(Sql, delivered) + await connection.ExecuteAsync(Sql, dead);
    }

    private (DeliveryState State, long DueMs) Next(Delivery delivery, AttemptResult result, double random, long now)
    {
        if (result.Kind == AttemptKind.Delivered) return (DeliveryState.Delivered, now);
        if (result.Kind is AttemptKind.Gone or AttemptKind.Unsendable) return (DeliveryState.Dead, now);
        if (result.Kind == AttemptKind.Postponed)
        {
            // As long as an endpoint may fail: what waits for us may not pile up for ever either.
            return now - delivery.CreatedMs >= (long)options.DisableAfter.TotalMilliseconds
                ? (DeliveryState.Dead, now)
                : (DeliveryState.Pending, now + (long)RetrySchedule.Postponement.TotalMilliseconds);
        }

        return RetrySchedule.Next(RetrySchedule.Standard, delivery.Attempts + 1, random, result.RetryAfter) is { } pause
            ? (DeliveryState.Pending, now + (long)pause.TotalMilliseconds)
            : (DeliveryState.Dead, now);
    }

    private async Task EndpointLearnsAsync(
        DbConnection connection, DbTransaction transaction, string id, AttemptResult result, long now)
    {
        if (!result.IsSent) return;
        if (result.Kind == AttemptKind.Delivered)
        {
            await connection.ExecuteAsync(
                "UPDATE webhook_endpoint SET failing_since_ms = 0 WHERE id = @id AND failing_since_ms <> 0", new { id },
                transaction);
            return;
        }

        var pause = result.RetryAfter is { } after && after > TimeSpan.Zero
            ? now + (long)(after < RetrySchedule.PauseMax ? after : RetrySchedule.PauseMax).TotalMilliseconds
            : 0;
        await connection.ExecuteAsync(
            "UPDATE webhook_endpoint SET failing_since_ms = CASE WHEN failing_since_ms = 0 THEN @now ELSE "
            + "failing_since_ms "
            + "END, paused_until_ms = CASE WHEN @pause > paused_until_ms THEN @pause ELSE paused_until_ms END WHERE "
            + "id = @id",
            new { id, now, pause }, transaction);
        var since = now - (long)options.DisableAfter.TotalMilliseconds;
        var reason = result.Kind == AttemptKind.Gone
            ? "it answered 410 Gone"
            : $"it took nothing for {options.DisableAfter.TotalHours:0} hours";
        await connection.ExecuteAsync(
            "UPDATE webhook_endpoint SET state = 2, state_reason = @reason "
            + "WHERE id = @id AND state = 1 AND (@gone = 1 OR failing_since_ms < @since)",
            new { id, reason, since, gone = result.Kind == AttemptKind.Gone ? 1 : 0 }, transaction);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
