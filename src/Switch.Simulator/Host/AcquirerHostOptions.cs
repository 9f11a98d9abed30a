using System.Net;
using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>How a host is started. Everything has a default: a host on a free loopback port that approves.</summary>
public sealed class AcquirerHostOptions
{
    /// <summary>Name for people and for the ledger.</summary>
    public string Name { get; init; } = "acquirer";

    /// <summary>Address to listen on; loopback unless told otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on, 0 to 65535; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>The dialect spoken.</summary>
    public IsoDialect Dialect { get; init; } = IsoDialect.Ascii1987;

    /// <summary>How to behave; may be exchanged while the host runs.</summary>
    public Scenario Scenario { get; init; } = Scenario.ApproveAll;

    /// <summary>Clock of latencies and of the ledger.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>JSON-lines file that the ledger is appended to as well; null keeps it in memory only.</summary>
    public string? LedgerFile { get; init; }

    /// <summary>Most ledger entries, at least 1. Beyond them the host answers 96.</summary>
    public int LedgerMaxEntries { get; init; } = Ledger.DefaultMaxEntries;

    /// <summary>Most connections at once, at least 1. One more is closed at once.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>
    /// Most answers waiting on one connection, at least 1. Beyond them the host stops reading from it.
    /// </summary>
    public int MaxPendingPerConnection { get; init; } = 4_096;

    /// <summary>
    /// Where connections, their ends and their faults are told, one a line, without card data; null tells nobody.
    /// </summary>
    public TextWriter? Log { get; init; }
}
