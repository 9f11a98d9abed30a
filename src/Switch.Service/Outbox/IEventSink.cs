using Switch.Service.Journal;

namespace Switch.Service.Outbox;

/// <summary>What became of one event that was handed over.</summary>
/// <param name="Error">Null: it is safe where it was sent. Otherwise a short name for the logs.</param>
internal readonly record struct Delivery(string? Error)
{
    public bool IsDelivered => Error is null;
}

/// <summary>Where the outbox sends events. One relay uses it, from the oldest event until something fails.</summary>
internal interface IEventSink : IDisposable
{
    /// <summary>
    /// Hands over one event. The handler runs once, on a thread of the sink, when the event's fate is known; it must be
    /// quick. An exception says that the sink takes nothing now; the handler is not called then.
    /// </summary>
    void Produce(PendingEvent pending, Action<Delivery> onDelivery);

    /// <summary>Waits until all that was handed over is acknowledged, or that long; false when some is not.</summary>
    bool Flush(TimeSpan atMost);
}
