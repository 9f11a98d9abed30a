using System.Diagnostics.Metrics;

namespace Switch.Settlement.Webhooks;

/// <summary>Counts attempts and says how old the queue is. Tags come from closed sets, never endpoint or
/// merchant.</summary>
internal sealed class WebhookTelemetry
{
    public const string MeterName = "cardswitch.settlement.webhooks";

    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;
    private long _queueAgeMs;

    public WebhookTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _attempts = meter.CreateCounter<long>("cardswitch.webhook.attempts", "{attempt}", "Attempts by outcome");
        _duration = meter.CreateHistogram<double>("cardswitch.webhook.attempt.duration", "s", "Duration of attempts");
        meter.CreateObservableGauge(
            "cardswitch.webhook.queue.age", () => Volatile.Read(ref _queueAgeMs) / 1000.0, "s",
            "How long the oldest delivery is due and not being sent");
    }

    /// <summary>An attempt ended.</summary>
    /// <param name="outcome">delivered, retry, dead, postponed or lease_lost.</param>
    /// <param name="duration">How long it took.</param>
    public void Attempted(string outcome, TimeSpan duration)
    {
        _attempts.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
    }

    /// <summary>Deliveries that died with their endpoint, without an attempt.</summary>
    public void Buried(int count) => _attempts.Add(count, new KeyValuePair<string, object?>("outcome", "buried"));

    /// <summary>The age of the oldest due delivery.</summary>
    public void QueueAge(long ageMs) => Volatile.Write(ref _queueAgeMs, ageMs);
}
