using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Switch.Settlement.Webhooks;

/// <summary>How merchants' systems are told of their payments.</summary>
internal sealed class WebhookOptions : IValidatableObject
{
    /// <summary>
    /// The folder of the keys that encrypt secrets: outside of the database and its backups, shared by all instances.
    /// Null: webhooks are off.
    /// </summary>
    public string? KeysPath { get; set; }

    /// <summary>Let endpoints be without TLS. For tests and networks that encrypt by other means.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>
    /// Networks ("10.20.0.0/16") that may be reached although they are not public; a cloud's metadata address needs an
    /// entry of its own ("/32"). At most 64.
    /// </summary>
    [MaxLength(64)]
    public IList<string> AllowedNetworks { get; set; } = [];

    /// <summary>A PEM file of the only root certificates to trust; null: those of the system.</summary>
    public string? CaPath { get; set; }

    /// <summary>For one attempt, from the resolution of the name to the answer's head.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a delivery belongs to whoever claimed it; past it another instance sends it.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Attempts at the same time over all endpoints.</summary>
    [Range(1, 1024)]
    public int ConcurrencyMax { get; set; } = 64;

    /// <summary>Attempts at the same time to one endpoint; one whose last attempt failed gets a single one.</summary>
    [Range(1, 64)]
    public int EndpointConcurrencyMax { get; set; } = 4;

    /// <summary>How often is looked for new events and due deliveries when there were none.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Events of a partition that are made into deliveries in one transaction.</summary>
    [Range(1, 10_000)]
    public int FanOutMax { get; set; } = 5000;

    /// <summary>How long the secret before signs beside the new one.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan RotationGrace { get; set; } = TimeSpan.FromHours(24);

    /// <summary>An endpoint that took nothing for so long is disabled.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>How long what was delivered is remembered.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan DeliveredRetention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long dead letters are kept.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan DeadRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Endpoints in all.</summary>
    [Range(1, 100_000)]
    public int EndpointsMax { get; set; } = 10_000;

    /// <summary>Endpoints of one merchant.</summary>
    [Range(1, 1000)]
    public int MerchantEndpointsMax { get; set; } = 16;

    /// <summary>Events of one replay.</summary>
    [Range(1, 1_000_000)]
    public int ReplayMax { get; set; } = 100_000;

    /// <summary>The rules for targets that these options make.</summary>
    public TargetRules Targets() => new(AllowedNetworks.Select(IPNetwork.Parse));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var network in AllowedNetworks.Where(n => !IPNetwork.TryParse(n, out _)))
            yield return new ValidationResult(
                $"{network} is no network, such as 10.20.0.0/16", [nameof(AllowedNetworks)]);
        // A lease that ends before the attempt would have every slow delivery sent twice.
        if (Lease < Timeout * 2)
            yield return new ValidationResult("must be at least twice the Timeout", [nameof(Lease)]);
    }
}
