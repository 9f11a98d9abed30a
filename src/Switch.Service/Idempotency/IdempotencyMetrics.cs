using System.Diagnostics.Metrics;

namespace Switch.Service.Idempotency;

/// <summary>The numbers of this folder. Tags come from small closed sets; a key is never one.</summary>
internal sealed class IdempotencyMetrics
{
    public const string InProcess = "process";
    public const string AcrossInstances = "instance";

    /// <summary>Taken over: left by a claim of this process that timed out; nothing was sent.</summary>
    public const string Orphan = "orphan";

    /// <summary>Taken over: its lease ran out.</summary>
    public const string Expired = "expired";

    /// <summary>Taken over: made by an earlier incarnation on this journal, or abandoned by this one.</summary>
    public const string Own = "own";

    private static readonly KeyValuePair<string, object?> Redis = new("db.system.name", "redis");

    private readonly Counter<long> _claims;
    private readonly Counter<long> _keyReused;
    private readonly Counter<long> _takenOver;
    private readonly Counter<long> _dropped;
    private readonly UpDownCounter<long> _waiters;
    private readonly UpDownCounter<long> _repairs;
    private readonly Histogram<double> _operations;

    public IdempotencyMetrics(Meter meter)
    {
        _claims = meter.CreateCounter<long>(
            "cardswitch.idempotency.claims", "{claim}", "Requests by what their key's record said.");
        _keyReused = meter.CreateCounter<long>(
            "cardswitch.idempotency.key_reused", "{request}", "Requests under a key of another payload (S3): alarm.");
        _takenOver = meter.CreateCounter<long>(
            "cardswitch.idempotency.taken_over", "{claim}", "Claims taken over because their holder is gone.");
        _dropped = meter.CreateCounter<long>(
            "cardswitch.idempotency.repairs.dropped", "{write}", "Late writes given up because their queue was full.");
        _waiters = meter.CreateUpDownCounter<long>(
            "cardswitch.idempotency.waiters", "{request}", "Requests that wait for another's answer (S1).");
        _repairs = meter.CreateUpDownCounter<long>(
            "cardswitch.idempotency.repairs.pending", "{write}", "Writes that wait for Redis to return.");
        _operations = meter.CreateHistogram<double>(
            "db.client.operation.duration", "s", "Duration of operations against Redis.");
    }

    public void Claimed(ClaimKind kind)
    {
        _claims.Add(1, new KeyValuePair<string, object?>("result", NameOf(kind)));
        if (kind == ClaimKind.KeyReused) _keyReused.Add(1);
    }

    /// <summary>A request that was answered without Redis, from the attempt it joined in this process.</summary>
    public void KeyReusedInProcess()
    {
        _claims.Add(1, new KeyValuePair<string, object?>("result", NameOf(ClaimKind.KeyReused)));
        _keyReused.Add(1);
    }

    public void TakenOver(string why) => _takenOver.Add(1, new KeyValuePair<string, object?>("why", why));

    public void WaiterAdded(string scope) => _waiters.Add(1, new KeyValuePair<string, object?>("scope", scope));

    public void WaiterRemoved(string scope) => _waiters.Add(-1, new KeyValuePair<string, object?>("scope", scope));

    public void RepairsChanged(string kind, int by) =>
        _repairs.Add(by, new KeyValuePair<string, object?>("kind", kind));

    public void RepairsDropped(string kind, int count) =>
        _dropped.Add(count, new KeyValuePair<string, object?>("kind", kind));

    public void Operation(string name, TimeSpan duration, string? errorType)
    {
        if (!_operations.Enabled) return;
        var operation = new KeyValuePair<string, object?>("db.operation.name", name);
        if (errorType is null)
        {
            _operations.Record(duration.TotalSeconds, Redis, operation);
            return;
        }

        var error = new KeyValuePair<string, object?>("error.type", errorType);
        _operations.Record(duration.TotalSeconds, Redis, operation, error);
    }

    private static string NameOf(ClaimKind kind) => kind switch
    {
        ClaimKind.Owner => "owner",
        ClaimKind.Final => "final",
        ClaimKind.InFlight => "in_flight",
        ClaimKind.KeyReused => "key_reused",
        ClaimKind.Tombstoned => "tombstoned",
        ClaimKind.Released => "released",
        _ => "unavailable",
    };
}
