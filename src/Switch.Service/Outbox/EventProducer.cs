using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Switch.Service.Journal;

namespace Switch.Service.Outbox;

/// <summary>The Kafka producer as the outbox needs it: idempotent, acks=all, CloudEvents headers in binary
/// mode.</summary>
internal sealed class EventProducer : IEventSink
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly byte[] ContentType = "application/protobuf"u8.ToArray();
    private static readonly byte[] SpecVersion = "1.0"u8.ToArray();

    private readonly IProducer<string, byte[]> _producer;
    private readonly string _topic;
    private readonly byte[] _source;
    private readonly Dictionary<string, byte[]> _types = new(StringComparer.Ordinal);

    public EventProducer(KafkaOptions options, string instanceName, ILogger logger)
    {
        _topic = options.Topic;
        _source = Encoding.UTF8.GetBytes($"/cardswitch/{instanceName}");
        _producer = new ProducerBuilder<string, byte[]>(KafkaClientSettings.Of(options, instanceName))
            // The client's own words are of brokers, topics and settings; it never quotes a message or a password.
            .SetErrorHandler(
                (_, error) => Log.KafkaClientError(logger, error.Code.ToString(), error.IsFatal, error.Reason))
            .SetLogHandler((_, message) => Log.KafkaClientMessage(logger, message.Facility, message.Message))
            .Build();
    }

    /// <summary>Hands one event to the client; the handler runs on the client's thread once its fate is
    /// known.</summary>
    /// <exception cref="KafkaException">The client takes nothing now.</exception>
    public void Produce(PendingEvent pending, Action<Delivery> onDelivery) =>
        _producer.Produce(
            _topic,
            new Message<string, byte[]>
            {
                Key = pending.PartitionKey,
                Value = WholeArray.Of(pending.Payload),
                Headers = HeadersOf(pending),
                Timestamp = new Timestamp(pending.OccurredAtMs, TimestampType.CreateTime),
            },
            report => onDelivery(new Delivery(report.Error.IsError ? report.Error.Code.ToString() : null)));

    /// <summary>Waits until everything handed over is acknowledged, or that long.</summary>
    public bool Flush(TimeSpan atMost) => _producer.Flush(atMost) == 0;

    public void Dispose() => _producer.Dispose();

    private Headers HeadersOf(PendingEvent pending)
    {
        var headers = new Headers
        {
            { "content-type", ContentType },
            { "ce_specversion", SpecVersion },
            { "ce_id", Encoding.UTF8.GetBytes(pending.EventId) },
            { "ce_source", _source },
            { "ce_type", TypeOf(pending.Type) },
            { "ce_time", TimeOf(pending.OccurredAtMs) },
        };
        if (pending.TraceParent is { } parent) headers.Add("traceparent", Encoding.UTF8.GetBytes(parent));
        return headers;
    }

    // The relay is the only caller, and there are few types.
    private byte[] TypeOf(string type)
    {
        if (_types.TryGetValue(type, out var known)) return known;
        return _types[type] = Encoding.UTF8.GetBytes($"cardswitch.transaction.{type}.v1");
    }

    private static byte[] TimeOf(long ms)
    {
        Span<byte> text = stackalloc byte[32];
        DateTimeOffset.FromUnixTimeMilliseconds(ms).TryFormat(
            text, out var length, TimeFormat, CultureInfo.InvariantCulture);
        return text[..length].ToArray();
    }
}
