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
        if (Interlocked.Increment(ref _inFlight) <= _max) return new Permit(this);
        Interlocked.Decrement(ref _inFlight);
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
