using Switch.Service.Advices;
using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Recovery;

/// <summary>
/// First ends what the journal holds from before the start; the instance is ready only after that. Then, as long as it
/// runs: what this process could not end, reversals that were accepted while the store was away, and what others left.
/// </summary>
internal sealed class RecoveryWorker : BackgroundService
{
    private const int DeferredMax = 200;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly IIdempotencyStore _store;
    private readonly StoreGuard _guard;
    private readonly OpenClaimIndex _index;
    private readonly Recoverer _recoverer;
    private readonly Sweeper _sweeper;
    private readonly ReversalPipeline _reversals;
    private readonly UnfinishedRequests _unfinished;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly Random _random;
    private readonly ILogger<RecoveryWorker> _logger;
    private long _deferredAfter;
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RecoveryWorker(
        IIdempotencyStore store, StoreGuard guard, OpenClaimIndex index, Recoverer recoverer, Sweeper sweeper,
        ReversalPipeline reversals, UnfinishedRequests unfinished, OwedReversals owed,
        AdviceSender advices, IJournal journal, SwitchOptions options, TimeProvider time,
        ILogger<RecoveryWorker> logger, Random? random = null)
    {
        _random = random ?? Random.Shared;
        advices.Settled = owed.SettledAsync;
        _store = store;
        _guard = guard;
        _index = index;
        _recoverer = recoverer;
        _sweeper = sweeper;
        _reversals = reversals;
        _unfinished = unfinished;
        _journal = journal;
        _time = time;
        _interval = options.Recovery.SweepInterval;
        _logger = logger;
    }

    /// <summary>Ends when nothing from before the start is open any more.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>Works until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var guarding = _guard.RunAsync(stopping);
        var indexing = _index.RunAsync(stopping);
        await CatchUpAsync(stopping);
        while (!stopping.IsCancellationRequested)
        {
            // While the store is away, look often: what was accepted meanwhile is on this disk alone.
            var pause = RetryPause;
            if (_store.IsTrusted)
            {
                await RoundAsync(stopping);
                pause = _interval - TimeSpan.FromTicks(_random.NextInt64(_interval.Ticks / 4));
            }

            await Task.Delay(pause, _time, stopping).ConfigureAwait(Awaits.Quietly);
        }

        await guarding;
        await indexing;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private async ValueTask CatchUpAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (_store.IsTrusted && await TryCatchUpAsync(stopping))
            {
                _caughtUp.TrySetResult();
                return;
            }

            await Task.Delay(RetryPause, _time, stopping).ConfigureAwait(Awaits.Quietly);
        }
    }

    private async ValueTask<bool> TryCatchUpAsync(CancellationToken stopping)
    {
        try
        {
            var isDone = await TrySettleAllAsync();
            foreach (var intent in _journal.ReadOpenIntents())
                isDone &= await TryAsync(nameof(CatchUpAsync), () => _recoverer.TryEndIntentAsync(intent));
            await LookIntoDeferredAsync(stopping);
            return isDone;
        }
        catch (Exception e)
        {
            Log.RecoveryFailed(_logger, nameof(TryCatchUpAsync), e);
            return false;
        }
    }

    private async ValueTask RoundAsync(CancellationToken stopping)
    {
        await TryAsync(nameof(LookIntoDeferredAsync), () => LookIntoDeferredAsync(stopping));
        await TryAsync(nameof(EndUnfinishedAsync), EndUnfinishedAsync);
        await TryAsync(nameof(TrySettleAllAsync), TrySettleAllAsync);
        await TryAsync(nameof(Sweeper), _sweeper.SweepAsync);
    }

    private ValueTask<bool> TryAsync(string what, Func<ValueTask> work) => TryAsync(
        what,
        async () =>
        {
            await work();
            return true;
        });

    // One that can't be read must not keep those behind it waiting. It may be a bug, or the disk under the journal's
    // reader: the next round may fare better.
    private async ValueTask<bool> TryAsync(string what, Func<ValueTask<bool>> end)
    {
        try
        {
            return await end();
        }
        catch (Exception e)
        {
            Log.RecoveryFailed(_logger, what, e);
            return false;
        }
    }

    // One whose request is still in flight waits for a later round: many of them must not keep the sweep waiting, and
    // the next round begins behind them.
    private async ValueTask LookIntoDeferredAsync(CancellationToken stopping)
    {
        var page = _journal.ReadDeferredReversals(_deferredAfter, DeferredMax);
        _deferredAfter = page.Count == DeferredMax ? page[^1].Sequence : 0;
        foreach (var deferred in page)
            await TryAsync(
                nameof(LookIntoDeferredAsync),
                () => _reversals.TryDeferredAsync(deferred, patience: TimeSpan.Zero, stopping));
    }

    private async ValueTask EndUnfinishedAsync()
    {
        if (_journal.Health != JournalFault.None) return;
        for (var left = _unfinished.Count; left > 0 && _unfinished.TryTake(out var request); left--)
        {
            var isEnded = false;
            try
            {
                isEnded = await _recoverer.TryEndAsync(request);
            }
            finally
            {
                if (!isEnded) _unfinished.Add(request);
            }
        }
    }

    // Those that somebody in this process is at work on are left to it.
    private async ValueTask<bool> TrySettleAllAsync()
    {
        var isDone = true;
        foreach (var transactionId in _journal.UnsettledTransactions())
            isDone &= await TryAsync(nameof(TrySettleAllAsync), () => _recoverer.TrySettleAsync(transactionId));
        return isDone;
    }
}
