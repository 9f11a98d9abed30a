using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Dapper;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Copies dead letters to the topic beside the one that they came from. They are in the store first and are marked
/// there
/// once the broker has them, so each is published at least once, and a broker that refuses them holds up no event.
/// </summary>
internal sealed class DeadLetterPublisher : IDisposable
{
    public const string TopicEnding = ".dlq";

    private const int AtOnce = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SettlementDatabase _database;
    private readonly SettlementKafkaOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private IProducer<byte[], byte[]>? _producer;

    public DeadLetterPublisher(
        SettlementDatabase database, SettlementKafkaOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Publishes what is not yet published; what fails stays for the next time.</summary>
    public void PublishPending()
    {
        using var connection = _database.OpenConnection();
        while (true)
        {
            var letters = connection.Query<Row>(
                "SELECT topic AS Topic, partition_no AS Partition, partition_offset AS Offset, reason AS Reason, "
                + "message_key AS Key, payload AS Payload FROM dead_letter WHERE published_ms = 0 "
                + "ORDER BY topic, partition_no, partition_offset LIMIT @AtOnce", new { AtOnce }).AsList();
            if (letters.Count == 0) return;
            var published = Publish(letters);
            connection.Execute(
                "UPDATE dead_letter SET published_ms = @Now "
                + "WHERE topic = @Topic AND partition_no = @Partition AND partition_offset = @Offset",
                published.Select(letter => new
                {
                    Now = _time.GetUtcNow().ToUnixTimeMilliseconds(),
                    letter.Topic,
                    letter.Partition,
                    letter.Offset,
                }));
            if (published.Count < letters.Count) return;
        }
    }

    public void Dispose() => _producer?.Dispose();

    private List<Row> Publish(List<Row> letters)
    {
        var published = new List<Row>();
        var fault = "no answer in time";
        try
        {
            _producer ??= new ProducerBuilder<byte[], byte[]>(KafkaSettings.OfDeadLetters(_options))
                .SetErrorHandler(static (_, _) => { }).SetLogHandler(static (_, _) => { }).Build();
            foreach (var letter in letters)
            {
                _producer.Produce(letter.Topic + TopicEnding, MessageOf(letter), report =>
                {
                    lock (published) // the client's thread says it
                    {
                        if (report.Error.IsError) fault = report.Error.Code.ToString();
                        else published.Add(letter);
                    }
                });
            }

            _producer.Flush(Patience);
        }
        catch (KafkaException e)
        {
            fault = e.Error.Code.ToString();
        }

        lock (published)
        {
            if (published.Count < letters.Count)
                ConsumingLog.DeadLettersKept(_logger, letters.Count - published.Count, fault);
            return [.. published];
        }
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
