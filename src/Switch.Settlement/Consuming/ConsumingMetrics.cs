using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Switch.Settlement.Consuming;

/// <summary>How far the books are behind the stream, and what became of its messages.</summary>
internal sealed class ConsumingMetrics
{
    public const string MeterName = "Switch.Settlement";

    private readonly ConcurrentDictionary<int, long> _lag = new();
    private readonly Counter<long> _events;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _duration;

    public ConsumingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "cardswitch.settlement.lag", Lags, "{event}", "Events in Kafka that the books do not have yet");
        _events = meter.CreateCounter<long>("cardswitch.settlement.events", "{event}", "Events written");
        _duplicates = meter.CreateCounter<long>(
            "cardswitch.settlement.duplicates", "{event}", "Events that were known already");
        _deadLetters = meter.CreateCounter<long>(
            "cardswitch.settlement.dead_letters", "{message}", "Messages that could not be read");
        _failures = meter.CreateCounter<long>(
            "cardswitch.settlement.batch.failures", "{batch}", "Attempts to write a batch that failed");
        _duration = meter.CreateHistogram<double>(
            "cardswitch.settlement.batch.duration", "s", "Writing one batch, commit included");
    }

    /// <summary>Events behind, over all partitions of this consumer.</summary>
    public long Lag => _lag.Values.Sum();

    public void Written(in BatchResult result, TimeSpan took)
    {
        _events.Add(result.Events);
        _duplicates.Add(result.Duplicates);
        _deadLetters.Add(result.DeadLetters);
        _duration.Record(took.TotalSeconds);
    }

    public void Failed() => _failures.Add(1);

    public void SetLag(int partition, long events) => _lag[partition] = Math.Max(0, events);

    /// <summary>The partitions are another consumer's, which reports for them.</summary>
    public void ForgetLag() => _lag.Clear();

    private IEnumerable<Measurement<long>> Lags() => _lag.Select(lag =>
        new Measurement<long>(lag.Value, new KeyValuePair<string, object?>("partition", lag.Key)));
}
