using System.Diagnostics.Metrics;

namespace Switch.Service.Authorization;

/// <summary>
/// Bounds how many requests are inside the switch at once. An atomic counter, so that turning one away costs next to
/// nothing when there is least to spend (G7).
/// </summary>
internal sealed class InFlightGate
{
    private readonly int _max;
    private readonly Counter<long> _shed;
    private int _inFlight;

    public InFlightGate(LimitOptions limits, Meter meter)
    {
        _max = limits.InFlightMax;
        _shed = meter.CreateCounter<long>(
            "cardswitch.shed", "{request}", "Requests turned away at the in-flight bound");
        meter.CreateObservableGauge(
            "cardswitch.in_flight", () => Volatile.Read(ref _inFlight), "{request}", "Requests inside the switch");
    }

    /// <summary>How many are inside now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A place inside, or a permit that was not granted. Dispose either.</summary>
    public Permit TryEnter()
    {
        // Looked at before it is written: those that are turned away neither contend for the counter nor, by counting
        // themselves for a moment, take the place that was just given back from one who could have it.
        var inFlight = Volatile.Read(ref _inFlight);
        while (inFlight < _max)
        {
            var seen = Interlocked.CompareExchange(ref _inFlight, inFlight + 1, inFlight);
            if (seen == inFlight) return new Permit(this);
            inFlight = seen;
        }

        _shed.Add(1);
        return default;
    }

    private void Leave() => Interlocked.Decrement(ref _inFlight);

    /// <summary>A place inside the switch, given back on dispose.</summary>
    public readonly struct Permit : IDisposable
    {
        private readonly InFlightGate? _gate;

        internal Permit(InFlightGate gate) => _gate = gate;

        public bool IsGranted => _gate is not null;

        public void Dispose() => _gate?.Leave();
    }
}
