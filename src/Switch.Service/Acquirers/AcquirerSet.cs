using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Switch.Iso8583;
using Switch.Service.Hosting;
using Switch.Service.Keys;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Acquirers;

/// <summary>Every configured acquirer with its link, by name. Fixed for the life of the process.</summary>
internal sealed class AcquirerSet
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly FrozenDictionary<string, Acquirer> _acquirers;
    private readonly List<IsoLink> _links = [];

    public AcquirerSet(
        SwitchOptions options, CardSealer sealer, ResponseCodeTable codes, Meter meter, TimeProvider time,
        ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<AcquirerSet>();
        var metrics = new LinkMetrics(meter);
        var acquirers = new Dictionary<string, Acquirer>(StringComparer.Ordinal);
        foreach (var (name, acquirer) in options.Acquirers)
        {
            var observer = new LinkObserver(name, metrics, logger);
            var link = new IsoLink(acquirer.ToLinkOptions(IsoDialect.Resolve(acquirer.Dialect)), time, observer);
            metrics.Watch(name, link);
            _links.Add(link);
            acquirers.Add(name, new Acquirer(name, acquirer, link, sealer, codes, time, logger));
        }

        _acquirers = acquirers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public IReadOnlyCollection<string> Names => _acquirers.Keys;

    public Acquirer? Find(string name) => _acquirers.GetValueOrDefault(name);

    /// <summary>Starts connecting; returns at once, links come up on their own.</summary>
    public void Start()
    {
        foreach (var link in _links) link.Start();
    }

    /// <summary>Signs off and closes every link.</summary>
    public Task StopAsync() => Task.WhenAll(_links.Select(link => link.StopAsync(StopTimeout)));
}
