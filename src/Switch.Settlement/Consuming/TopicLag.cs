using System.Globalization;
using Confluent.Kafka;
using Dapper;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>Whether the books have what Kafka has.</summary>
internal static class TopicLag
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What the books lack, for a person; null when they lack nothing that is on Kafka now.</summary>
    /// <exception cref="System.Data.Common.DbException">The store is away.</exception>
    public static string? Of(SettlementDatabase database, SettlementKafkaOptions options)
    {
        using var connection = database.OpenConnection();
        var consumed = connection.Query<(long Partition, long Next)>(
            "SELECT partition_no, next_offset FROM consumed WHERE topic = @Topic", options)
            .ToDictionary(static row => (int)row.Partition, static row => row.Next);
        try
        {
            using var consumer = new ConsumerBuilder<byte[], byte[]>(KafkaSettings.OfConsumer(options))
                .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            var partitions = admin.GetMetadata(options.Topic, Patience).Topics[0].Partitions;
            var lacking = 0L;
            foreach (var partition in partitions)
            {
                var kept = consumer.QueryWatermarkOffsets(
                    new TopicPartition(options.Topic, partition.PartitionId), Patience);
                var next = consumed.GetValueOrDefault(partition.PartitionId, kept.Low.Value);
                lacking += Math.Max(0, kept.High.Value - next);
            }

            return lacking == 0
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{lacking} events of {options.Topic} are not consumed yet");
        }
        catch (KafkaException e)
        {
            return $"Kafka at {options.BootstrapServers} can't be asked what is not consumed yet: {e.Error.Reason}";
        }
    }
}
