using System.Text;
using Confluent.Kafka;
using Switch.Settlement.Hosting;

namespace Switch.Settlement.Consuming;

/// <summary>Messages gathered for one transaction, within its bounds.</summary>
/// <param name="reader">Reads them.</param>
/// <param name="bounds">Past these it is full.</param>
internal sealed class MessageBatch(EventReader reader, BatchOptions bounds)
{
    private const int TextMax = 256;

    private readonly List<ReadMessage> _messages = [];
    private long _bytes;

    public IReadOnlyList<ReadMessage> Messages => _messages;

    public bool IsFull => _messages.Count >= bounds.EventsMax || _bytes >= bounds.BytesMax;

    /// <summary>Reads a message and adds what it is.</summary>
    public void Add(ConsumeResult<byte[], byte[]> result) => Add(reader.Read(MessageOf(result)));

    public void Add(in ReadMessage read)
    {
        _messages.Add(read);
        _bytes += read.Message.Value.Length;
    }

    /// <summary>The message as it is kept.</summary>
    public static ConsumedMessage MessageOf(ConsumeResult<byte[], byte[]> result)
    {
        // A header may be there without a value, and then says as little as one that is not there.
        var type = result.Message.Headers is { } headers && headers.TryGetLastBytes("ce_type", out var bytes)
            && bytes is { Length: > 0 }
            ? TextOf(bytes)
            : null;
        return new ConsumedMessage(
            result.Partition.Value, result.Offset.Value, TextOf(result.Message.Key), result.Message.Value ?? [], type);
    }

    public void Clear()
    {
        _messages.Clear();
        _bytes = 0;
    }

    // PostgreSQL takes no NUL in a text.
    private static string TextOf(byte[]? text) => text is null
        ? ""
        : Encoding.UTF8.GetString(text.AsSpan(0, Math.Min(text.Length, TextMax))).Replace('\0', '?');
}
