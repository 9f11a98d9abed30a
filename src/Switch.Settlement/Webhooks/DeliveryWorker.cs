using System.Data.Common;
using Switch.Contracts.V1;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>
/// Sends what is due. Each endpoint has few places of its own, and a failing one a single place, so that a slow
/// receiver delays no other. A delivery is claimed when there is a place for it, so that its lease covers the attempt
/// alone.
/// </summary>
internal sealed class DeliveryWorker(
    SettlementDatabase database,
    DeliveryQueue queue,
    WebhookEndpoints endpoints,
    DeliverySender sender,
    WebhookTelemetry telemetry,
    WebhookOptions options,
    TimeProvider time,
    ILogger<DeliveryWorker> logger)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private int _inFlight;
    private int _turn;

    // Set when an attempt ends: its place may be taken.
    private TaskCompletionSource _ended = New();

    /// <summary>Sends until it is stopped, and then ends the attempts that are under way.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var ended = Volatile.Read(ref _ended).Task;
            if (await StepAsync(stop) > 0) continue;
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stop);
            await Task.WhenAny(ended, Task.Delay(options.PollInterval, time, pause.Token));
            await pause.CancelAsync();
        }

        await IdleAsync();
    }

    /// <summary>Begins what is due and has a place.</summary>
    /// <returns>How many attempts it began.</returns>
    public async Task<int> DispatchAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var due = await queue.DueAsync(connection);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        telemetry.QueueAge(due.Count == 0 ? 0 : now - due.Min(endpoint => endpoint.DueMs));
        var begun = 0;
        // Not always the same one first: the places of all are fewer than the endpoints.
        _turn = due.Count == 0 ? 0 : (_turn + 1) % due.Count;
        for (var i = 0; i < due.Count && !cancel.IsCancellationRequested; i++)
            begun += await DispatchAsync(connection, due[(i + _turn) % due.Count]);
        return begun;
    }

    /// <summary>Waits for the attempts that are under way; each ends within its timeout.</summary>
    public async Task IdleAsync()
    {
        while (true)
        {
            var ended = Volatile.Read(ref _ended).Task;
            if (Volatile.Read(ref _inFlight) == 0) return;
            await ended;
        }
    }

    private async Task<int> StepAsync(CancellationToken stop)
    {
        try
        {
            return await DispatchAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (DbException e)
        {
            WebhookLog.StoreAway(logger, e, options.PollInterval);
            return 0;
        }
        catch (Exception e)
        {
            WebhookLog.WorkFailed(logger, e, "The delivery of webhooks", options.PollInterval);
            return 0;
        }
    }

    private async Task<int> DispatchAsync(DbConnection connection, DueEndpoint endpoint)
    {
        if (endpoint.State == EndpointState.Disabled)
        {
            var buried = await queue.BuryAsync(connection, endpoint);
            if (buried == 0) return 0;
            telemetry.Buried(buried);
            WebhookLog.Buried(logger, buried, endpoint.Id);
            return buried;
        }

        var free = Free(endpoint.Id);
        if (free <= 0) return 0;
        var claimed = await queue.ClaimAsync(connection, endpoint.Id, free);
        if (claimed.Count == 0) return 0;
        var secrets = await SecretsAsync(connection, endpoint.Id);
        foreach (var delivery in claimed)
        {
            var load = await LoadAsync(connection, delivery, secrets);
            Enter(endpoint.Id);
            _ = AttemptAsync(endpoint, delivery, load);
        }

        return claimed.Count;
    }

    // Whatever keeps the secrets or an event from being read is no fault of the other deliveries, nor of the endpoints
    // after this one: each is postponed by itself, and what can be read is sent.
    private async Task<IReadOnlyList<WebhookSecret>?> SecretsAsync(DbConnection connection, string endpointId)
    {
        try
        {
            var secrets = await endpoints.SecretsAsync(connection, endpointId);
            if (secrets is null) WebhookLog.SecretsLost(logger, endpointId);
            return secrets;
        }
        catch (Exception e)
        {
            WebhookLog.Unreadable(logger, e, "The secrets", endpointId);
            return null;
        }
    }

    private async Task<Load> LoadAsync(
        DbConnection connection, Delivery delivery, IReadOnlyList<WebhookSecret>? secrets)
    {
        if (secrets is null) return new Load([], [], "the secrets can't be opened");
        try
        {
            return await DeliveryQueue.PayloadAsync(connection, delivery) is { } payload
                ? new Load(payload, secrets, null)
                : new Load([], [], "the event is not in the books");
        }
        catch (Exception e)
        {
            WebhookLog.Unreadable(logger, e, delivery.EventId, delivery.EndpointId);
            return new Load([], [], "the event can't be read");
        }
    }

    private async Task AttemptAsync(DueEndpoint endpoint, Delivery delivery, Load load)
    {
        // Off the dispatcher: the first part of a send is synchronous.
        await Task.Yield();
        var failed = true;
        try
        {
            var started = time.GetTimestamp();
            var result = await SendAsync(endpoint, delivery, load);
            var state = await queue.RecordAsync(delivery, result, Random.Shared.NextDouble(), CancellationToken.None);
            failed = result.Kind != AttemptKind.Delivered;
            Tell(delivery, result, state, time.GetElapsedTime(started));
        }
        catch (Exception e)
        {
            // What came of it is not written: the lease ends, and it is sent again.
            WebhookLog.WorkFailed(logger, e, "The record of a delivery", options.Lease);
        }
        finally
        {
            Leave(endpoint.Id, failed);
        }
    }

    private async Task<AttemptResult> SendAsync(DueEndpoint endpoint, Delivery delivery, Load load)
    {
        if (load.Missing is { } missing) return new AttemptResult(AttemptKind.Postponed, Reason: missing);
        if (MessageOf(delivery, load.Payload) is not { } message)
            return new AttemptResult(AttemptKind.Unsendable, Reason: "no message can be made of the event");
        return await sender.SendAsync(endpoint.Url, message, load.Secrets, CancellationToken.None);
    }

    private WebhookMessage? MessageOf(Delivery delivery, byte[] payload)
    {
        try
        {
            return WebhookMessage.Of(TransactionEvent.Parser.ParseFrom(payload), delivery.Sequence);
        }
        catch (Exception e)
        {
            // Whatever it is, it is the same at the next attempt: left open, it would be tried for ever.
            WebhookLog.Unsendable(logger, e, delivery.EventId);
            return null;
        }
    }

    private void Tell(Delivery delivery, AttemptResult result, DeliveryState? state, TimeSpan duration)
    {
        var (id, endpoint) = (delivery.EventId, delivery.EndpointId);
        var attempt = delivery.Attempts + (result.IsSent ? 1 : 0);
        switch (state)
        {
            case DeliveryState.Delivered:
                telemetry.Attempted("delivered", duration);
                WebhookLog.Delivered(logger, id, endpoint, attempt);
                break;
            case DeliveryState.Dead:
                telemetry.Attempted("dead", duration);
                WebhookLog.Dead(logger, id, endpoint, attempt, result.Reason);
                break;
            case DeliveryState.Pending:
                telemetry.Attempted(result.Kind == AttemptKind.Postponed ? "postponed" : "retry", duration);
                WebhookLog.Failed(logger, id, endpoint, attempt, result.Reason);
                break;
            default:
                telemetry.Attempted("lease_lost", duration);
                WebhookLog.LeaseLost(logger, id, endpoint);
                break;
        }
    }

    private int Free(string endpointId)
    {
        lock (_gate)
        {
            var lane = _lanes.GetValueOrDefault(endpointId);
            var own = (lane.Failing ? 1 : options.EndpointConcurrencyMax) - lane.InFlight;
            return Math.Min(own, options.ConcurrencyMax - _inFlight);
        }
    }

    private void Enter(string endpointId)
    {
        lock (_gate)
        {
            var lane = _lanes.GetValueOrDefault(endpointId);
            _lanes[endpointId] = lane with { InFlight = lane.InFlight + 1 };
            _inFlight++;
        }
    }

    private void Leave(string endpointId, bool failed)
    {
        lock (_gate)
        {
            var lane = new Lane(_lanes[endpointId].InFlight - 1, failed);
            if (lane == default) _lanes.Remove(endpointId);
            else _lanes[endpointId] = lane;
            _inFlight--;
        }

        Interlocked.Exchange(ref _ended, New()).SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What an attempt needs; or what is missing, and nothing else.</summary>
    private readonly record struct Load(byte[] Payload, IReadOnlyList<WebhookSecret> Secrets, string? Missing);

    /// <summary>The places of an endpoint.</summary>
    private readonly record struct Lane(int InFlight, bool Failing);
}
