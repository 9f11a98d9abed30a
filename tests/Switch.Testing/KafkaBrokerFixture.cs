using Confluent.Kafka;

namespace Switch.Testing;

/// <summary>
/// A Kafka-protocol broker on loopback: librdkafka's own, in memory, for development and tests (what it leaves out is
/// listed in the design). Works as an xunit fixture.
/// </summary>
public sealed class KafkaBrokerFixture : IDisposable
{
    /// <summary>The environment variable with the <c>host:port</c> of a real broker to test against too.</summary>
    public const string RealBrokerVariable = "SWITCH_TEST_KAFKA";

    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(10);
    private readonly IProducer<Null, Null> _host;

    /// <summary>Starts the broker; it answers when this returns.</summary>
    public KafkaBrokerFixture()
    {
        var configuration = new ProducerConfig { BootstrapServers = "127.0.0.1:1" };
        // The mock broker lives inside this producer, which ignores the bootstrap servers.
        configuration.Set("test.mock.num.brokers", "1");
        _host = new ProducerBuilder<Null, Null>(configuration).SetLogHandler(static (_, _) => { }).Build();
        try
        {
            using var admin = new DependentAdminClientBuilder(_host.Handle).Build();
            var broker = admin.GetMetadata(MetadataTimeout).Brokers[0];
            BootstrapServers = $"{broker.Host}:{broker.Port}";
        }
        catch
        {
            _host.Dispose();
            throw;
        }
    }

    /// <summary>The address of a real broker, or null when none is given.</summary>
    public static string? RealBroker =>
        Environment.GetEnvironmentVariable(RealBrokerVariable) is { Length: > 0 } address ? address : null;

    /// <summary>The broker's <c>host:port</c>.</summary>
    public string BootstrapServers { get; }

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();
}
