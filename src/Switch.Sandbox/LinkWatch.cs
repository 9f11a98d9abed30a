using Switch.Contracts.V1;

namespace Switch.Sandbox;

/// <summary>
/// Sees whether an acquirer takes requests, as an operator would: by asking where a payment would go.
/// </summary>
internal sealed class LinkWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly OperationsService.OperationsServiceClient _operations;
    private readonly TimeProvider _time;

    public LinkWatch(OperationsService.OperationsServiceClient operations, TimeProvider time)
    {
        _operations = operations;
        _time = time;
    }

    /// <exception cref="TimeoutException">It did not happen within 20 seconds.</exception>
    public async Task WaitUntilAsync(bool up, string acquirer, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        // Any payment that the fallback would carry too: the fallback lists every acquirer of the sandbox.
        var sample = new ExplainRouteRequest
        {
            Bin = "411111",
            Amount = new Money { AmountMinor = 100, Currency = "EUR" },
        };
        while (true)
        {
            var explanation = await _operations.ExplainRouteAsync(sample, cancellationToken: cancellationToken);
            if (explanation.Plan.Contains(acquirer) == up) return;
            if (_time.GetElapsedTime(started) > Patience)
                throw new TimeoutException(
                    $"the link to {acquirer} did not {(up ? "come up" : "go down")} within 20 s; it is seen by where "
                    + $"a Visa payment of 1 EUR would go, so routes.yaml has to list {acquirer} for one");
            await Task.Delay(Interval, _time, cancellationToken);
        }
    }
}
