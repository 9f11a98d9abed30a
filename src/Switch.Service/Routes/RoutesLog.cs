namespace Switch.Service.Routes;

/// <summary>What the routing table has to say; events 3000 to 3099.</summary>
internal static partial class RoutesLog
{
    [LoggerMessage(3000, LogLevel.Information,
        "Routing table {Version} is in use: {Acquirers} acquirers, {BinRanges} BIN ranges, {Rules} rules, from {Path}")]
    internal static partial void TableAccepted(
        ILogger logger, long version, int acquirers, int binRanges, int rules, string path);

    [LoggerMessage(3001, LogLevel.Error,
        "Routing file {Path} is refused for {Faults} faults; table {Version} stays in use")]
    internal static partial void TableRefused(ILogger logger, string path, int faults, long version);

    [LoggerMessage(3002, LogLevel.Error, "Routing fault: {Fault}")]
    internal static partial void Fault(ILogger logger, string fault);
}
