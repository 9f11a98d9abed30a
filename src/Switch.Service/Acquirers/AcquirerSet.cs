using System.Diagnostics.Metrics;
using Switch.Iso8583;
using Switch.Routing;
using Switch.Service.Keys;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Acquirers;

/// <summary>Every configured acquirer with its link, by name. Fixed for the life of the process.</summary>
internal sealed class AcquirerSet
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly Acquirer[] _acquirers;
    private readonly List<IsoLink> _links = [];

    public AcquirerSet(
        SwitchOptions options, CardSealer sealer, ResponseCodeTable codes, Meter meter, TimeProvider time,
        ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<AcquirerSet>();
        var metrics = new LinkMetrics(meter);
        var acquirers = new List<Acquirer>();
        foreach (var (name, acquirer) in options.Acquirers)
        {
            var observer = new LinkObserver(name, metrics, logger);
            var dialect = IsoDialect.Resolve(acquirer.Dialect);
            var link = new IsoLink(acquirer.ToLinkOptions(dialect), observer, time);
            metrics.Watch(name, link);
            _links.Add(link);
            acquirers.Add(new Acquirer(name, acquirer, dialect, link, sealer, codes, time, logger));
        }

        _acquirers = [.. acquirers];
        Names = [.. acquirers.Select(acquirer => acquirer.Name)];
    }

    /// <summary>Names in an order that never changes: the acquirer indexes of every routing table.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The acquirer at an index of <see cref="Names"/>.</summary>
    public Acquirer this[int index] => _acquirers[index];

    /// <summary>Who can be asked now, by index.</summary>
    public void CopyStatuses(Span<CandidateStatus> statuses)
    {
        for (var i = 0; i < _acquirers.Length; i++) statuses[i] = _acquirers[i].Status;
    }

    /// <summary>Starts connecting; returns at once, links come up on their own.</summary>
    public void Start()
    {
        foreach (var link in _links) link.Start();
    }

    /// <summary>Signs off and closes every link.</summary>
    public Task StopAsync() => Task.WhenAll(_links.Select(link => link.StopAsync(StopTimeout)));
}
