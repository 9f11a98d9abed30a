using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Sandbox;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>A Kafka-protocol broker in this process, and a producer that writes to it as the switch does.</summary>
internal sealed class TestTopic : IDisposable
{
    private readonly EmbeddedBroker _broker = new();
    private readonly IProducer<string, byte[]> _producer;

    public TestTopic() => _producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
    {
        BootstrapServers = _broker.Address,
        Partitioner = Partitioner.Murmur2Random,
        LingerMs = 5,
    }).Build();

    public string Address => _broker.Address;

    /// <summary>Messages sent so far.</summary>
    public long Sent { get; private set; }

    public void Send(TransactionEvent e) => Send(e.RootTransactionId, e.ToByteArray());

    public void Send(string key, byte[] value)
    {
        _producer.Produce(EventStreams.Topic, new Message<string, byte[]>
        {
            Key = key,
            Value = value,
            Headers = new Headers { { "ce_type", Encoding.UTF8.GetBytes("cardswitch.transaction.authorized.v1") } },
        });
        Sent++;
    }

    /// <summary>Sends to a partition, so that offsets are the order of sending.</summary>
    public void Send(int partition, string key, byte[] value)
    {
        _producer.Produce(
            new TopicPartition(EventStreams.Topic, partition),
            new Message<string, byte[]> { Key = key, Value = value });
        Sent++;
    }

    /// <summary>The first offset that the broker still has.</summary>
    public long EarliestOf(int partition)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = Address, GroupId = "test" }).Build();
        return consumer.QueryWatermarkOffsets(
            new TopicPartition(EventStreams.Topic, partition), TimeSpan.FromSeconds(30)).Low;
    }

    public void Flush() => _producer.Flush(TimeSpan.FromSeconds(30));

    public void Dispose()
    {
        _producer.Dispose();
        _broker.Dispose();
    }
}
