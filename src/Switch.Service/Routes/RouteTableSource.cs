using Switch.Routing;
using Switch.Service.Files;

namespace Switch.Service.Routes;

/// <summary>
/// Holds the routing table in use and replaces it when its file changes. A file with faults is refused as a whole and
/// the table stays. <see cref="Current"/> may be read by any thread at any time; read it once a payment.
/// </summary>
internal sealed class RouteTableSource : IDisposable
{
    private const int FaultsLogged = 50;

    private readonly string _path;
    private readonly IReadOnlyList<string>? _acquirerOrder;
    private readonly ILogger<RouteTableSource> _logger;
    private readonly WatchedFiles _files;
    private volatile RouteTable _current;
    private volatile IReadOnlyList<RouteFault> _lastFaults = [];
    private string _seenHash;
    private volatile string? _binRangesPath;
    private long _reloadsAccepted;
    private long _reloadsRefused;

    /// <summary>Loads the table and begins to watch its file.</summary>
    /// <param name="options">Where the file is.</param>
    /// <param name="acquirerOrder">
    /// Names of the acquirer links in the order of their indexes: every table of this source uses the same indexes, and
    /// one that names an acquirer without a link is refused. Null: the order of the file, which a reload may change.
    /// </param>
    /// <param name="time">Drives the polling.</param>
    /// <param name="logger">Told of every table accepted or refused.</param>
    /// <exception cref="RoutesRefusedException">The file has faults, or cannot be read.</exception>
    public RouteTableSource(
        RoutesOptions options,
        IReadOnlyList<string>? acquirerOrder,
        TimeProvider time,
        ILogger<RouteTableSource> logger)
    {
        _path = Path.GetFullPath(options.File);
        _acquirerOrder = acquirerOrder;
        _logger = logger;

        RouteFileContent content = RouteFile.Read(_path);
        (RouteTable? table, IReadOnlyList<RouteFault> faults) = Build(content, version: 1);
        _current = table ?? throw new RoutesRefusedException(_path, faults);
        _seenHash = content.ContentHash;
        _binRangesPath = content.BinRangesPath;
        LogAccepted(_current);

        _files = new WatchedFiles(Paths, options.PollInterval, Reload, time, logger);
    }

    /// <summary>The table in use; its version counts up with every reload that was accepted, from 1.</summary>
    public RouteTable Current => _current;

    /// <summary>Why the newest file was refused; empty when it is the one in use.</summary>
    public IReadOnlyList<RouteFault> LastFaults => _lastFaults;

    /// <summary>How many changed files became the table in use; the first table is not counted.</summary>
    public long ReloadsAccepted => Interlocked.Read(ref _reloadsAccepted);

    /// <summary>How many changed files were refused.</summary>
    public long ReloadsRefused => Interlocked.Read(ref _reloadsRefused);

    /// <summary>Looks for a change now.</summary>
    /// <returns>True when another table is in use than before.</returns>
    public bool Look() => _files.Look();

    /// <summary>Stops watching; the table stays readable.</summary>
    public void Dispose() => _files.Dispose();

    private IReadOnlyList<string> Paths() => _binRangesPath is { } ranges ? [_path, ranges] : [_path];

    private bool Reload()
    {
        if (RouteFile.Hash(_path, _binRangesPath) == _seenHash) return false;

        RouteFileContent content = RouteFile.Read(_path);
        _seenHash = content.ContentHash;
        _binRangesPath = content.BinRangesPath;
        (RouteTable? table, IReadOnlyList<RouteFault> faults) = Build(content, _current.Version + 1);
        _lastFaults = faults;
        if (table is null)
        {
            Interlocked.Increment(ref _reloadsRefused);
            LogRefused(faults);
            return false;
        }
        _current = table;
        Interlocked.Increment(ref _reloadsAccepted);
        LogAccepted(table);
        return true;
    }

    private (RouteTable? Table, IReadOnlyList<RouteFault> Faults) Build(RouteFileContent content, long version)
    {
        RouteBuildResult result = RouteTableBuilder.Build(content.Config, version, _acquirerOrder);
        if (content.Faults.Count == 0) return (result.Table, result.Faults);

        // What could not be read is missing from the configuration; only the cause is worth reporting. A cause without
        // a path is about the whole file.
        IEnumerable<RouteFault> others =
            result.Faults.Where(fault => !content.Faults.Any(cause => IsCause(cause, fault)));
        return (null, [.. content.Faults.Concat(others).OrderBy(f => f.Line.File, StringComparer.Ordinal)
            .ThenBy(static f => f.Line.Line)]);
    }

    private static bool IsCause(RouteFault cause, RouteFault fault) =>
        cause.Line.File == fault.Line.File
        && (cause.Path.Length == 0 || cause.Path.StartsWith(fault.Path, StringComparison.Ordinal));

    private void LogAccepted(RouteTable table) => RoutesLog.TableAccepted(
        _logger, table.Version, table.AcquirerCount, table.BinRangeCount, table.RuleNames.Count, _path);

    private void LogRefused(IReadOnlyList<RouteFault> faults)
    {
        RoutesLog.TableRefused(_logger, _path, faults.Count, _current.Version);
        foreach (RouteFault fault in faults.Take(FaultsLogged)) RoutesLog.Fault(_logger, fault.ToString());
    }
}
