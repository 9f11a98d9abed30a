using Switch.Iso8583;

namespace Switch.Service.Acquirers;

/// <summary>Turns what one link reports into logs and metrics.</summary>
internal sealed class LinkObserver : IsoLinkObserver
{
    private readonly string _acquirer;
    private readonly LinkMetrics _metrics;
    private readonly ILogger _logger;

    public LinkObserver(string acquirer, LinkMetrics metrics, ILogger logger)
    {
        _acquirer = acquirer;
        _metrics = metrics;
        _logger = logger;
    }

    public override void OnReady(int connection, string endpoint) =>
        Log.ConnectionUp(_logger, _acquirer, connection, endpoint);

    public override void OnConnectFailed(int connection, string endpoint, string reason) =>
        Log.ConnectFailed(_logger, _acquirer, connection, endpoint, reason);

    public override void OnClosed(int connection, CloseReason reason, string detail)
    {
        _metrics.Closed(_acquirer, reason);
        Log.ConnectionClosed(_logger, _acquirer, connection, reason, detail);
    }

    public override void OnBreakerChanged(bool isOpen, string reason) =>
        Log.BreakerChanged(_logger, _acquirer, isOpen ? "opened" : "closed", reason);

    public override void OnExchangeCompleted(ExchangeKind kind, ExchangeReason reason, TimeSpan roundTrip) =>
        _metrics.Completed(_acquirer, kind, reason, roundTrip);

    public override void OnLateReply(IsoMessage reply, TimeSpan afterOutcome)
    {
        _metrics.Late(_acquirer);
        Log.LateReply(_logger, _acquirer, afterOutcome);
    }

    public override void OnUnmatchedReply(IsoMessage reply, string? nearestMiss)
    {
        _metrics.Unmatched(_acquirer);
        if (nearestMiss is not null) Log.UnmatchedReply(_logger, _acquirer, nearestMiss);
    }

    public override void OnLoopFault(string part, Exception fault) =>
        Log.LinkLoopFault(_logger, _acquirer, part, fault);
}
