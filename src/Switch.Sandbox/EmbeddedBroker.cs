using Confluent.Kafka;

namespace Switch.Sandbox;

/// <summary>
/// A Kafka-protocol broker inside this process: librdkafka's own. For development only: memory only, drops its oldest
/// data past 5 MB a partition, makes topics with four partitions.
/// </summary>
public sealed class EmbeddedBroker : IDisposable
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(10);
    private readonly IProducer<Null, Null> _host;

    /// <summary>Starts the broker; it answers when this returns.</summary>
    public EmbeddedBroker()
    {
        var configuration = new ProducerConfig { BootstrapServers = "127.0.0.1:1" };
        // The broker lives inside this producer, which then ignores the bootstrap servers.
        configuration.Set("test.mock.num.brokers", "1");
        _host = new ProducerBuilder<Null, Null>(configuration).SetLogHandler(static (_, _) => { }).Build();
        try
        {
            using var admin = new DependentAdminClientBuilder(_host.Handle).Build();
            var broker = admin.GetMetadata(MetadataTimeout).Brokers[0];
            Address = $"{broker.Host}:{broker.Port}";
        }
        catch
        {
            _host.Dispose();
            throw;
        }
    }

    /// <summary>The broker's <c>host:port</c>.</summary>
    public string Address { get; }

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();
}
