using System.Diagnostics.Metrics;
using Switch.Iso8583;
using Switch.Service.Keys;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Acquirers;

/// <summary>The links of all configured acquirers: made from the configuration, started and stopped together.</summary>
internal sealed class AcquirerLinks
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly List<IsoLink> _links = [];
    private readonly List<IAcquirer> _acquirers = [];

    public AcquirerLinks(
        SwitchOptions options, CardSealer sealer, ResponseCodeTable codes, Meter meter, TimeProvider time,
        ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<AcquirerSet>();
        var metrics = new LinkMetrics(meter);
        foreach (var (name, acquirer) in options.Acquirers)
        {
            var observer = new LinkObserver(name, metrics, logger);
            var dialect = IsoDialect.Resolve(acquirer.Dialect);
            var link = new IsoLink(acquirer.ToLinkOptions(dialect), observer, time);
            metrics.Watch(name, link);
            _links.Add(link);
            _acquirers.Add(new Acquirer(name, acquirer, dialect, link, sealer, codes, time, logger));
        }
    }

    /// <summary>One acquirer a link, in the order of the configuration.</summary>
    public IReadOnlyList<IAcquirer> Acquirers => _acquirers;

    /// <summary>Starts connecting; returns at once, links come up on their own.</summary>
    public void Start()
    {
        foreach (var link in _links) link.Start();
    }

    /// <summary>Signs off and closes every link.</summary>
    public Task StopAsync() => Task.WhenAll(_links.Select(link => link.StopAsync(StopTimeout)));
}
