using System.ComponentModel.DataAnnotations;

namespace Switch.Service.Outbox;

/// <summary>Where events go.</summary>
internal sealed class KafkaOptions
{
    /// <summary>Comma-separated host:port.</summary>
    [Required]
    public string BootstrapServers { get; set; } = "127.0.0.1:9092";

    /// <summary>Topic of transaction events; 1 to 249 characters.</summary>
    [Required, StringLength(249)]
    public string Topic { get; set; } = "payments.transaction.v1";

    /// <summary>Events handed to the client and not yet acknowledged.</summary>
    [Range(1, 1_000_000)]
    public int InFlightMax { get; set; } = 10_000;

    /// <summary>How long the client gathers messages into one batch.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Pause before the outbox starts again after a delivery failed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>More settings of the Kafka client, by librdkafka's names, for example security.protocol.</summary>
    public Dictionary<string, string> Client { get; set; } = [];
}
