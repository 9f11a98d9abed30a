using System.Text;
using Confluent.Kafka;
using Switch.Chaos.Checking;
using Switch.Contracts.V1;
using Switch.Programs;

namespace Switch.Chaos;

/// <summary>
/// Consumes the events while the run goes on: the development broker drops its oldest, and a consumer that waited for
/// the end would call them missing.
/// </summary>
internal sealed class EventReader : IDisposable
{
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(100);
    private readonly IConsumer<string, byte[]> _consumer;
    private readonly RunClock _clock;
    private readonly Lock _gate = new();
    private readonly List<EventRecord> _events = [];
    private readonly Thread _thread;
    private TimeSpan _lastAt;
    private volatile bool _isEnough;

    public EventReader(string bootstrapServers, string topic, RunClock clock)
    {
        _clock = clock;
        var config = new ConsumerConfig
        {
            BootstrapServers = bootstrapServers,
            GroupId = "chaos",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            AllowAutoCreateTopics = true,
            // A broker that was stopped must not slow the reader down for long.
            ReconnectBackoffMaxMs = 500,
            SocketTimeoutMs = 10_000,
        };
        _consumer = new ConsumerBuilder<string, byte[]>(config)
            .SetLogHandler(static (_, _) => { }).SetErrorHandler(static (_, _) => { }).Build();
        _consumer.Assign(EventTopic.Beginnings(_consumer.Handle, topic));
        _thread = new Thread(Read) { IsBackground = true, Name = "events" };
        _thread.Start();
    }

    /// <summary>How long nothing has come.</summary>
    public TimeSpan Idle
    {
        get { lock (_gate) return _clock.Now - _lastAt; }
    }

    public int Count
    {
        get { lock (_gate) return _events.Count; }
    }

    /// <summary>Stops reading and gives all that came.</summary>
    public IReadOnlyList<EventRecord> Finish()
    {
        _isEnough = true;
        _thread.Join();
        return _events;
    }

    public void Dispose()
    {
        _isEnough = true;
        _thread.Join();
        _consumer.Dispose();
    }

    private void Read()
    {
        while (!_isEnough)
        {
            ConsumeResult<string, byte[]>? result;
            try
            {
                result = _consumer.Consume(PollTime);
            }
            catch (ConsumeException)
            {
                continue; // the broker is away: the client goes on by itself
            }

            if (result is null) continue;
            var source = result.Message.Headers.TryGetLastBytes("ce_source", out var bytes)
                ? Encoding.UTF8.GetString(bytes) : "";
            var e = EventRecord.Of(TransactionEvent.Parser.ParseFrom(result.Message.Value), source, _clock.Now);
            e = e with { At = _clock.At(e.OccurredAt) };
            lock (_gate)
            {
                _events.Add(e);
                _lastAt = _clock.Now;
            }
        }
    }
}
