using System.Diagnostics.Metrics;

namespace Switch.Service.Advices;

/// <summary>What the advice queue reports; tags are acquirers and closed sets.</summary>
internal sealed class AdviceMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _transmissions;
    private readonly Counter<long> _resolved;

    public AdviceMetrics(Meter meter)
    {
        _meter = meter;
        _transmissions = meter.CreateCounter<long>(
            "cardswitch.advice.transmissions", "{transmission}", "Advices handed to a link, by what became of them");
        _resolved = meter.CreateCounter<long>(
            "cardswitch.advice.resolutions", "{advice}", "Parked advices that a person decided about, by action");
    }

    /// <summary>Publishes what a queue holds, for as long as the meter lives.</summary>
    public void Observe(AdviceBook book, TimeProvider time)
    {
        _meter.CreateObservableGauge(
            "cardswitch.advices", () => States(book), "{advice}", "Advices without an acknowledgement");
        _meter.CreateObservableGauge(
            "cardswitch.in_doubt.age", () => AgeOf(book.OldestMs, time), "s",
            "Age of the oldest advice without an acknowledgement; 0 without any");
    }

    public void Transmitted(string acquirer, AdviceFate fate) =>
        _transmissions.Add(1, new("acquirer", acquirer), new("result", NameOf(fate)));

    public void Resolved(string action) => _resolved.Add(1, new KeyValuePair<string, object?>("action", action));

    private static Measurement<int>[] States(AdviceBook book)
    {
        var (pending, parked) = book.Count;
        return
        [
            new(pending, new KeyValuePair<string, object?>("state", "pending")),
            new(parked, new KeyValuePair<string, object?>("state", "parked")),
        ];
    }

    private static double AgeOf(long? sinceMs, TimeProvider time) =>
        sinceMs is { } ms
            ? Math.Max(0, (time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(ms)).TotalSeconds)
            : 0;

    private static string NameOf(AdviceFate fate) => fate switch
    {
        AdviceFate.Settled => "settled",
        AdviceFate.TryAgainSoon => "not_sent",
        AdviceFate.RetryLater => "retried",
        _ => "parked",
    };
}
