using Confluent.Kafka;
using Switch.Contracts.V1;

namespace Switch.Sandbox;

/// <summary>
/// Reads transaction events back from Kafka as a downstream consumer would, without a group of its own.
/// </summary>
internal sealed class EventTail : IDisposable
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MetadataPatience = TimeSpan.FromSeconds(10);
    private readonly IConsumer<string, byte[]> _consumer;
    private readonly TimeProvider _time;

    public EventTail(string bootstrapServers, string topic, TimeProvider time)
    {
        _time = time;
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "sandbox",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
        };
        _consumer = new ConsumerBuilder<string, byte[]>(config).SetLogHandler(static (_, _) => { }).Build();
        _consumer.Assign(Partitions(topic));
    }

    /// <summary>
    /// Every event so far, once it has seen all the ids it was told to expect, or that long. An id may lack its last
    /// part, which says which of several of a kind it is. Duplicates stay in: the caller counts them.
    /// </summary>
    public IReadOnlyList<TransactionEvent> ReadUntil(IReadOnlySet<string> expectedIds, TimeSpan atMost)
    {
        var events = new List<TransactionEvent>();
        var missing = new HashSet<string>(expectedIds, StringComparer.Ordinal);
        var started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < atMost)
        {
            var result = _consumer.Consume(PollTime);
            if (result is null)
            {
                // Only at the very end of every partition is it shown that no duplicate follows.
                if (missing.Count == 0 && IsAtTheEnd()) break;
                continue;
            }

            var e = TransactionEvent.Parser.ParseFrom(result.Message.Value);
            events.Add(e);
            missing.Remove(e.EventId);
            missing.Remove(e.EventId[..e.EventId.LastIndexOf('.')]);
        }

        return events;
    }

    private bool IsAtTheEnd() => _consumer.Assignment.TrueForAll(partition =>
    {
        var end = _consumer.QueryWatermarkOffsets(partition, MetadataPatience).High;
        var position = _consumer.Position(partition);
        return end == 0 || position == end;
    });

    // The broker makes the topic when it is first asked for, and for a moment it has no partitions.
    private List<TopicPartitionOffset> Partitions(string topic)
    {
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        var started = _time.GetTimestamp();
        while (_time.GetElapsedTime(started) < MetadataPatience)
        {
            var found = admin.GetMetadata(topic, MetadataPatience).Topics[0].Partitions;
            if (found.Count > 0)
                return found.ConvertAll(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning));
        }

        throw new TimeoutException($"topic {topic} has no partitions");
    }

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }
}
