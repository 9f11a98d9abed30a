using Confluent.Kafka;
using Switch.Service.Hosting;

namespace Switch.Service.Outbox;

/// <summary>The Kafka client's settings: those of the switch over those of the configuration.</summary>
internal static class KafkaClientSettings
{
    private const double ClientLingerMs = 5;

    public static ProducerConfig Of(KafkaOptions options, string instanceName) =>
        new(new Dictionary<string, string>(options.Client))
        {
            BootstrapServers = options.BootstrapServers,
            ClientId = instanceName,
            EnableIdempotence = true,
            Acks = Acks.All,
            // Java consumers and streams of other producers must find the same key in the same partition.
            Partitioner = Partitioner.Murmur2Random,
            // Only whether it arrived is asked: to copy back what was sent costs more than to send it.
            DeliveryReportFields = "none",
            // The relay hands over what has gathered; this is for what one batch is split into.
            LingerMs = Math.Min(ClientLingerMs, options.Linger.TotalMilliseconds),
            // The journal is the queue, so a message never gives up: that keeps the order of one payment's events.
            MessageTimeoutMs = 0,
            // The broker being away for long is ordinary; the journal holds what is owed.
            QueueBufferingMaxMessages = options.InFlightMax + 1,
        };

    /// <summary>
    /// Has the client look at its settings: it knows their names and values, and which need one another, only when it
    /// is made. Nothing is connected to.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">It can't be made from them.</exception>
    public static void Check(KafkaOptions options, string instanceName)
    {
        // Without brokers: one that is away is no fault of the settings.
        if (FaultOf(Of(options, instanceName).Where(setting => setting.Key != "bootstrap.servers")) is not { } fault)
            return;

        var faults = new List<string>();
        foreach (var setting in options.Client)
        {
            // Only when the client can't read it, which it says in these words: alone it may merely miss another.
            if (FaultOf([setting]) is { } own
                && own.Contains("configuration property", StringComparison.OrdinalIgnoreCase))
                faults.Add($"{SwitchOptions.Section}:Kafka:Client:{setting.Key}: {own}");
        }

        // Each is good by itself, and together, or with the switch's own, they are not.
        if (faults.Count == 0) faults.Add($"{SwitchOptions.Section}:Kafka:Client: {fault}");
        throw new InvalidConfigurationException(faults);
    }

    private static string? FaultOf(IEnumerable<KeyValuePair<string, string>> config)
    {
        try
        {
            // What the client says beside that goes to standard error unless somebody listens.
            using var producer = new ProducerBuilder<Null, Null>(config)
                .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
            return null;
        }
        catch (Exception e) when (e is KafkaException or InvalidOperationException or ArgumentException)
        {
            return e.Message;
        }
    }
}
