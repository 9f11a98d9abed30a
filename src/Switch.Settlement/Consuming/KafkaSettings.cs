using Confluent.Kafka;
using Switch.Settlement.Hosting;

namespace Switch.Settlement.Consuming;

/// <summary>The Kafka clients' settings: those of settlement over those of the configuration.</summary>
internal static class KafkaSettings
{
    private const int QueueKilobytesMax = 32 * 1024;

    public static ConsumerConfig OfConsumer(SettlementKafkaOptions options) =>
        new(new Dictionary<string, string>(options.Client))
        {
            BootstrapServers = options.BootstrapServers,
            GroupId = options.Group,
            GroupProtocol = GroupProtocol.Classic,
            // All partitions are given back at once: what is in memory is dropped at once then.
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.Range,
            IsolationLevel = IsolationLevel.ReadCommitted,
            // The store's offsets are the truth; Kafka's are told them for the tools that watch lag.
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            // To begin anywhere else than where the store stands would lose events in silence.
            AutoOffsetReset = AutoOffsetReset.Error,
            QueuedMaxMessagesKbytes = QueueKilobytesMax,
        };

    public static ProducerConfig OfDeadLetters(SettlementKafkaOptions options) =>
        new(new Dictionary<string, string>(options.Client))
        {
            BootstrapServers = options.BootstrapServers,
            EnableIdempotence = true,
            Acks = Acks.All,
            Partitioner = Partitioner.Murmur2Random,
            // A broker refuses batches: one letter too large for the topic would take the others with it.
            BatchNumMessages = 1,
        };
}
