using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switch.Settlement.Days;
using Switch.Settlement.Records;
using Switch.Settlement.Store;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Hosting;

/// <summary>Everything under "Settlement" in the configuration. Faults stop the start, all named at once.</summary>
internal sealed class SettlementOptions : IValidatableObject
{
    public const string Section = "Settlement";

    /// <summary><c>sqlite:PATH</c> or a PostgreSQL connection string, whose Search Path names the schema.</summary>
    [Required]
    public string Database { get; set; } = "sqlite:settlement.db";

    /// <summary>The file with the terms of settlement.</summary>
    [Required]
    public string Terms { get; set; } = "settlement.yaml";

    [Required, ValidateObjectMembers]
    public SettlementKafkaOptions Kafka { get; set; } = new();

    [Required, ValidateObjectMembers]
    public BatchOptions Batch { get; set; } = new();

    /// <summary>When a business date ends; as the switch has it.</summary>
    [Required, ValidateObjectMembers]
    public BusinessDayOptions BusinessDay { get; set; } = new();

    /// <summary>Where records and statistics are served.</summary>
    [Required, ValidateObjectMembers]
    public QueryOptions Query { get; set; } = new();

    /// <summary>How merchants' systems are told; off without a folder of keys.</summary>
    [Required, ValidateObjectMembers]
    public WebhookOptions Webhooks { get; set; } = new();

    /// <summary>How many days ahead of today (UTC) a business date may be; later ones are dead letters.</summary>
    [Range(0, 366)]
    public int FutureDaysMax { get; set; } = 2;

    /// <summary>Where metrics go, for example http://collector:4317; nowhere without it.</summary>
    [Url]
    public string? OtlpEndpoint { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(Database) && SettlementDatabase.FaultOf(Database) is { } fault)
            yield return new ValidationResult(fault, [nameof(Database)]);
    }
}

/// <summary>When a business date ends.</summary>
internal sealed class BusinessDayOptions : IValidatableObject
{
    /// <summary>The zone of the date, as IANA names it.</summary>
    [Required]
    public string TimeZone { get; set; } = "UTC";

    /// <summary>From this time of day on it is the next date; zero: at midnight.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "23:59:59")]
    public TimeSpan CutOver { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!string.IsNullOrEmpty(TimeZone) && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return new ValidationResult($"there is no time zone '{TimeZone}'", [nameof(TimeZone)]);
    }

    /// <summary>The business day by these settings.</summary>
    public BusinessDay Of(TimeProvider time) => new(time, TimeZoneInfo.FindSystemTimeZoneById(TimeZone), CutOver);
}

/// <summary>Where events come from.</summary>
internal sealed class SettlementKafkaOptions : IValidatableObject
{
    /// <summary>Settings that the consumer makes itself: its promises rest on them.</summary>
    private static readonly string[] Reserved =
    [
        "bootstrap.servers", "metadata.broker.list", "group.id", "enable.auto.commit", "enable.auto.offset.store",
        "auto.offset.reset", "partition.assignment.strategy", "group.protocol", "isolation.level", "acks",
        "enable.idempotence",
    ];

    /// <summary>Comma-separated host:port.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary>
    /// Topic of transaction events, 1 to 245 characters; dead letters go to the same with ".dlq" behind.
    /// </summary>
    [Required, RegularExpression("[a-zA-Z0-9._-]{1,245}", ErrorMessage = "1 to 245 letters, digits, '.', '_' and '-'")]
    public string Topic { get; set; } = "payments.transaction.v1";

    /// <summary>Start although the store has events of another topic.</summary>
    public bool AllowOtherTopic { get; set; }

    /// <summary>The consumer group.</summary>
    [Required, StringLength(249)]
    public string Group { get; set; } = "cardswitch.settlement";

    /// <summary>More settings of the Kafka client, by librdkafka's names, for example security.protocol.</summary>
    public Dictionary<string, string> Client { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var key in Client.Keys.Where(key => Reserved.Contains(key, StringComparer.OrdinalIgnoreCase)))
            yield return new ValidationResult("is set by settlement itself", [$"{nameof(Client)}:{key}"]);
    }
}

/// <summary>How much is written in one transaction at most. A batch never waits to be full.</summary>
internal sealed class BatchOptions
{
    /// <summary>Events of a batch.</summary>
    [Range(1, 100_000)]
    public int EventsMax { get; set; } = 20_000;

    /// <summary>Bytes of their payloads.</summary>
    [Range(4_096, 268_435_456)]
    public long BytesMax { get; set; } = 33_554_432;

    /// <summary>Pause before a failed write is tried again; doubles up to <see cref="RetryMax"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RetryMin { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <inheritdoc cref="RetryMin"/>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RetryMax { get; set; } = TimeSpan.FromSeconds(10);
}

[OptionsValidator]
internal sealed partial class SettlementOptionsValidator : IValidateOptions<SettlementOptions>;
