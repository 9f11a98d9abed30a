namespace Switch.Service.Idempotency;

/// <summary>
/// The claims that this process has given up in doubt most lately: whoever meets one here need not wait for its lease.
/// Bounded; one that is forgotten is taken over when its lease has ended.
/// </summary>
internal sealed class DoubtfulClaims
{
    /// <summary>Claims remembered.</summary>
    public const int Max = 4096;

    // A lock, because set and order change together; what comes here is rare.
    private readonly Lock _gate = new();
    private readonly HashSet<Fence> _fences = [];
    private readonly Queue<Fence> _order = new();

    public void Add(Fence fence)
    {
        lock (_gate)
        {
            if (!_fences.Add(fence)) return;
            _order.Enqueue(fence);
            if (_order.Count > Max) _fences.Remove(_order.Dequeue());
        }
    }

    public bool Contains(Fence fence)
    {
        lock (_gate) return _fences.Contains(fence);
    }
}
