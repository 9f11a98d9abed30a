using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Service.Acquirers;
using Switch.Service.Advices;
using Switch.Service.Authorization;
using Switch.Service.Events;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;
using Switch.Service.Tests.Journal;
using Switch.Service.Tests.Keys;
using Switch.Testing;

namespace Switch.Service.Tests.Advices;

/// <summary>An acquirer that answers reversals as the test says, and remembers what it was sent.</summary>
internal sealed class ScriptedAcquirer : IAcquirer
{
    private readonly Lock _gate = new();
    private readonly List<(string TransactionId, bool IsRepeat)> _sent = [];

    public string Name => "alpha";

    public TimeSpan ReplyTimeout => TimeSpan.FromSeconds(8);

    public CandidateStatus Status { get; set; } = CandidateStatus.Available;

    /// <summary>Gives the result of the n-th transmission, counted from 1.</summary>
    public Func<int, ReversalRecord, ValueTask<ReversalResult>> Answer { get; set; } =
        static (_, _) => ValueTask.FromResult(ReversalResult.Replied("00"));

    public List<(string TransactionId, bool IsRepeat)> Sent
    {
        get { lock (_gate) return [.. _sent]; }
    }

    public ValueTask<ReversalResult> ReverseAsync(ReversalRecord reversal, bool isRepeat)
    {
        int number;
        lock (_gate)
        {
            _sent.Add((reversal.Original.Draft.TransactionId, isRepeat));
            number = _sent.Count;
        }

        return Answer(number, reversal);
    }

    public AttemptRecord Prepare(PaymentRequest request, TransactionEvent draft, int number) =>
        throw new NotSupportedException();

    public ValueTask<AttemptResult> SendAsync(PaymentRequest request, AttemptRecord attempt, TimeSpan sendBy) =>
        throw new NotSupportedException();
}

/// <summary>The real queue on a real journal, with a scripted acquirer and a clock that the test moves.</summary>
internal sealed class AdviceRig : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private readonly Meter _meter = new("advice test");
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public AdviceRig(Action<JournalOptions>? change = null, AdviceOptions? options = null)
    {
        Journal = new JournalHarness(change);
        Options = new SwitchOptions { Acquirers = { ["alpha"] = new AcquirerOptions { Advices = options ?? new() } } };
    }

    public JournalHarness Journal { get; }

    public ScriptedAcquirer Acquirer { get; } = new();

    public SwitchOptions Options { get; }

    public AdviceQueue Queue { get; private set; } = null!;

    /// <summary>Advices that the queue said were settled.</summary>
    public ConcurrentQueue<string> Settled { get; } = [];

    /// <summary>What the queue writes to; refuses what a test tells it to.</summary>
    public RefusingJournal Refusing { get; private set; } = null!;

    public void Start(Func<JournalStep, JournalFault>? refuse = null)
    {
        Refusing = new RefusingJournal(Journal.Journal);
        if (refuse is not null) Refusing.Refuse = refuse;
        var events = new TransactionEvents(new CardTokenizer(KeyFiles.Ring()), Journal.Time);
        var metrics = new AdviceMetrics(_meter);
        var sender = new AdviceSender(
            Refusing, events, metrics, Journal.Time, NullLogger<AdviceSender>.Instance, new Random(1))
        {
            Settled = row =>
            {
                Settled.Enqueue(row.AdviceId);
                throw new InvalidOperationException("whoever is told may fail");
            },
        };
        Queue = new AdviceQueue(
            Refusing, new AcquirerSet([Acquirer]), sender, metrics, Options, Journal.Time,
            NullLogger<AdviceQueue>.Instance);
        _running = Queue.RunAsync(_stop.Token);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        // What waits for an answer is given two seconds of a clock that only the test moves.
        while (!_running.IsCompleted)
        {
            Journal.Time.Advance(Step);
            await Task.Yield();
        }

        await _running;
        _stop.Dispose();
        _stop = new CancellationTokenSource();
        Queue.Dispose();
    }

    public async Task OweAsync(int number, string acquirer = "alpha") =>
        Assert.Equal(
            JournalFault.None,
            await Journal.Journal.WriteAsync(new JournalStep { Advice = Advice(number, acquirer) }));

    public static AdviceRow Advice(int number, string acquirer = "alpha") => Steps.Advice(number) with
    {
        Acquirer = acquirer,
        NextAttemptAtMs = 0,
        Detail = new ReversalRecord
        {
            Original = new AttemptRecord
            {
                Acquirer = acquirer,
                Draft = new TransactionEvent { TransactionId = Steps.Id(number), RootTransactionId = Steps.Id(number) },
            },
        }.ToByteArray(),
    };

    public AdviceRow? Row(int number) =>
        Journal.Journal.ReadAdvices().SingleOrDefault(row => row.TransactionId == Steps.Id(number));

    /// <summary>Waits for the condition while the clock goes on.</summary>
    /// <summary>Waits, and moves the clock on by a step, half a second unless told, with each look.</summary>
    public Task UntilAsync(Func<bool> condition, string what, TimeSpan? step = null) => Eventually.TrueAsync(
        () =>
        {
            if (condition()) return true;
            Journal.Time.Advance(step ?? Step);
            return condition();
        },
        what, cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Journal.DisposeAsync();
        _stop.Dispose();
        _meter.Dispose();
    }
}
