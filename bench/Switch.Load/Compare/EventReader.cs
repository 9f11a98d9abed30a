using Confluent.Kafka;
using Switch.Contracts.V1;
using Switch.Programs;

namespace Switch.Load.Compare;

/// <summary>
/// Consumes what B and C tell while they are measured: the development broker keeps 5 MB a partition and drops its
/// oldest. Values are kept as they are and read between measurements.
/// </summary>
internal sealed class EventReader : IDisposable
{
    /// <summary>Names of the threads that do it, as Linux has them; librdkafka's begin with rdk.</summary>
    public static readonly string[] Threads = ["events", "rdk:"];

    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private readonly IConsumer<Ignore, byte[]> _consumer;
    private readonly string _topic;
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly Dictionary<UInt128, Approval> _authorized = [];
    private List<byte[]> _unread = [];
    private long _count;
    private long _othersCount;
    private volatile bool _isEnough;

    /// <summary>Begins to read both topics from their beginning.</summary>
    /// <param name="bootstrapServers">The broker.</param>
    /// <param name="topic">The switch's.</param>
    /// <param name="otherTopic">Naive's; read too, so that both pay for a reader, and only counted.</param>
    public EventReader(string bootstrapServers, string topic, string otherTopic)
    {
        _topic = topic;
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "load",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            AllowAutoCreateTopics = true,
            ConsumeResultFields = "topic",
        };
        _consumer = new ConsumerBuilder<Ignore, byte[]>(config)
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        _consumer.Assign(
        [
            .. EventTopic.Beginnings(_consumer.Handle, topic), .. EventTopic.Beginnings(_consumer.Handle, otherTopic),
        ]);
        _thread = new Thread(Read) { IsBackground = true, Name = "events" };
        _thread.Start();
    }

    /// <summary>Events of the switch so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Events of naive so far.</summary>
    public long OthersCount => Interlocked.Read(ref _othersCount);

    /// <summary>Approvals that were told, by transaction id; deduplicated as docs say, by event id.</summary>
    public IReadOnlyDictionary<UInt128, Approval> Authorized => _authorized;

    /// <summary>Events that were read before under the same id.</summary>
    public long Repeated { get; private set; }

    /// <summary>Events that contradict an earlier one of the same id, or are no approvals.</summary>
    public long Unexpected { get; private set; }

    /// <summary>Reads the values that have come. Between measurements.</summary>
    public void Digest()
    {
        List<byte[]> values;
        lock (_gate) (values, _unread) = (_unread, []);
        foreach (var value in values) Take(TransactionEvent.Parser.ParseFrom(value));
    }

    public void Dispose()
    {
        _isEnough = true;
        _thread.Join();
        _consumer.Dispose();
    }

    private void Take(TransactionEvent e)
    {
        // The id is derived from transaction and type, so one transaction has one such event id.
        if (e.Outcome != Outcome.Approved || e.EventId != $"{e.TransactionId}.authorized")
        {
            Unexpected++;
            return;
        }

        var approval = new Approval(
            Ids.Rrn(e.RetrievalReferenceNumber), e.ApprovedAmount.AmountMinor, Ids.Rrn(e.ApprovalCode));
        var id = Ids.Transaction(e.TransactionId);
        if (_authorized.TryAdd(id, approval)) return;
        if (_authorized[id] == approval) Repeated++;
        else Unexpected++;
    }

    private void Read()
    {
        while (!_isEnough)
        {
            var result = _consumer.Consume(PollTime);
            if (result is null) continue;
            if (result.Topic != _topic)
            {
                Interlocked.Increment(ref _othersCount);
                continue;
            }

            lock (_gate) _unread.Add(result.Message.Value);
            Interlocked.Increment(ref _count);
        }
    }
}
