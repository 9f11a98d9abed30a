using Confluent.Kafka;

namespace Switch.Programs;

/// <summary>A topic that is read without a group, from its beginning.</summary>
internal static class EventTopic
{
    private static readonly TimeSpan MetadataPatience = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Every partition at its beginning. The broker makes a topic when it is first asked for, and for a moment it has
    /// no partitions: it is asked until it has.
    /// </summary>
    /// <exception cref="HarnessException">It got none in 20 s.</exception>
    public static List<TopicPartitionOffset> Beginnings(Handle handle, string topic)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        var clock = new RunClock();
        while (clock.Now < MetadataPatience)
        {
            var found = admin.GetMetadata(topic, MetadataPatience).Topics[0].Partitions;
            if (found.Count > 0)
                return found.ConvertAll(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning));
        }

        throw new HarnessException($"topic {topic} gets no partitions");
    }
}
