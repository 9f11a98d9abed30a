using Confluent.Kafka;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>Reads a topic again from where the books began, without a group's help. For a rebuild.</summary>
internal sealed class TopicReplay : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    private readonly SettlementKafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Dictionary<int, long> _next = [];
    private bool _isAgain;

    public TopicReplay(SettlementKafkaOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var settings = KafkaSettings.OfConsumer(options);
        settings.GroupId = options.Group + ".rebuild"; // the client wants one; nothing is committed to it
        settings.EnablePartitionEof = true;
        _consumer = new ConsumerBuilder<byte[], byte[]>(settings)
            .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
    }

    /// <summary>Goes to where the books began in partitions that are not read yet.</summary>
    /// <param name="ranges">Of each partition, the first offset that was ever read and the next to read.</param>
    /// <exception cref="StoreRefusedException">Kafka no longer has all of it.</exception>
    /// <exception cref="KafkaException">Kafka is away.</exception>
    public void Include(IReadOnlyDictionary<int, (long First, long Next)> ranges)
    {
        var isNew = false;
        foreach (var (partition, (first, next)) in ranges.OrderBy(range => range.Key))
        {
            if (_next.ContainsKey(partition)) continue;
            isNew = true;
            var kept = _consumer.QueryWatermarkOffsets(new TopicPartition(_options.Topic, partition), Patience);
            if (kept.Low > first || kept.High < next)
            {
                throw new StoreRefusedException(
                    $"Kafka has partition {partition} of {_options.Topic} from offset {kept.Low.Value} to "
                    + $"{kept.High.Value}, and the books were made from {first} to {next}: they can't be "
                    + "made again from it. Nothing was changed");
            }

            _next[partition] = first;
        }

        if (!isNew) return;
        _consumer.Assign(_next.Select(next => new TopicPartitionOffset(_options.Topic, next.Key, next.Value)));
        _consumer.Resume(_next.Keys.Select(partition => new TopicPartition(_options.Topic, partition)));
        _isAgain = false; // all are where they go on
    }

    /// <summary>
    /// Hands over every message up to the offsets at which each partition is to stop, each partition in its order. May
    /// be
    /// called again with later ones.
    /// </summary>
    /// <exception cref="KafkaException">Kafka is away, or silent for too long.</exception>
    public void Read(
        IReadOnlyDictionary<int, long> until, Action<ConsumeResult<byte[], byte[]>> handle,
        CancellationToken cancellationToken)
    {
        var heard = _time.GetTimestamp();
        foreach (var (partition, end) in until)
        {
            // What was read too far in an earlier round is read again.
            var place = new TopicPartition(_options.Topic, partition);
            if (_next[partition] >= end) _consumer.Pause([place]);
            else if (_isAgain) GoOn(place);
        }

        _isAgain = true;

        while (until.Any(range => _next[range.Key] < range.Value))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_consumer.Consume(Poll) is not { } result)
            {
                if (_time.GetElapsedTime(heard) > Patience)
                    throw new KafkaException(new Error(ErrorCode.Local_TimedOut, "Kafka gives no further messages"));
                continue;
            }

            heard = _time.GetTimestamp();
            var partition = result.Partition.Value;
            var end = until[partition];
            if (result.Offset.Value < end && !result.IsPartitionEOF) handle(result);
            // A batch of a transaction that was rolled back leaves offsets without messages.
            _next[partition] = Math.Max(
                _next[partition], result.IsPartitionEOF ? result.Offset.Value : Math.Min(end, result.Offset.Value + 1));
            if (_next[partition] >= end) _consumer.Pause([result.TopicPartition]);
        }
    }

    public void Dispose()
    {
        _consumer.Close();
        _consumer.Dispose();
    }

    private void GoOn(TopicPartition place)
    {
        _consumer.Seek(new TopicPartitionOffset(place, _next[place.Partition.Value]));
        _consumer.Resume([place]);
    }
}
