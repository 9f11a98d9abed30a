using System.Diagnostics.Metrics;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;
using Switch.Testing;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>Webhooks over a real store, with a clock that the test moves.</summary>
internal sealed class WebhookRig : IDisposable
{
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("switch-webhook-keys-");
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly LogCapture _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly DeliverySender _sender;
    private readonly Dictionary<int, long> _offsets = [];
    private long _rows;

    private WebhookRig(string kind, Action<WebhookOptions>? configure)
    {
        Store = TestStore.Create(kind);
        // The library that verifies looks at the real clock.
        Time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        Options = new WebhookOptions { AllowHttp = true, AllowedNetworks = ["127.0.0.0/8"], KeysPath = KeysPath };
        configure?.Invoke(Options);
        _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));
        Vault = SecretVault.Open(KeysPath);
        Endpoints = new WebhookEndpoints(Store.Database, Vault, Options, Time);
        FanOut = new FanOut(Store.Database, Options, Time);
        Queue = new DeliveryQueue(Store.Database, Options, Time);
        Replay = new WebhookReplay(Store.Database, Options, Time);
        Dead = new DeadLetters(Store.Database, Time);
        Telemetry = new WebhookTelemetry(_services.GetRequiredService<IMeterFactory>());
        _sender = new DeliverySender(TargetConnector.CreateHandler(Options.Targets(), null), Options, Time);
        Worker = NewWorker();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public TestStore Store { get; }

    public FakeTimeProvider Time { get; }

    public WebhookOptions Options { get; }

    public SecretVault Vault { get; }

    public WebhookEndpoints Endpoints { get; }

    public FanOut FanOut { get; }

    public DeliveryQueue Queue { get; }

    public WebhookReplay Replay { get; }

    public DeadLetters Dead { get; }

    public WebhookTelemetry Telemetry { get; }

    public DeliverySender Sender => _sender;

    public DeliveryWorker Worker { get; }

    public string Log => _log.Text;

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public string KeysPath => Path.Combine(_keys.FullName, "keys");

    public static WebhookRig Create(string kind, Action<WebhookOptions>? configure = null) => new(kind, configure);

    public DeliveryWorker NewWorker() => new(
        Store.Database, Queue, Endpoints, _sender, Telemetry, Options, Time, _loggers.CreateLogger<DeliveryWorker>());

    /// <summary>Adds an endpoint of merchant M-1 for all events.</summary>
    public async Task<IssuedSecret> AddAsync(string url, params string[] types)
    {
        var added = await Endpoints.AddAsync("M-1", url, types, Cancel);
        Assert.Null(added.Fault);
        return added.Value!;
    }

    /// <summary>Writes an event as the consumer does: with its offset, in the order of its partition.</summary>
    public void Book(TransactionEvent e, int partition = 0)
    {
        var offset = _offsets.GetValueOrDefault(partition);
        _offsets[partition] = offset + 1;
        var row = ++_rows;
        Store.Execute(
            "INSERT INTO payment VALUES (@row, @TransactionId, @RootTransactionId, @MerchantId, @TerminalId, '', '', "
            + "1, 0, 1, "
            + "1, 'EUR', 1290, 1290, @outcome, 0, '', '', '', '', '', '', '', '', '', '2026-03-01', @accepted, 0, 0, "
            + "0) "
            + "ON CONFLICT (transaction_id) DO UPDATE SET outcome = "
            + "CASE WHEN @outcome = 0 THEN payment.outcome ELSE @outcome END",
            new
            {
                row,
                e.TransactionId,
                e.RootTransactionId,
                e.MerchantId,
                e.TerminalId,
                outcome = (int)e.Outcome,
                accepted = e.AcceptedAt.ToDateTimeOffset().ToUnixTimeMilliseconds(),
            });
        Store.Execute(
            "INSERT INTO event (id, event_id, payment_id, type, occurred_ms, partition_no, partition_offset, payload) "
            + "SELECT @row, @EventId, p.id, @type, @occurred, @partition, @offset, @payload FROM payment p "
            + "WHERE p.transaction_id = @TransactionId",
            new
            {
                row,
                e.EventId,
                type = (int)e.Type,
                occurred = e.OccurredAt.ToDateTimeOffset().ToUnixTimeMilliseconds(),
                partition,
                offset,
                payload = e.ToByteArray(),
                e.TransactionId,
            });
        Store.Execute(
            "INSERT INTO consumed (topic, partition_no, next_offset) VALUES ('t', @partition, @next) "
            + "ON CONFLICT (topic, partition_no) DO UPDATE SET next_offset = "
            + "@next", new { partition, next = offset + 1 });
    }

    /// <summary>A payment that is authorized now.</summary>
    public TransactionEvent Pay(int number = 1, int partition = 0)
    {
        var e = WebhookSamples.Authorized($"{number:x32}", Time.GetUtcNow());
        Book(e, partition);
        return e;
    }

    public async Task FanOutAllAsync()
    {
        while (await FanOut.RunOnceAsync(Cancel) > 0)
        {
        }
    }

    /// <summary>Fans out and sends everything that is due.</summary>
    public async Task DeliverAsync()
    {
        await FanOutAllAsync();
        while (await Worker.DispatchAsync(Cancel) > 0) await Worker.IdleAsync();
    }

    public long Count(DeliveryState state) =>
        Store.Number("SELECT COUNT(*) FROM webhook_delivery WHERE state = @state", new { state = (int)state });

    public void Dispose()
    {
        _sender.Dispose();
        _loggers.Dispose();
        _services.Dispose();
        Store.Dispose();
        _keys.Delete(recursive: true);
    }
}
