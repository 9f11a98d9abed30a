using Confluent.Kafka;

namespace Switch.EndToEnd.Tests;

/// <summary>Reads whole records back from Kafka: key, headers and value as any consumer would see them.</summary>
internal static class KafkaRecords
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Every record of every topic up to now.</summary>
    public static IReadOnlyList<ConsumeResult<byte[], byte[]>> ReadAll(string bootstrapServers)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "evidence",
            EnableAutoCommit = false,
        };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler(static (_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions =
            from topic in admin.GetMetadata(Patience).Topics
            from partition in topic.Partitions
            select new TopicPartition(topic.Topic, new Partition(partition.PartitionId));
        var records = new List<ConsumeResult<byte[], byte[]>>();
        foreach (var partition in partitions.ToList()) Read(consumer, partition, records);
        consumer.Close();
        return records;
    }

    private static void Read(
        IConsumer<byte[], byte[]> consumer, TopicPartition partition, List<ConsumeResult<byte[], byte[]>> records)
    {
        var marks = consumer.QueryWatermarkOffsets(partition, Patience);
        if (marks.High == marks.Low) return;
        consumer.Assign(new TopicPartitionOffset(partition, marks.Low));
        while (consumer.Consume(Patience) is { } record)
        {
            records.Add(record);
            if (record.Offset + 1 >= marks.High) return;
        }

        throw new TimeoutException($"{partition} has records that do not come");
    }
}
