using System.ComponentModel.DataAnnotations;

namespace Switch.Service.Outbox;

/// <summary>Where events go.</summary>
internal sealed class KafkaOptions : IValidatableObject
{
    /// <summary>
    /// Settings that the switch makes itself, by all their names, and those that would take away what it relies on: an
    /// acknowledgement of every event by the brokers that are configured.
    /// </summary>
    private static readonly string[] Reserved =
    [
        "bootstrap.servers", "metadata.broker.list", "client.id", "enable.idempotence", "acks", "request.required.acks",
        "partitioner", "linger.ms", "queue.buffering.max.ms", "message.timeout.ms", "delivery.timeout.ms",
        "queue.buffering.max.messages", "transactional.id",
    ];

    /// <summary>Beginnings of more of the second sort.</summary>
    private static readonly string[] ReservedBeginnings = ["test.mock.", "dotnet."];

    /// <summary>Comma-separated host:port.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary>Topic of transaction events; 1 to 249 characters.</summary>
    [Required, StringLength(249)]
    [RegularExpression("[a-zA-Z0-9._-]*", ErrorMessage = "a topic's name is of letters, digits, '.', '_' and '-'")]
    public string Topic { get; set; } = "payments.transaction.v1";

    /// <summary>Events handed to the client and not yet acknowledged.</summary>
    [Range(1, 1_000_000)]
    public int InFlightMax { get; set; } = 10_000;

    /// <summary>
    /// How long events gather after an outcome that the relay waited for, before they are handed to the client
    /// together; it may add 5 ms.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Pause before the outbox starts again after a delivery failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>More settings of the Kafka client, by librdkafka's names, for example security.protocol.</summary>
    public Dictionary<string, string> Client { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Topic is "." or "..") yield return new ValidationResult($"\"{Topic}\" is no topic's name", [nameof(Topic)]);
        foreach (var key in Client.Keys)
        {
            if (Reserved.Contains(key, StringComparer.OrdinalIgnoreCase)
                || ReservedBeginnings.Any(start => key.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
                yield return new ValidationResult("is set by the switch itself", [$"{nameof(Client)}:{key}"]);
        }
    }
}
