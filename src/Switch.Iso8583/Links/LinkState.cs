namespace Switch.Iso8583;

/// <summary>The link's status: read without a lock, changed in one place, awaitable.</summary>
internal sealed class LinkState
{
    // Status changes are rare; the lock keeps two of them from being published in the wrong order.
    private readonly Lock _gate = new();
    private readonly IsoLinkObserver _observer;
    private TaskCompletionSource _changed = New();
    private volatile LinkStatus _status = LinkStatus.Down;

    public LinkState(IsoLinkObserver observer) => _observer = observer;

    public LinkStatus Status => _status;

    public void Update(ExchangeTable table, CircuitBreaker breaker)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            var status = breaker.IsOpen ? LinkStatus.BreakerOpen
                : table.ReadyConnections > 0 ? LinkStatus.Up
                : LinkStatus.Down;
            if (status == _status) return;
            _status = status;
            changed = _changed;
            _changed = New();
            _observer.OnStatusChanged(status);
        }

        changed.SetResult();
    }

    public async Task WaitForAsync(LinkStatus status, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_status == status) return;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
