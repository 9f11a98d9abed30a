using System.Globalization;

namespace Switch.Iso8583;

/// <summary>How one acquirer's link behaves. <see cref="Validate"/> names every fault.</summary>
public sealed class IsoLinkOptions
{
    /// <summary>Where to connect, each <c>host:port</c>. Connections spread over them and rotate on failure.</summary>
    public IList<string> Endpoints { get; } = [];

    /// <summary>The dialect spoken.</summary>
    public IsoDialect Dialect { get; set; } = IsoDialect.Ascii1987;

    /// <summary>Connections kept, 1 to 64.</summary>
    public int Connections { get; set; } = 2;

    /// <summary>Most requests without an outcome, 1 to 65,536. Past it: NotSent, PendingFull.</summary>
    public int MaxPending { get; set; } = 4096;

    /// <summary>Most requests waiting to be written, 1 to 65,536. Past it: NotSent, QueueFull.</summary>
    public int MaxQueued { get; set; } = 1024;

    /// <summary>Timed-out requests remembered so that their late replies find them, 16 to 65,536.</summary>
    public int MaxRemembered { get; set; } = 1024;

    /// <summary>Longest wait for a TCP connection.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether a connection signs on (DE 70 = 001) before it takes requests, and signs off when stopped.
    /// </summary>
    public bool SignOn { get; set; } = true;

    /// <summary>Longest wait for the answer to a sign-on or sign-off.</summary>
    public TimeSpan SignOnTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection that received nothing for this long is sent an echo (301). Zero: never.</summary>
    public TimeSpan EchoInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for the answer to an echo; past it the connection is closed.</summary>
    public TimeSpan EchoTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>First delay before a reconnect; it doubles, with jitter, up to <see cref="ReconnectMax"/>.</summary>
    public TimeSpan ReconnectMin { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest delay before a reconnect.</summary>
    public TimeSpan ReconnectMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Fields added to every network management request (32, 33, 41, … as the acquirer asks).</summary>
    public IDictionary<int, string> NetworkFields { get; } = new SortedDictionary<int, string>();

    /// <summary>Numbers network management requests, 1 to 999,999; null: an internal counter.</summary>
    public Func<int>? NextNetworkStan { get; set; }

    /// <summary>
    /// Whether awaiting code resumes on the thread pool (default) or on the link's reader, which then must not block.
    /// </summary>
    public bool RunContinuationsAsynchronously { get; set; } = true;

    /// <summary>When the link stops trusting the host.</summary>
    public IsoBreakerOptions Breaker { get; set; } = new();

    /// <summary>Every fault, as <c>path: what is wrong</c>; empty when usable.</summary>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (Endpoints.Count == 0) faults.Add("Endpoints: at least one host:port");
        for (var i = 0; i < Endpoints.Count; i++)
        {
            if (!TrySplit(Endpoints[i], out _, out _))
                faults.Add($"Endpoints[{i}]: must be host:port with port 1 to 65535");
        }
        if (Dialect is null) faults.Add("Dialect: missing");
        Range(Connections, 1, 64, nameof(Connections), faults);
        Range(MaxPending, 1, 65_536, nameof(MaxPending), faults);
        Range(MaxQueued, 1, 65_536, nameof(MaxQueued), faults);
        Range(MaxRemembered, 16, 65_536, nameof(MaxRemembered), faults);
        Positive(ConnectTimeout, nameof(ConnectTimeout), faults);
        Positive(SignOnTimeout, nameof(SignOnTimeout), faults);
        Positive(EchoTimeout, nameof(EchoTimeout), faults);
        Positive(ReconnectMin, nameof(ReconnectMin), faults);
        if (EchoInterval < TimeSpan.Zero) faults.Add($"{nameof(EchoInterval)}: must not be negative");
        if (ReconnectMax < ReconnectMin) faults.Add($"{nameof(ReconnectMax)}: must not be below ReconnectMin");
        foreach (var field in NetworkFields.Keys)
            if (field is 7 or 11 or 39 or 70 || Dialect?.Field(field) is null)
                faults.Add($"{nameof(NetworkFields)}[{field}]: set by the link, or not in the dialect");
        if (Breaker is null) faults.Add("Breaker: missing");
        else Breaker.Validate(faults);
        return faults;
    }

    internal static bool TrySplit(string? endpoint, out string host, out int port)
    {
        host = "";
        port = 0;
        var colon = endpoint?.LastIndexOf(':') ?? -1;
        if (colon <= 0) return false;
        host = endpoint![..colon].Trim('[', ']');
        return int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is > 0 and <= 65535;
    }

    internal static void Range(int value, int min, int max, string path, List<string> faults)
    {
        if (value < min || value > max) faults.Add($"{path}: must be {min} to {max}");
    }

    internal static void Positive(TimeSpan value, string path, List<string> faults)
    {
        if (value <= TimeSpan.Zero || value > TimeSpan.FromHours(1))
            faults.Add($"{path}: must be above zero, one hour at most");
    }
}

/// <summary>When a breaker opens, and what closes it. A failure is a request that became SentUnknown.</summary>
public sealed class IsoBreakerOptions
{
    /// <summary>Consecutive failures that open it, 1 to 10,000.</summary>
    public int ConsecutiveFailures { get; set; } = 10;

    /// <summary>Share of failures in the window that opens it, above 0 up to 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Outcomes in the window below which the ratio says nothing, at least 1.</summary>
    public int MinOutcomes { get; set; } = 20;

    /// <summary>Length of the window.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Delay before a probe; it doubles after a failed one, up to <see cref="ProbeMax"/>.</summary>
    public TimeSpan ProbeMin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest delay before a probe.</summary>
    public TimeSpan ProbeMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Good echoes in a row that close it, 1 to 100. No payment is ever a probe.</summary>
    public int GoodProbes { get; set; } = 3;

    internal void Validate(List<string> faults)
    {
        IsoLinkOptions.Range(ConsecutiveFailures, 1, 10_000, "Breaker.ConsecutiveFailures", faults);
        IsoLinkOptions.Range(MinOutcomes, 1, 1_000_000, "Breaker.MinOutcomes", faults);
        IsoLinkOptions.Range(GoodProbes, 1, 100, "Breaker.GoodProbes", faults);
        if (FailureRatio is not (> 0 and <= 1)) faults.Add("Breaker.FailureRatio: must be above 0, 1 at most");
        IsoLinkOptions.Positive(Window, "Breaker.Window", faults);
        IsoLinkOptions.Positive(ProbeMin, "Breaker.ProbeMin", faults);
        if (ProbeMax < ProbeMin) faults.Add("Breaker.ProbeMax: must not be below ProbeMin");
    }
}
