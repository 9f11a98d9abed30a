using Switch.Service.Authorization;

namespace Switch.Service.Hosting;

/// <summary>Where in its life the instance is; read on every request, so it is one volatile number.</summary>
internal sealed class ServiceState : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private volatile int _phase = (int)Phase.Starting;
    private int _openStreams;

    private enum Phase
    {
        Starting,
        Ready,
        Unready,
        Draining,
    }

    /// <summary>Load balancers may send work here.</summary>
    public bool IsReady => _phase == (int)Phase.Ready;

    /// <summary>Why new work is refused; null while it is taken, which goes on while load balancers catch up.</summary>
    public Refusal? Refuses => (Phase)_phase switch
    {
        Phase.Starting => Refusal.NotReady,
        Phase.Draining => Refusal.Draining,
        _ => null,
    };

    /// <summary>Whether it is ready now; not when it has begun to go down before it ever was.</summary>
    public bool TrySetReady()
    {
#pragma warning disable CS0420 // Interlocked is at least as strong as volatile.
        return Interlocked.CompareExchange(ref _phase, (int)Phase.Ready, (int)Phase.Starting) == (int)Phase.Starting;
#pragma warning restore CS0420
    }

    public void SetUnready() => _phase = (int)Phase.Unready;

    /// <summary>
    /// Cancelled when new work begins to be refused; streams then end as soon as they have nothing in flight.
    /// </summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Streams whose end the server has not sent yet.</summary>
    public int OpenStreams => Volatile.Read(ref _openStreams);

    public void StreamOpened() => Interlocked.Increment(ref _openStreams);

    public void StreamClosed() => Interlocked.Decrement(ref _openStreams);

    public void SetDraining()
    {
        // A full fence: who reads the number of requests in flight after this must not miss one that still saw the old
        // phase (a request first takes its place, then looks at the phase).
#pragma warning disable CS0420 // Interlocked is at least as strong as volatile.
        Interlocked.Exchange(ref _phase, (int)Phase.Draining);
#pragma warning restore CS0420
        _draining.Cancel();
    }

    public void Dispose() => _draining.Dispose();
}
