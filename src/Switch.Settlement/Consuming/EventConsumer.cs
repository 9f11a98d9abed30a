using Confluent.Kafka;
using Switch.Settlement.Books;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Reads the events of a consumer group and has them written. The store says where each partition goes on; whatever is
/// in
/// memory when something fails, or when a partition goes to another consumer, is dropped and read again.
/// </summary>
internal sealed class EventConsumer : BackgroundService
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly StoreOpening _store;
    private readonly Bookkeeper _bookkeeper;
    private readonly SettlementOptions _options;
    private readonly ConsumingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EventConsumer> _logger;
    private readonly IHostApplicationLifetime _lifetime;

    public EventConsumer(
        StoreOpening store, Bookkeeper bookkeeper, SettlementOptions options, ConsumingMetrics metrics,
        TimeProvider time,
        ILogger<EventConsumer> logger, IHostApplicationLifetime lifetime)
    {
        _store = store;
        _bookkeeper = bookkeeper;
        _options = options;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _lifetime = lifetime;
    }

    /// <summary>Why the program has to end; null when it was told to.</summary>
    public Exception? Fault { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var database = await _store.OpenAsync(stoppingToken);
            // A thread of its own: the Kafka client's calls block.
            await Task.Factory.StartNew(
                () => Run(database, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // told to stop while the store was away
        }
        catch (StoreRefusedException e)
        {
            Fault = e;
            _lifetime.StopApplication();
        }
    }

    private void Run(SettlementDatabase database, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var session = new ConsumerSession(
                    database, _bookkeeper, _options, _metrics, _time, _logger);
                session.Run(stoppingToken);
                return;
            }
            catch (ConsumeException e) when (e.Error.Code == ErrorCode.Local_AutoOffsetReset)
            {
                ConsumingLog.EventsLost(_logger, _options.Kafka.Topic);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                ConsumingLog.Stopped(_logger, e, RestartPause);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            _metrics.ForgetLag();
            stoppingToken.WaitHandle.WaitOne(RestartPause);
        }
    }
}
