namespace Switch.Iso8583;

/// <summary>Exponential back-off with jitter: half of the doubled delay is fixed, half is random.</summary>
internal sealed class ReconnectDelay
{
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private TimeSpan _next;

    public ReconnectDelay(TimeSpan min, TimeSpan max)
    {
        _min = min;
        _max = max;
        _next = min;
    }

    public void Reset() => _next = _min;

    public TimeSpan Next()
    {
        // Many links lose the same host at the same moment; the jitter keeps them from coming back as one.
        var delay = _next * (0.5 + Random.Shared.NextDouble() / 2);
        _next = _next > _max / 2 ? _max : _next * 2;
        return delay;
    }
}
