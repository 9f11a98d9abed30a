using Confluent.Kafka;
using Switch.Settlement.Books;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>One life of a Kafka consumer, from joining the group until something fails or the program stops.</summary>
internal sealed class ConsumerSession : IDisposable
{
    private static readonly TimeSpan IdlePoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GatherPoll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan FullWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LagLogInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WatermarkPatience = TimeSpan.FromSeconds(2);

    private readonly SettlementOptions _options;
    private readonly ConsumingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BooksWriter _writer;
    private readonly BatchCommitter _committer;
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Dictionary<int, long> _written = [];
    private CancellationTokenSource _assignment = new();
    private MessageBatch _gathered;
    private MessageBatch _other;
    private bool _isPaused;
    private long _polledAt;
    private long _statusAt;
    private long _lagLoggedAt;

    public ConsumerSession(
        SettlementDatabase database, Bookkeeper bookkeeper, DeadLetterPublisher deadLetters, SettlementOptions options,
        ConsumingMetrics metrics, TimeProvider time, ILogger logger)
    {
        (_options, _metrics, _time, _logger) = (options, metrics, time, logger);
        var reader = new EventReader(time, options.FutureDaysMax);
        _gathered = new MessageBatch(reader, options.Batch);
        _other = new MessageBatch(reader, options.Batch);
        _writer = new BooksWriter(database, bookkeeper, options.Kafka.Topic, time);
        _committer = new BatchCommitter(_writer, deadLetters, options.Batch, metrics, time, logger);
        _consumer = new ConsumerBuilder<byte[], byte[]>(KafkaSettings.OfConsumer(options.Kafka))
            .SetErrorHandler((_, error) => ConsumingLog.KafkaClient(logger, error.Code.ToString(), error.Reason))
            .SetLogHandler((_, line) => ConsumingLog.KafkaClient(logger, line.Facility, line.Message))
            .SetPartitionsAssignedHandler((_, partitions) => Assigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Revoked(partitions))
            .SetPartitionsLostHandler((_, partitions) => Revoked(partitions))
            .Build();
    }

    /// <summary>Works until stopped.</summary>
    /// <exception cref="KafkaException">Kafka is away, or has no such topic.</exception>
    public void Run(CancellationToken stoppingToken)
    {
        _consumer.Subscribe(_options.Kafka.Topic);
        while (!stoppingToken.IsCancellationRequested)
        {
            EndWrite(TimeSpan.Zero);
            if (_committer.IsIdle && _gathered.Messages.Count > 0) BeginWrite();
            if (_gathered.IsFull) WaitForWriter();
            else Gather();
            if (_time.GetElapsedTime(_statusAt) > StatusInterval) Report();
        }

        GiveUpWriting();
        CommitToKafka();
        ConsumingLog.Ended(_logger, _options.Kafka.Topic, _committer.EventsWritten);
    }

    public void Dispose()
    {
        GiveUpWriting();
        try
        {
            _consumer.Close();
        }
        catch (KafkaException e)
        {
            ConsumingLog.KafkaClient(_logger, e.Error.Code.ToString(), e.Error.Reason);
        }

        _consumer.Dispose();
        _writer.Dispose();
        _assignment.Dispose();
    }

    private void Gather()
    {
        if (_isPaused)
        {
            _consumer.Resume(_consumer.Assignment);
            _isPaused = false;
        }

        // While a batch is written the next one grows; with nothing to write it may wait for the first message.
        var result = _consumer.Consume(_gathered.Messages.Count == 0 && _committer.IsIdle ? IdlePoll : GatherPoll);
        _polledAt = _time.GetTimestamp();
        if (result is not null) _gathered.Add(result);
    }

    // The client has to be asked now and then even so: else the group takes this consumer for dead.
    private void WaitForWriter()
    {
        if (_committer.IsIdle) return;
        if (EndWrite(FullWait)) return;
        if (_time.GetElapsedTime(_polledAt) < PollInterval) return;
        if (!_isPaused)
        {
            _consumer.Pause(_consumer.Assignment);
            _isPaused = true;
        }

        _polledAt = _time.GetTimestamp();
        if (_consumer.Consume(TimeSpan.Zero) is { } late) _gathered.Add(late);
    }

    private void BeginWrite()
    {
        (_gathered, _other) = (_other, _gathered);
        _gathered.Clear();
        _committer.Begin(_other, _assignment.Token);
    }

    private bool EndWrite(TimeSpan atMost)
    {
        if (_committer.End(atMost) is not { } result) return false;
        if (!result.IsFenced)
        {
            foreach (var read in _other.Messages) _written[read.Message.Partition] = read.Message.Offset + 1;
            return true;
        }

        ConsumingLog.Fenced(_logger);
        _gathered.Clear();
        foreach (var place in PlacesOf(_consumer.Assignment)) _consumer.Seek(place);
        return true;
    }

    private List<TopicPartitionOffset> Assigned(List<TopicPartition> partitions)
    {
        ConsumingLog.Assigned(_logger, _options.Kafka.Topic, _options.Kafka.Group, Named(partitions));
        return PlacesOf(partitions);
    }

    private void Revoked(List<TopicPartitionOffset> partitions)
    {
        GiveUpWriting();
        _gathered.Clear();
        _written.Clear();
        _isPaused = false;
        _metrics.ForgetLag();
        ConsumingLog.Revoked(_logger, Named(partitions.Select(place => place.TopicPartition)));
    }

    private List<TopicPartitionOffset> PlacesOf(IEnumerable<TopicPartition> partitions)
    {
        List<TopicPartition> all = [.. partitions];
        var positions = _writer.ReadPositions(all.Select(partition => partition.Partition.Value));
        _written.Clear();
        foreach (var (partition, next) in positions) _written[partition] = next ?? 0;
        return all.ConvertAll(partition => new TopicPartitionOffset(
            partition, positions[partition.Partition.Value] is { } next ? new Offset(next) : Offset.Beginning));
    }

    // The attempt that runs ends by itself; no further one is made.
    private void GiveUpWriting()
    {
        _assignment.Cancel();
        try
        {
            EndWrite(Timeout.InfiniteTimeSpan);
        }
        catch (OperationCanceledException)
        {
            // given up
        }

        _assignment.Dispose();
        _assignment = new CancellationTokenSource();
    }

    private void Report()
    {
        var isHeldUp = _gathered.IsFull;
        foreach (var partition in _consumer.Assignment)
        {
            // What the client last heard, unless it does not ask for more at present.
            var high = _consumer.GetWatermarkOffsets(partition).High;
            if (isHeldUp || high == Offset.Unset)
                high = _consumer.QueryWatermarkOffsets(partition, WatermarkPatience).High;
            _metrics.SetLag(partition.Partition.Value, high - _written.GetValueOrDefault(partition.Partition.Value));
        }

        CommitToKafka();
        _statusAt = _time.GetTimestamp();
        if (_metrics.Lag == 0 || _time.GetElapsedTime(_lagLoggedAt) < LagLogInterval) return;
        ConsumingLog.Behind(_logger, _metrics.Lag, _consumer.Assignment.Count);
        _lagLoggedAt = _statusAt;
    }

    private void CommitToKafka()
    {
        List<TopicPartitionOffset> places = [.. _written.Where(place => place.Value > 0)
            .Select(place => new TopicPartitionOffset(_options.Kafka.Topic, place.Key, place.Value))];
        if (places.Count == 0) return;
        try
        {
            _consumer.Commit(places);
        }
        catch (KafkaException e)
        {
            ConsumingLog.KafkaClient(_logger, e.Error.Code.ToString(), e.Error.Reason); // only tools miss it
        }
    }

    private static string Named(IEnumerable<TopicPartition> partitions) =>
        string.Join(", ", partitions.Select(partition => partition.Partition.Value).Order());
}
