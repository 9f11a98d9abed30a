using System.Diagnostics.Metrics;
using Switch.Iso8583;

namespace Switch.Service.Acquirers;

/// <summary>What the links of all acquirers report; the only tags are acquirer and closed sets of reasons.</summary>
internal sealed class LinkMetrics
{
    private readonly Histogram<double> _roundTrip;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _closes;
    private readonly Counter<long> _lateReplies;
    private readonly Counter<long> _unmatchedReplies;
    private readonly List<(string Acquirer, IsoLink Link)> _links = [];

    public LinkMetrics(Meter meter)
    {
        _roundTrip = meter.CreateHistogram<double>("cardswitch.link.rtt", "s", "From the socket to the reply");
        _attempts = meter.CreateCounter<long>("cardswitch.link.exchanges", "{exchange}", "Exchanges by how they ended");
        _closes = meter.CreateCounter<long>("cardswitch.link.closes", "{connection}", "Connections closed, by reason");
        _lateReplies = meter.CreateCounter<long>(
            "cardswitch.link.late_replies", "{reply}", "Replies after their request had timed out");
        _unmatchedReplies = meter.CreateCounter<long>(
            "cardswitch.link.unmatched_replies", "{reply}", "Replies that match no request");
        meter.CreateObservableGauge("cardswitch.link.state", States, "{state}", "0 down, 1 up, 2 breaker open");
        meter.CreateObservableGauge("cardswitch.link.pending", Pending, "{request}", "Requests without a reply yet");
    }

    public void Watch(string acquirer, IsoLink link) => _links.Add((acquirer, link));

    public void Completed(string acquirer, ExchangeKind kind, ExchangeReason reason, TimeSpan roundTrip)
    {
        _attempts.Add(1, new("acquirer", acquirer), new("kind", kind.ToString()), new("reason", reason.ToString()));
        if (kind == ExchangeKind.Replied)
            _roundTrip.Record(roundTrip.TotalSeconds, new KeyValuePair<string, object?>("acquirer", acquirer));
    }

    public void Closed(string acquirer, CloseReason reason) =>
        _closes.Add(1, new("acquirer", acquirer), new("reason", reason.ToString()));

    public void Late(string acquirer) => _lateReplies.Add(1, new KeyValuePair<string, object?>("acquirer", acquirer));

    public void Unmatched(string acquirer) =>
        _unmatchedReplies.Add(1, new KeyValuePair<string, object?>("acquirer", acquirer));

    private IEnumerable<Measurement<int>> States()
    {
        foreach (var (acquirer, link) in _links)
        {
            var state = link.Status switch { LinkStatus.Up => 1, LinkStatus.BreakerOpen => 2, _ => 0 };
            yield return new Measurement<int>(state, new KeyValuePair<string, object?>("acquirer", acquirer));
        }
    }

    private IEnumerable<Measurement<int>> Pending()
    {
        foreach (var (acquirer, link) in _links)
            yield return new Measurement<int>(link.Pending, new KeyValuePair<string, object?>("acquirer", acquirer));
    }
}
