using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Switch.Service.Journal;

namespace Switch.Service.Outbox;

/// <summary>
/// Carries events from the journal to Kafka, in the journal's order, off the reply path. An event leaves the journal
/// only after the broker acknowledged it, so it is delivered at least once; its id makes it once (G3). When a delivery
/// fails the relay starts again from the oldest event that is still in the journal.
/// </summary>
internal sealed class OutboxRelay : BackgroundService
{
    private const int BatchMax = 1000;
    private static readonly TimeSpan LastFlush = TimeSpan.FromSeconds(2);

    private readonly IJournal _journal;
    private readonly Func<IEventSink> _openSink;
    private readonly SwitchOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OutboxRelay> _logger;
    // The attributes that OpenTelemetry requires of a messaging client; all from closed sets.
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Counter<long> _sent;
    private readonly Histogram<double> _duration;

    public OutboxRelay(
        IJournal journal, Func<IEventSink> openSink, SwitchOptions options, TimeProvider time, Meter meter,
        ILogger<OutboxRelay> logger)
    {
        _journal = journal;
        _openSink = openSink;
        _options = options;
        _time = time;
        _logger = logger;
        _tags =
        [
            new("messaging.system", "kafka"),
            new("messaging.operation.name", "send"),
            new("messaging.destination.name", options.Kafka.Topic),
        ];
        _sent = meter.CreateCounter<long>("messaging.client.sent.messages", "{message}",
            "Events acknowledged by Kafka");
        _duration = meter.CreateHistogram<double>(
            "messaging.client.operation.duration", "s",
            "From handing an event to the Kafka client to its acknowledgement");
    }

    /// <summary>Works until stopped; ends without an exception.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // building the client must not hold up the start
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RelayUntilFailureAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Kafka's client, or the disk under the journal's reader: neither may take the instance down.
                Log.OutboxStopped(_logger, e);
            }

            await Task.Delay(_options.Kafka.RestartDelay, _time, stoppingToken)
                .ConfigureAwait(Awaits.Quietly);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    // One life of a sink: from the oldest event in the journal until something fails or the service stops.
    private async Task RelayUntilFailureAsync(CancellationToken stoppingToken)
    {
        using var sink = _openSink();
        using var places = new SemaphoreSlim(_options.Kafka.InFlightMax);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        // Bounded by the places: an event keeps its place until it has left the journal.
        var delivered = Channel.CreateUnbounded<PendingEvent>(new UnboundedChannelOptions { SingleReader = true });
        var removing = RemoveDeliveredAsync(delivered.Reader, places, stoppingToken);
        try
        {
            await ProduceAsync(sink, places, delivered.Writer, failed);
        }
        catch (OperationCanceledException) when (failed.IsCancellationRequested)
        {
        }
        finally
        {
            // The drain has waited for the outbox already; this is for what was handed over in the last moment.
            var flushed = sink.Flush(stoppingToken.IsCancellationRequested ? LastFlush : TimeSpan.Zero);
            if (!flushed) Log.OutboxNotFlushed(_logger, _journal.OutboxDepth);
            delivered.Writer.TryComplete();
            await removing;
        }
    }

    private async Task ProduceAsync(
        IEventSink sink, SemaphoreSlim places, ChannelWriter<PendingEvent> delivered, CancellationTokenSource failed)
    {
        var pace = new BacklogPace(_time);
        long cursor = 0;
        while (true)
        {
            var supersessions = _journal.Supersessions;
            var batch = await _journal.ReadOutboxAsync(cursor, BatchMax, failed.Token);
            if (batch.Count == 0) await _journal.WaitForOutboxAsync(failed.Token);
            foreach (var pending in batch)
            {
                // What is not known to stand is not told, and nothing after it, so that the order stays. When it did
                // not stand, the count of what did not tells that the batch is void.
                if (_journal.IsUnsettled(pending.PartitionKey))
                {
                    await _journal.WaitForSettledAsync(pending.PartitionKey, supersessions, failed.Token);
                    // Requests settle one by one: to be woken for each takes the processor from those who wait for
                    // answers.
                    await Task.Delay(_options.Kafka.Linger, _time, failed.Token);
                }

                while (pace.HoldFor(_journal.NewestEvent, pending.Sequence) is { } hold)
                    await Task.Delay(hold, _time, failed.Token);
                await places.WaitAsync(failed.Token);
                if (_journal.Supersessions != supersessions)
                {
                    places.Release();
                    break;
                }

                var handedOver = _time.GetTimestamp();
                sink.Produce(
                    pending, delivery => OnDelivery(delivery, pending, handedOver, delivered, failed));
                cursor = pending.Sequence;
            }
        }
    }

    // On the sink's own thread: only counts and passes on.
    private void OnDelivery(
        Delivery delivery, PendingEvent pending, long handedOver, ChannelWriter<PendingEvent> delivered,
        CancellationTokenSource failed)
    {
        if (!delivery.IsDelivered)
        {
            Log.EventNotDelivered(_logger, pending.Sequence, delivery.Error!);
            CancelQuietly(failed);
            return;
        }

        _sent.Add(1, _tags);
        _duration.Record(_time.GetElapsedTime(handedOver).TotalSeconds, _tags);
        delivered.TryWrite(pending);
    }

    // A report may come while the sink is being disposed, after the source has been.
    private static void CancelQuietly(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private async Task RemoveDeliveredAsync(
        ChannelReader<PendingEvent> delivered, SemaphoreSlim places, CancellationToken stoppingToken)
    {
        var told = new List<PendingEvent>(BatchMax);
        while (await delivered.WaitToReadAsync(CancellationToken.None))
        {
            while (told.Count < BatchMax && delivered.TryRead(out var e)) told.Add(e);
            // Left in the journal they would count against its bound for ever. What a stop leaves is sent again at the
            // next start, under the same event ids.
            while (await _journal.RemovePublishedAsync(told) is var fault and not JournalFault.None)
            {
                Log.PublishedNotRemoved(_logger, told.Count, fault);
                if (stoppingToken.IsCancellationRequested) return;
                await Task.Delay(_options.Kafka.RestartDelay, _time, stoppingToken)
                    .ConfigureAwait(Awaits.Quietly);
            }

            places.Release(told.Count);
            told.Clear();
        }
    }
}
