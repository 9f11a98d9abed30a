using System.Diagnostics.Metrics;
using Switch.Service.Authorization;

namespace Switch.Service.Tests.Authorization;

/// <summary>G7: no more than the bound inside, and everyone turned away is counted.</summary>
public sealed class InFlightGateTests : IDisposable
{
    private readonly Meter _meter = new("in-flight-gate-tests");
    private readonly MeterListener _listener = new();
    private long _shed;

    public InFlightGateTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter)
                && instrument.Name == "cardswitch.shed") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _shed, value));
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void TryEnter_AtTheBound_IsTurnedAwayAndCounted_UntilOneLeaves()
    {
        var gate = Gate(max: 2);
        var first = gate.TryEnter();
        var second = gate.TryEnter();
        var third = gate.TryEnter();
        Assert.Equal((true, true, false), (first.IsGranted, second.IsGranted, third.IsGranted));
        Assert.Equal((2, 1L), (gate.InFlight, _shed));

        third.Dispose(); // gives back nothing, for it had nothing
        Assert.False(gate.TryEnter().IsGranted);
        first.Dispose();
        Assert.Equal(1, gate.InFlight);
        Assert.True(gate.TryEnter().IsGranted);
        Assert.Equal((2, 2L), (gate.InFlight, _shed));
    }

    [Fact]
    public async Task TryEnter_FromManyThreads_NeverLetsMoreThanTheBoundIn_AndLosesNoPlace()
    {
        const int max = 3;
        const int rounds = 20_000;
        var gate = Gate(max);
        var inside = 0;
        var most = 0;
        long granted = 0;
        long turnedAway = 0;
        void Hammer()
        {
            for (var i = 0; i < rounds; i++)
            {
                using var permit = gate.TryEnter();
                if (!permit.IsGranted)
                {
                    Interlocked.Increment(ref turnedAway);
                    continue;
                }

                var now = Interlocked.Increment(ref inside);
                int seen;
                while ((seen = Volatile.Read(ref most)) < now) Interlocked.CompareExchange(ref most, now, seen);
                Interlocked.Increment(ref granted);
                Interlocked.Decrement(ref inside);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(Hammer, TestContext.Current.CancellationToken)));

        Assert.InRange(most, 1, max);
        Assert.Equal(8 * rounds, granted + turnedAway);
        Assert.Equal((0, turnedAway), (gate.InFlight, _shed));
    }

    private InFlightGate Gate(int max) => new(new LimitOptions { InFlightMax = max }, _meter);
}
