namespace Switch.Iso8583;

/// <summary>
/// While the breaker is open, asks the host by echo, with back-off. No customer's payment is ever a probe.
/// </summary>
internal sealed class BreakerProbe
{
    private readonly IsoLink _link;
    private readonly LinkState _state;
    private readonly CancellationToken _stopping;

    public BreakerProbe(IsoLink link, LinkState state, CancellationToken stopping)
    {
        _link = link;
        _state = state;
        _stopping = stopping;
    }

    public async Task RunAsync()
    {
        var (min, max) = (_link.Options.Breaker.ProbeMin, _link.Options.Breaker.ProbeMax);
        var delay = min;
        try
        {
            while (true)
            {
                await _state.WaitForAsync(LinkStatus.BreakerOpen, _stopping);
                await Task.Delay(delay, _link.Clock, _stopping);
                var isGood = await TryProbeAsync();
                delay = isGood ? min : delay > max / 2 ? max : delay * 2;
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The link stops.
        }
    }

    private async Task<bool> TryProbeAsync()
    {
        try
        {
            var isGood = _link.Table.AnyReady() is { } session
                && await session.AskAsync(NetworkMessages.Echo, _link.Options.EchoTimeout) == "00";
            _link.OnProbed(isGood);
            return isGood;
        }
        catch (Exception fault)
        {
            // A loop that ended here would leave the breaker open for ever.
            _link.Observer.OnLoopFault("breaker probe", fault);
            return false;
        }
    }
}
