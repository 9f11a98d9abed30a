using Confluent.Kafka;
using Dapper;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Whether the books have what Kafka has. What can't be known is a reason, never "nothing is behind".
/// </summary>
internal static class TopicLag
{
    private const string Again = "it was made again";
    private const string Unknown = ", and what the books lack of it can't be known";

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
            var topic = admin.GetMetadata(options.Topic, Patience).Topics.SingleOrDefault();
            if (FaultOf(topic, options.Topic) is { } fault) return fault;
            var partitions = topic!.Partitions.Select(static partition => partition.PartitionId).ToHashSet();
            if (consumed.Keys.Where(partition => !partitions.Contains(partition)).Order().ToArray() is [var gone, ..])
            {
                return Text($"{options.Topic} has no partition {gone}, which was consumed: {Again}{Unknown}");
            }

            return LackOf(consumer, options.Topic, partitions, consumed);
        }
        catch (KafkaException e)
        {
            return $"Kafka at {options.BootstrapServers} can't be asked what is not consumed yet: {e.Error.Reason}";
        }
    }

    // A topic that Kafka does not know has no partitions, and so nothing would seem to wait in it.
    private static string? FaultOf(TopicMetadata? topic, string name)
    {
        if (topic is null || topic.Error.Code is ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic)
            return $"the topic '{name}' is not on Kafka: what is not consumed yet can't be known";
        if (topic.Error.IsError) return $"Kafka can't say what is in {name}: {topic.Error.Reason}";
        return topic.Partitions.Count == 0 ? $"Kafka names no partitions of {name}" : null;
    }

    private static string? LackOf(
        IConsumer<byte[], byte[]> consumer, string topic, IEnumerable<int> partitions, Dictionary<int, long> consumed)
    {
        var lacking = 0L;
        foreach (var partition in partitions.Order())
        {
            var kept = consumer.QueryWatermarkOffsets(new TopicPartition(topic, partition), Patience);
            var next = consumed.GetValueOrDefault(partition, kept.Low.Value);
            if (next > kept.High.Value)
            {
                return Text(
                    $"partition {partition} of {topic} ends at offset {kept.High.Value}, not {next}: {Again}{Unknown}");
            }

            lacking += kept.High.Value - next;
        }

        return lacking == 0 ? null : Text($"{lacking} events of {topic} are not consumed yet");
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
