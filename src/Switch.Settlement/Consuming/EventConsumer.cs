using Confluent.Kafka;
using Switch.Settlement.Books;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Reads the events of a consumer group and has them written. The store says where each partition goes on; whatever is
/// in memory when something fails, or when a partition goes to another consumer, is dropped and read again. Dead
/// letters are published beside it.
/// </summary>
internal sealed class EventConsumer : BackgroundService
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly SettlementDatabase _database;
    private readonly Bookkeeper _bookkeeper;
    private readonly SettlementOptions _options;
    private readonly ConsumingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EventConsumer> _logger;
    private readonly DeadLetterPublisher _deadLetters;

    public EventConsumer(
        SettlementDatabase database, Bookkeeper bookkeeper, SettlementOptions options, ConsumingMetrics metrics,
        TimeProvider time, ILogger<EventConsumer> logger)
    {
        _database = database;
        _bookkeeper = bookkeeper;
        _options = options;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _deadLetters = new DeadLetterPublisher(database, options.Kafka, time, logger);
    }

    public override void Dispose()
    {
        base.Dispose();
        _deadLetters.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Started(() => Run(stoppingToken)), Started(() => _deadLetters.Run(stoppingToken)));

    // A thread of its own: the Kafka client's calls block.
    private static Task Started(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var session = new ConsumerSession(
                    _database, _bookkeeper, _deadLetters, _options, _metrics, _time, _logger);
                session.Run(stoppingToken);
                return;
            }
            catch (ConsumeException e) when (e.Error.Code == ErrorCode.Local_AutoOffsetReset)
            {
                ConsumingLog.EventsLost(_logger, e.ConsumerRecord.Partition.Value, _options.Kafka.Topic);
            }
            catch (ConsumeException e) when (e.Error.Code == ErrorCode.UnknownTopicOrPart)
            {
                ConsumingLog.NoTopic(_logger, _options.Kafka.Topic, RestartPause);
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
