using Switch.Contracts.V1;
using Switch.Service.Journal;
using Switch.Service.Outbox;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Ports;

/// <summary>The topic: every event that was delivered, repeats included.</summary>
internal sealed class EventLog
{
    private readonly Dictionary<string, List<TransactionEvent>> _byId = new(StringComparer.Ordinal);

    public IEnumerable<(string Id, IReadOnlyList<TransactionEvent> Events)> ById =>
        _byId.Select(static pair => (pair.Key, (IReadOnlyList<TransactionEvent>)pair.Value));

    public IReadOnlyList<TransactionEvent> Find(string id) => _byId.TryGetValue(id, out var events) ? events : [];

    /// <summary>The events of a transaction with that acquirer, repeats left out.</summary>
    public IEnumerable<TransactionEvent> Of(string transactionId, string acquirer) =>
        _byId.Values.Select(static events => events[0])
            .Where(e => e.TransactionId == transactionId && e.Acquirer == acquirer);

    public void Add(string id, TransactionEvent e)
    {
        if (!_byId.TryGetValue(id, out var events)) _byId[id] = events = [];
        events.Add(e);
    }
}

/// <summary>One instance's producer: it keeps trying while the broker is away, and now and then gives up.</summary>
internal sealed class EventSink(EventLog log, Life life, Scheduler scheduler, Trace trace, Weather weather) : IEventSink
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    public void Produce(PendingEvent pending, Action<Delivery> onDelivery)
    {
        if (life.Reach("produce")) Send(pending, onDelivery);
    }

    public bool Flush(TimeSpan atMost) => true;

    public void Dispose()
    {
    }

    private void Send(PendingEvent pending, Action<Delivery> onDelivery) =>
        scheduler.After(scheduler.Between(0.5, 5), () =>
    {
        if (life.IsDead) return;
        if (weather.IsBrokerAway)
        {
            if (scheduler.Draw(50)) life.Do(() => onDelivery(new Delivery("gave_up")));
            else scheduler.After(Retry, () => Send(pending, onDelivery));
            return;
        }

        log.Add(pending.EventId, TransactionEvent.Parser.ParseFrom(pending.Payload.Span));
        trace.Say(life.Name, "event", pending.EventId[..4] + pending.EventId[32..]);
        if (life.Reach("produced")) life.Do(() => onDelivery(new Delivery(null)));
    });
}
