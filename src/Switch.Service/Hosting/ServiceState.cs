using Switch.Service.Authorization;

namespace Switch.Service.Hosting;

/// <summary>Where in its life the instance is; read on every request, so it is one volatile number.</summary>
internal sealed class ServiceState
{
    private volatile int _phase = (int)Phase.Starting;

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

    public void SetReady() => _phase = (int)Phase.Ready;

    public void SetUnready() => _phase = (int)Phase.Unready;

    public void SetDraining() => _phase = (int)Phase.Draining;
}
