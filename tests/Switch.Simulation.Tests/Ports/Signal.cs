namespace Switch.Simulation.Tests.Ports;

/// <summary>Ends one wait for each time it was set; several times in between count as one.</summary>
internal sealed class Signal
{
    private bool _isSet;
    private TaskCompletionSource? _waiter;

    public void Set()
    {
        _isSet = true;
        _waiter?.TrySetResult();
    }

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_isSet)
        {
            var waiter = new TaskCompletionSource();
            _waiter = waiter;
            await using var cancelled = cancellationToken.Register(() => waiter.TrySetCanceled(cancellationToken));
            await waiter.Task;
        }

        _isSet = false;
        _waiter = null;
    }
}
