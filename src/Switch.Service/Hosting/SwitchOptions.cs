using System.ComponentModel.DataAnnotations;
using Switch.Routing;
using Switch.Service.Acquirers;
using Switch.Service.Hosting;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Outbox;
using Switch.Service.Recovery;
using Switch.Service.Routes;

namespace Switch.Service;

/// <summary>
/// Everything under "Switch" in the configuration. Unknown keys, wrong types and values out of range stop the start,
/// all named at once with their paths; see <see cref="Hosting.StrictConfiguration"/>.
/// </summary>
internal sealed class SwitchOptions : IValidatableObject
{
    public const string Section = "Switch";

    /// <summary>For the journal and the store before and after an attempt.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Serve terminals and operators without TLS beyond loopback. Only for networks that encrypt by other means.
    /// </summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>Shows in logs, metrics and the CloudEvents source. 1 to 63 characters.</summary>
    [Required, StringLength(63)]
    public string InstanceName { get; set; } = Environment.MachineName;

    public ListenerOptions Listen { get; set; } = new();

    /// <summary>Absent: plaintext.</summary>
    public TlsOptions? Tls { get; set; }

    public RedisOptions Redis { get; set; } = new();

    public KafkaOptions Kafka { get; set; } = new();

    public JournalOptions Journal { get; set; } = new();

    public RecoveryOptions Recovery { get; set; } = new();

    public ServiceFileOptions Files { get; set; } = new();

    public RoutesOptions Routes { get; set; } = new();

    public BusinessDayOptions BusinessDay { get; set; } = new();

    public DeadlineOptions Deadlines { get; set; } = new();

    public LimitOptions Limits { get; set; } = new();

    public ShutdownOptions Shutdown { get; set; } = new();

    public TelemetryOptions Telemetry { get; set; } = new();

    /// <summary>One entry an acquirer; the names are those of the routing file.</summary>
    [Required, MinLength(1)]
    public Dictionary<string, AcquirerOptions> Acquirers { get; set; } = [];

    private static bool IsHttp(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && (parsed.Scheme == Uri.UriSchemeHttp || parsed.Scheme == Uri.UriSchemeHttps);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // An accepted payment must be able to write its outcome: the journal's queue has room for all of them at once.
        if (Journal.QueueMax < Limits.InFlightMax * 2)
            yield return new ValidationResult("must be at least twice Switch:Limits:InFlightMax", ["Journal:QueueMax"]);
        // A lease that ends before a reply may come would have good approvals reversed.
        foreach (var (name, acquirer) in Acquirers)
        {
            if (Redis.Lease < acquirer.ReplyTimeout + LeaseMargin)
                yield return new ValidationResult(
                    $"must be {LeaseMargin.TotalSeconds:0} s more than Switch:Acquirers:{name}:ReplyTimeout at least",
                    ["Redis:Lease"]);
        }

        if (Telemetry.OtlpEndpoint is { } endpoint && !IsHttp(endpoint))
            yield return new ValidationResult(
                "must be a URL with http or https, such as http://localhost:4317", ["Telemetry:OtlpEndpoint"]);
        if (Redis.Lease * 2 > Redis.RecordTtl)
            yield return new ValidationResult("must be at most half of Switch:Redis:RecordTtl", ["Redis:Lease"]);
        if (Acquirers.Count > RoutingLimits.Acquirers)
            yield return new ValidationResult($"at most {RoutingLimits.Acquirers} acquirers", [nameof(Acquirers)]);
        foreach (var name in Acquirers.Keys)
        {
            if (!RoutingLimits.IsName(name))
                yield return new ValidationResult(
                    $"\"{name}\" is not a name: 1 to {RoutingLimits.NameLength} letters, digits, '-', '_' or '.'",
                    [nameof(Acquirers)]);
        }
    }
}

/// <summary>Addresses as "host:port" or "[v6]:port"; port 0 picks a free one. "*" is every interface.</summary>
internal sealed class ListenerOptions : IValidatableObject
{
    /// <summary>The terminal API, gRPC over HTTP/2.</summary>
    [Required]
    public string Terminals { get; set; } = "127.0.0.1:7400";

    /// <summary>Probes and metrics, HTTP/1.1: /livez, /readyz, /metrics. Never behind mTLS.</summary>
    [Required]
    public string Management { get; set; } = "127.0.0.1:7401";

    /// <summary>gRPC health and the operations API, HTTP/2; with TLS, if at all, beyond loopback only.</summary>
    [Required]
    public string Operations { get; set; } = "127.0.0.1:7402";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var seen = new List<(string Key, ListenAddress Address)>();
        foreach (var (key, text) in ((string, string)[])
            [(nameof(Terminals), Terminals), (nameof(Management), Management), (nameof(Operations), Operations)])
        {
            if (!ListenAddress.TryParse(text, out var address, out var fault))
            {
                yield return new ValidationResult($"\"{text}\": {fault}", [key]);
                continue;
            }

            foreach (var other in seen)
                if (address.Overlaps(other.Address))
                    yield return new ValidationResult($"\"{text}\" is the port of {other.Key} too", [key]);
            seen.Add((key, address));
        }
    }
}

/// <summary>PEM files; they are read again when they change, without a restart.</summary>
internal sealed class TlsOptions
{
    /// <summary>Certificate chain, leaf first.</summary>
    [Required]
    public string CertificatePath { get; set; } = "";

    [Required]
    public string KeyPath { get; set; } = "";

    /// <summary>
    /// Set: terminals must show a certificate of this CA (mTLS). Empty is not taken for absent: that would let
    /// everybody in.
    /// </summary>
    [MinLength(1, ErrorMessage = "is empty; leave the key out to ask for no certificate")]
    public string? ClientCaPath { get; set; }

    /// <summary>The trust domain in terminals' URI SAN, spiffe://&lt;trust-domain&gt;/terminal/&lt;id&gt;.</summary>
    [Required]
    public string TrustDomain { get; set; } = "switch.local";
}

/// <summary>Files that the service reads. Relative paths are taken from the working directory.</summary>
internal sealed class ServiceFileOptions
{
    /// <summary>Keys that seal, tokenize and identify; see docs/adr/0005.</summary>
    [Required]
    public string Keys { get; set; } = "keys.json";

    /// <summary>
    /// The group may read the key file: a secret volume gives it to a group (fsGroup). Never may anybody else.
    /// </summary>
    public bool KeysMayBeGroupReadable { get; set; }

    /// <summary>Merchants and their terminals; reloaded on change.</summary>
    [Required]
    public string Merchants { get; set; } = "merchants.yaml";

    /// <summary>Replaces the built-in table of response codes (S14); empty is absent.</summary>
    public string? ResponseCodes { get; set => field = string.IsNullOrEmpty(value) ? null : value; }
}

/// <summary>When the business date changes (S12).</summary>
internal sealed class BusinessDayOptions : IValidatableObject
{
    /// <summary>IANA time zone name.</summary>
    [Required]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>From this time of day on it is the next business date; zero: at midnight.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")]
    public TimeSpan CutOver { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return new ValidationResult($"\"{TimeZone}\" is no time zone of this machine", [nameof(TimeZone)]);
    }
}

/// <summary>Deadlines of terminal calls.</summary>
internal sealed class DeadlineOptions
{
    /// <summary>For calls that set none.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Default { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Longer ones are cut to this. An acquirer's reply time-out counts beside it, not within it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Max { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Kept back from the caller's time for journalling the outcome and sending the answer: what is not on its way to
    /// an acquirer by then is not sent. It shortens no wait for a reply (S5).
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:05")]
    public TimeSpan AnswerReserve { get; set; } = TimeSpan.FromMilliseconds(250);
}

/// <summary>Bounds of the terminal API; docs/limits.md has the sums.</summary>
internal sealed class LimitOptions
{
    /// <summary>Requests inside the switch at once; past it they are shed.</summary>
    [Range(1, 1_000_000)]
    public int InFlightMax { get; set; } = 4096;

    /// <summary>Connections of one listener at once; past it a new one is closed.</summary>
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; set; } = 10_000;

    /// <summary>Requests in flight on one stream; past it they are refused in place.</summary>
    [Range(1, 100_000)]
    public int StreamInFlightMax { get; set; } = 1024;
}

/// <summary>How the service goes down.</summary>
internal sealed class ShutdownOptions
{
    /// <summary>Time between turning unready and refusing work, for load balancers to notice.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>At most this long for requests in flight and the outbox.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class TelemetryOptions
{
    /// <summary>OTLP collector, for example "http://localhost:4317"; absent: traces are not exported.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>Share of requests whose trace is kept, 0 to 1.</summary>
    [Range(0.0, 1.0)]
    public double TraceRatio { get; set; } = 0.01;

    /// <summary>gRPC server reflection, for grpcurl and the like.</summary>
    public bool Reflection { get; set; }
}
