using System.ComponentModel.DataAnnotations;
using Switch.Iso8583;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Acquirers;

/// <summary>Which message type carries a purchase to this acquirer.</summary>
internal enum PurchaseMessage
{
    /// <summary>Authorization request: capture follows by clearing.</summary>
    Mti0100,

    /// <summary>Financial request: authorized and captured at once.</summary>
    Mti0200,
}

/// <summary>Which message takes a payment back at this acquirer (S5); a repeat has 1 as its last digit.</summary>
internal enum ReversalMessageType
{
    /// <summary>Reversal advice: it tells, and does not ask.</summary>
    Mti0420,

    /// <summary>Reversal request.</summary>
    Mti0400,

    /// <summary>The acquirer takes no reversals; each waits for a person.</summary>
    None,
}

/// <summary>One acquirer and the link to it: Switch:Acquirers:&lt;name&gt;.</summary>
internal sealed class AcquirerOptions : IValidatableObject
{
    /// <summary>Addresses as host:port; connections are spread over them.</summary>
    [Required, MinLength(1), MaxLength(16)]
    public List<string> Endpoints { get; set; } = [];

    /// <summary>iso1987-ascii, iso1987-binary, or the path of a dialect file.</summary>
    [Required]
    public string Dialect { get; set; } = "iso1987-ascii";

    [Range(1, 64)]
    public int Connections { get; set; } = 2;

    public PurchaseMessage PurchaseMessage { get; set; } = PurchaseMessage.Mti0100;

    public ReversalMessageType ReversalMessage { get; set; } = ReversalMessageType.Mti0420;

    /// <summary>How reversals are repeated, and which answers end them.</summary>
    public AdviceOptions Advices { get; set; } = new();

    /// <summary>DE 32, up to 11 digits; empty: not sent.</summary>
    [RegularExpression("[0-9]{0,11}")]
    public string AcquiringInstitutionId { get; set; } = "";

    /// <summary>How long a reply may take before the attempt is in doubt.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan ReplyTimeout { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Requests sent and not yet answered; past it the next acquirer is asked.</summary>
    [Range(1, 65_536)]
    public int PendingMax { get; set; } = 4096;

    /// <summary>A connection takes traffic only after 0800/001 was answered 00.</summary>
    public bool SignOn { get; set; } = true;

    /// <summary>Silence after which an echo (0800/301) is sent.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan EchoInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>First pause before a connection is opened again; it doubles up to <see cref="ReconnectMax"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ReconnectMin { get; set; } = TimeSpan.FromMilliseconds(100);

    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan ReconnectMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Attempts in doubt in a row that open the breaker.</summary>
    [Range(1, 10_000)]
    public int BreakerFailures { get; set; } = 10;

    /// <summary>Share of attempts in doubt within <see cref="BreakerWindow"/> that opens it too.</summary>
    [Range(0.01, 1.0)]
    public double BreakerRatio { get; set; } = 0.5;

    /// <summary>With fewer outcomes than that in the window its share says nothing.</summary>
    [Range(1, 1_000_000)]
    public int BreakerRatioMin { get; set; } = 20;

    /// <summary>How far back the share looks.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BreakerWindow { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Pause before an open breaker is probed with an echo; it doubles up to <see cref="BreakerProbeMax"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan BreakerProbeMin { get; set; } = TimeSpan.FromSeconds(1);

    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan BreakerProbeMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>This acquirer's own response codes, each to a code of the switch's table.</summary>
    public Dictionary<string, string> ResponseCodes { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        IsoDialect dialect;
        string? fault = null;
        try
        {
            dialect = IsoDialect.Resolve(Dialect);
        }
        catch (Exception e) when (e is IsoDialectException or IOException or UnauthorizedAccessException)
        {
            dialect = IsoDialect.Ascii1987;
            fault = e.Message;
        }

        if (fault is not null) yield return new ValidationResult(fault, [nameof(Dialect)]);
        foreach (var code in ResponseCodes.Keys.Where(code => !ResponseCodeTable.IsCode(code)))
            yield return new ValidationResult("a code has two letters or digits", [$"{nameof(ResponseCodes)}:{code}"]);
        foreach (var linkFault in ToLinkOptions(dialect).Validate()) yield return new ValidationResult(linkFault);
    }

    /// <summary>The same, as the link library wants it.</summary>
    public IsoLinkOptions ToLinkOptions(IsoDialect dialect)
    {
        var link = new IsoLinkOptions
        {
            Dialect = dialect,
            Connections = Connections,
            MaxPending = PendingMax,
            MaxQueued = PendingMax,
            // All of them may time out at once, and each late reply has to find its own (S7). 16 is the link's least.
            MaxRemembered = Math.Max(16, PendingMax),
            SignOn = SignOn,
            EchoInterval = EchoInterval,
            ReconnectMin = ReconnectMin,
            ReconnectMax = ReconnectMax,
            Breaker = new IsoBreakerOptions
            {
                ConsecutiveFailures = BreakerFailures,
                FailureRatio = BreakerRatio,
                MinOutcomes = BreakerRatioMin,
                Window = BreakerWindow,
                ProbeMin = BreakerProbeMin,
                ProbeMax = BreakerProbeMax,
            },
        };
        foreach (var endpoint in Endpoints) link.Endpoints.Add(endpoint);
        return link;
    }
}
