using Confluent.Kafka;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Makes of the messages of a replay what the books made of them: what was a dead letter stays one, and a dead letter
/// that was retried is booked where it was retried, not where it stands.
/// </summary>
internal sealed class ReplayedMessages(SettlementDatabase database, string topic, EventReader reader)
{
    private readonly HashSet<(int, long)> _dead = [];
    private readonly HashSet<(int, long)> _retried = [];
    private readonly Dictionary<int, Queue<RetriedLetter>> _due = [];
    private readonly Dictionary<(int, long), ReadMessage> _waiting = [];

    /// <summary>Reads which messages those are; again when more is to be replayed.</summary>
    /// <exception cref="StoreRefusedException">A dead letter was retried since the last time.</exception>
    public void Refresh()
    {
        using var connection = database.OpenConnection();
        var isFirst = _dead.Count == 0 && _retried.Count == 0 && _due.Count == 0;
        foreach (var place in connection.Query<(long Partition, long Offset)>(
            "SELECT partition_no, partition_offset FROM dead_letter WHERE topic = @topic", new { topic }))
            _dead.Add(((int)place.Partition, place.Offset));
        foreach (var letter in RetriedLetters.Read(connection, topic))
        {
            var isNew = _retried.Add((letter.Partition, letter.Offset));
            if (!isNew) continue;
            if (!isFirst)
            {
                throw new StoreRefusedException(
                    "a dead letter was retried meanwhile, so that nothing was changed; run it again");
            }

            if (!_due.TryGetValue(letter.Partition, out var due)) _due[letter.Partition] = due = [];
            due.Enqueue(letter);
        }
    }

    /// <summary>Adds a message, and before it what was booked before it.</summary>
    public void Add(MessageBatch batch, ConsumeResult<byte[], byte[]> result)
    {
        var message = MessageBatch.MessageOf(result);
        AddDue(batch, message.Partition, message.Offset);
        var place = (message.Partition, message.Offset);
        if (_retried.Contains(place))
        {
            _waiting[place] = reader.Read(message);
            batch.Add(new ReadMessage(message, null, default, null));
        }
        else if (_dead.Contains(place)) batch.Add(new ReadMessage(message, null, default, "was a dead letter before"));
        else batch.Add(reader.Read(message));
    }

    /// <summary>Adds what was booked of a partition before anything at this offset was.</summary>
    public void AddDue(MessageBatch batch, int partition, long offset)
    {
        if (!_due.TryGetValue(partition, out var due)) return;
        while (due.TryPeek(out var letter) && letter.After <= offset)
        {
            due.Dequeue();
            if (_waiting.Remove((partition, letter.Offset), out var read))
                batch.Add(read with { Settles = letter.Settles });
        }
    }
}
