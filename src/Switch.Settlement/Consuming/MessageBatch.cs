using System.Text;
using Confluent.Kafka;
using Switch.Settlement.Hosting;

namespace Switch.Settlement.Consuming;

/// <summary>Messages gathered for one transaction, within its bounds.</summary>
/// <param name="reader">Reads them.</param>
/// <param name="bounds">Past these it is full.</param>
/// <param name="isDead">Whether a place in the stream is known to hold a dead letter; nothing is when not
/// given.</param>
internal sealed class MessageBatch(EventReader reader, BatchOptions bounds, Func<int, long, bool>? isDead = null)
{
    private const int KeyMax = 256;

    private readonly List<ReadMessage> _messages = [];
    private long _bytes;

    public IReadOnlyList<ReadMessage> Messages => _messages;

    public bool IsFull => _messages.Count >= bounds.EventsMax || _bytes >= bounds.BytesMax;

    public void Add(ConsumeResult<byte[], byte[]> result)
    {
        var value = result.Message.Value ?? [];
        var type = result.Message.Headers is { } headers && headers.TryGetLastBytes("ce_type", out var bytes)
            ? Encoding.UTF8.GetString(bytes)
            : null;
        var message = new ConsumedMessage(
            result.Partition.Value, result.Offset.Value, KeyOf(result.Message.Key), value, type);
        _messages.Add(isDead?.Invoke(message.Partition, message.Offset) == true
            ? new ReadMessage(message, null, default, "was a dead letter before")
            : reader.Read(message));
        _bytes += value.Length;
    }

    public void Clear()
    {
        _messages.Clear();
        _bytes = 0;
    }

    // PostgreSQL takes no NUL in a text.
    private static string KeyOf(byte[]? key) => key is null
        ? ""
        : Encoding.UTF8.GetString(key.AsSpan(0, Math.Min(key.Length, KeyMax))).Replace('\0', '?');
}
