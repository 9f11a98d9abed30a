using System.Data.Common;
using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Dapper;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Copies dead letters to the topic beside the one that they came from, on a thread of its own: a broker that is away
/// or refuses them holds up no event. They are in the store first and are marked there once the broker has them, so
/// each is published at least once.
/// </summary>
internal sealed class DeadLetterPublisher : IDisposable
{
    public const string TopicEnding = ".dlq";

    /// <summary>Letters of a set; a message has a megabyte at most, by the client's own bound.</summary>
    private const int AtOnce = 100;

    private const string PageSql =
        "SELECT topic AS Topic, partition_no AS Partition, partition_offset AS Offset, reason AS Reason, "
        + "message_key AS Key, payload AS Payload FROM dead_letter WHERE published_ms = 0 "
        + "AND (topic, partition_no, partition_offset) > (@Topic, @Partition, @Offset) "
        + "ORDER BY topic, partition_no, partition_offset LIMIT @AtOnce";

    private const string MarkSql =
        "UPDATE dead_letter SET published_ms = @now "
        + "WHERE topic = @Topic AND partition_no = @Partition AND partition_offset = @Offset AND published_ms = 0";

    /// <summary>How long the broker may take for one set.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Pause before the store is asked again without being woken.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly SettlementDatabase _database;
    private readonly SettlementKafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AutoResetEvent _woken = new(false);
    private IProducer<byte[], byte[]>? _producer;

    public DeadLetterPublisher(
        SettlementDatabase database, SettlementKafkaOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Says that there are new ones, and waits for nothing.</summary>
    public void Wake() => _woken.Set();

    /// <summary>Publishes what is not yet published, and what comes, until it is stopped. Blocks.</summary>
    public void Run(CancellationToken stop)
    {
        WaitHandle[] wakers = [stop.WaitHandle, _woken];
        while (!stop.IsCancellationRequested)
        {
            try
            {
                PublishPending(stop);
            }
            catch (Exception e)
            {
                ConsumingLog.PublishingFailed(_logger, e, Pause); // the store is away: they are in it
            }

            WaitHandle.WaitAny(wakers, Pause);
        }
    }

    /// <summary>Publishes what is not yet published; what the broker does not take stays for the next time.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    internal void PublishPending(CancellationToken stop)
    {
        using var connection = _database.OpenConnection();
        var last = new Row { Partition = -1, Offset = -1 };
        while (!stop.IsCancellationRequested)
        {
            // Past those that were refused: they keep no other back.
            var letters = connection.Query<Row>(
                PageSql, new { last.Topic, last.Partition, last.Offset, AtOnce }).AsList();
            if (letters.Count == 0) return;
            var answers = Publish(letters, stop);
            var published = answers.Published();
            Mark(connection, published);
            // Nothing came through: the broker is away. One letter that it does not want keeps no other back.
            if (published.Count == 0 && answers.Count < letters.Count) return;
            last = letters[^1];
        }
    }

    public void Dispose()
    {
        Forget();
        _woken.Dispose();
    }

    private void Mark(DbConnection connection, List<Row> published)
    {
        if (published.Count == 0) return;
        using var transaction = connection.BeginTransaction();
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        connection.Execute(
            MarkSql,
            // In one order: another instance may be marking the same.
            published.OrderBy(static letter => letter.Topic, StringComparer.Ordinal)
                .ThenBy(static letter => letter.Partition).ThenBy(static letter => letter.Offset)
                .Select(letter => new { now, letter.Topic, letter.Partition, letter.Offset }),
            transaction);
        transaction.Commit();
    }

    private Answers Publish(List<Row> letters, CancellationToken stop)
    {
        var answers = new Answers();
        try
        {
            _producer ??= new ProducerBuilder<byte[], byte[]>(KafkaSettings.OfDeadLetters(_options))
                .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
            foreach (var letter in letters) Produce(_producer, letter, answers);
            using var late = new CancellationTokenSource(Patience, _time);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
            _producer.Flush(ended.Token);
        }
        catch (OperationCanceledException)
        {
            // What has no answer by now may be there or not: it is published again.
        }
        catch (KafkaException e)
        {
            answers.Fail(e.Error.Code);
        }

        // What is still queued would be sent beside the next set, which has it again.
        if (answers.Count < letters.Count) Forget();
        var kept = letters.Count - answers.Published().Count;
        if (kept > 0 && !stop.IsCancellationRequested) ConsumingLog.DeadLettersKept(_logger, kept, answers.Fault);
        return answers;
    }

    private static void Produce(IProducer<byte[], byte[]> producer, Row letter, Answers answers)
    {
        try
        {
            producer.Produce(letter.Topic + TopicEnding, MessageOf(letter), report =>
            {
                if (report.Error.IsError) answers.Fail(report.Error.Code);
                else answers.Add(letter);
            });
        }
        catch (ProduceException<byte[], byte[]> e)
        {
            answers.Fail(e.Error.Code);
        }
    }

    private void Forget()
    {
        _producer?.Dispose();
        _producer = null;
    }

    private static Message<byte[], byte[]> MessageOf(Row letter) => new()
    {
        Key = Encoding.UTF8.GetBytes(letter.Key),
        Value = letter.Payload,
        Headers = new Headers
        {
            { "original-topic", Encoding.UTF8.GetBytes(letter.Topic) },
            { "original-partition", Number(letter.Partition) },
            { "original-offset", Number(letter.Offset) },
            { "error", Encoding.UTF8.GetBytes(letter.Reason) },
        },
    };

    private static byte[] Number(long number) =>
        Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>What became of a set; the client's thread says it.</summary>
    private sealed class Answers
    {
        private readonly Lock _gate = new();
        private readonly List<Row> _published = [];
        private int _refused;
        private string _fault = "no answer in time";

        /// <summary>Letters whose fate is known: published, or refused for what they are.</summary>
        public int Count
        {
            get
            {
                lock (_gate) return _published.Count + _refused;
            }
        }

        public string Fault
        {
            get
            {
                lock (_gate) return _fault;
            }
        }

        public void Add(Row letter)
        {
            lock (_gate) _published.Add(letter);
        }

        public void Fail(ErrorCode code)
        {
            lock (_gate)
            {
                _fault = code.ToString();
                // Anything else is of the broker or the way to it.
                if (code is ErrorCode.MsgSizeTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidMsg)
                    _refused++;
            }
        }

        public List<Row> Published()
        {
            lock (_gate) return [.. _published];
        }
    }

    private sealed class Row
    {
        public string Topic { get; set; } = "";

        public long Partition { get; set; }

        public long Offset { get; set; }

        public string Reason { get; set; } = "";

        public string Key { get; set; } = "";

        public byte[] Payload { get; set; } = [];
    }
}
