using System.Diagnostics.Metrics;
using Switch.BrokenVariants;
using Switch.Service.Acquirers;
using Switch.Service.Advices;
using Switch.Service.Authorization;
using Switch.Service.Events;
using Switch.Service.Hosting;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Keys;
using Switch.Service.Outbox;
using Switch.Service.Recovery;
using Switch.Service.Telemetry;
using Switch.Simulation.Tests.Ports;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>One process of the service, put together as the service puts itself together, over scripted
/// ports.</summary>
// A killed process disposes of nothing; only what would outlive the run is let go, in Forget.
#pragma warning disable CA1001
internal sealed class Instance
#pragma warning restore CA1001
{
    private readonly Meter _meter = new("simulation");
    private readonly UnfinishedRequests _unfinished = new();
    private readonly ServiceState _state = new();
    private readonly InFlightGate _gate;
    private readonly RequestCoordinator _requests;
    private readonly AdviceQueue _advices;
    private readonly OutboxRelay _relay;
    private readonly RecoveryWorker _recovery;

    public Instance(Life life, Disk disk, Surroundings around, Variant variant)
    {
        Life = life;
        Disk = new DiskJournal(disk, life, around.Scheduler, around.Trace);
        var parts = FixedParts.Shared;
        var options = FleetOptions.Create();
        var redis = FleetOptions.Redis(options);
        var time = life.Clock;
        var random = new Random(around.Scheduler.Random.Next());
        var journal = variant.Journal(Disk);
        var store = variant.Store(new StorePort(around.Store, life, around.Scheduler, around.Trace, around.Weather));
        var acquirers = new AcquirerSet([.. around.Hosts.Select(host => variant.Acquirer(new AcquirerPort(
            host, parts.Codes, life, around.Scheduler, around.Trace, around.Weather)))]);
        var metrics = new IdempotencyMetrics(_meter);
        var telemetry = new AuthorizationTelemetry(_meter, time);
        var identity = new TransactionIdentity(parts.Keys);
        var events = new TransactionEvents(new CardTokenizer(parts.Keys), time);
        var answers = new Answers(parts.Codes, time);
        var outcomes = new Outcomes(events, identity, time);
        var incarnation = (ulong)around.Scheduler.Random.NextInt64() | 1;

        var records = new RecordStore(store, new InstanceId(journal.Id, incarnation), redis, metrics, time);
        _requests = new RequestCoordinator(records, redis, metrics, time, LoggerOf<RequestCoordinator>(around), random);
        var index = new OpenClaimIndex(
            store, _requests, options.Recovery, time, LoggerOf<OpenClaimIndex>(around));
        var late = new LateReversals(outcomes, journal, LoggerOf<LateReversals>(around));
        var conclusions = new Conclusions(
            records, _requests, index, _unfinished, late, journal, telemetry, time, LoggerOf<Conclusions>(around));
        var doubts = new InDoubt(_requests, answers, outcomes, conclusions, late, LoggerOf<InDoubt>(around));
        var attempts = new AttemptRunner(
            records, _requests, journal, telemetry, options, time);
        _gate = new InFlightGate(options.Limits, _meter);
        Payments = new AuthorizePipeline(
            _gate, _state, new RequestValidator(parts.Merchants, identity, parts.Calendar, time),
            new PaymentRouter(parts.Routes, acquirers), _requests, attempts, events, answers, outcomes, conclusions,
            doubts,
            journal, telemetry, options, LoggerOf<AuthorizePipeline>(around));
        Reversals = new ReversalPipeline(
            _gate, _state, parts.Merchants, identity, records, _requests, index, doubts, outcomes, journal, telemetry,
            time,
            options);
        var sender = new AdviceSender(
            journal, events, new AdviceMetrics(_meter), time, LoggerOf<AdviceSender>(around), random);
        _advices = new AdviceQueue(
            journal, acquirers, sender, new AdviceMetrics(_meter), options, time, LoggerOf<AdviceQueue>(around));
        _relay = new OutboxRelay(
            journal, () =>
                new EventSink(around.Events, life, around.Scheduler, around.Trace, around.Weather), options, time,
            _meter, LoggerOf<OutboxRelay>(around));
        var putBack = new PutBack(store, index, late, journal, redis, time, LoggerOf<PutBack>(around));
        var guard = new StoreGuard(store, journal, putBack, options, time, LoggerOf<StoreGuard>(around));
        var recoverer = new Recoverer(
            records, _requests, index, doubts, late, journal, LoggerOf<Recoverer>(around));
        var sweeper = new Sweeper(
            store, records, _requests, index, doubts, outcomes, journal, options, time, LoggerOf<Sweeper>(around));
        _recovery = new RecoveryWorker(
            store, guard, index, recoverer, sweeper, Reversals, _unfinished,
            new OwedReversals(records, _requests, index, journal, time), sender, journal, options, time,
            LoggerOf<RecoveryWorker>(around), random);
        Store = store;
    }

    public Life Life { get; }

    public DiskJournal Disk { get; }

    public IIdempotencyStore Store { get; }

    public AuthorizePipeline Payments { get; }

    public ReversalPipeline Reversals { get; }

    public bool IsReady => !Life.IsDead && _state.IsReady;

    /// <summary>What is left to do here, in words; empty: nothing.</summary>
    public string LeftToDo()
    {
        var left = new List<string>();
        Add(_requests.InFlightCount, "seats");
        Add(_requests.PendingRepairs, "repairs");
        Add(_unfinished.Count, "unfinished");
        Add(_gate.InFlight, "in flight");
        Add(Disk.Disk.Intents.Count, "intents");
        Add(Disk.UnsettledCount, "unsettled");
        Add(Disk.Disk.Outbox.Count, "events");
        Add(Disk.Disk.Advices.Count(static row => row.State == AdviceStates.Pending), "advices");
        Add(Disk.Disk.Deferred.Count, "deferred");
        return string.Join(", ", left);

        void Add(int count, string what)
        {
            if (count > 0) left.Add($"{count} {what}");
        }
    }

    /// <summary>Starts as a process starts: the workers at once, ready when it has caught up.</summary>
    public void Start() => Life.Do(() =>
    {
        _ = _advices.RunAsync(CancellationToken.None);
        _ = _relay.RunAsync(CancellationToken.None);
        _ = _recovery.RunAsync(CancellationToken.None);
        _ = BecomeReadyAsync();
    });

    public void Forget() => _meter.Dispose();

    private async Task BecomeReadyAsync()
    {
        await _recovery.CaughtUp;
        _state.TrySetReady();
    }

    private TraceLogger<T> LoggerOf<T>(Surroundings around) => new TraceLogger<T>(around.Trace, Life.Name);
}
