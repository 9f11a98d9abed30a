using System.Threading.Channels;
using Switch.Service.Acquirers;
using Switch.Service.Journal;

namespace Switch.Service.Advices;

/// <summary>
/// Store and forward (S6): every advice that the journal holds goes to its acquirer until it is acknowledged, or waits
/// visibly for a person. In order per original, which is one attempt of a transaction; in parallel across them, at most
/// a window at once per link. All state that matters is in the journal, so a restart goes on where it was.
/// </summary>
internal sealed class AdviceQueue : BackgroundService
{
    private const int PageMax = 500;
    private static readonly TimeSpan ReadPause = TimeSpan.FromSeconds(1);

    // For answers that are on their way when the service stops; what is cut off is repeated after the next start.
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly IJournal _journal;
    private readonly AdviceSender _sender;
    private readonly AdviceBook _book;
    private readonly TimeProvider _time;
    private readonly ILogger<AdviceQueue> _logger;
    private readonly long _started;
    private readonly List<Task> _sending = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public AdviceQueue(
        IJournal journal, AcquirerSet acquirers, AdviceSender sender, AdviceMetrics metrics, SwitchOptions options,
        TimeProvider time, ILogger<AdviceQueue> logger)
    {
        _journal = journal;
        _sender = sender;
        _time = time;
        _logger = logger;
        _started = time.GetTimestamp();
        _book = new AdviceBook(
            name => new AdviceLane(name, acquirers.Find(name), options.Acquirers.GetValueOrDefault(name)));
        metrics.Observe(_book, time);
    }

    /// <summary>What waits; for operators' calls, which wake the queue after a change.</summary>
    public AdviceBook Book => _book;

    /// <summary>The queue's own clock: it never jumps, whatever happens to the wall clock.</summary>
    public TimeSpan Now => _time.GetElapsedTime(_started);

    /// <summary>Lets the queue look again at what is due.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Works until stopped; ends without an exception.</summary>
    public async Task RunAsync(CancellationToken stoppingToken)
    {
        await using var timer = _time.CreateTimer(
            static queue => ((AdviceQueue)queue!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var watching = WatchJournalAsync(stoppingToken);
        try
        {
            while (true)
            {
                StartDue(stoppingToken);
                if (_book.NextDue() is { } next) timer.Change(Until(next), Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }

        await watching;
        await Task.WhenAll(_sending).WaitAsync(LastAnswers, _time, CancellationToken.None)
            .ConfigureAwait(Awaits.Quietly);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private TimeSpan Until(TimeSpan due)
    {
        var left = due - Now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void StartDue(CancellationToken stoppingToken)
    {
        _sending.RemoveAll(static task => task.IsCompleted);
        var due = new List<AdviceEntry>();
        _book.TakeDue(Now, due);
        foreach (var entry in due) _sending.Add(SendAsync(entry, stoppingToken));
    }

    private async Task SendAsync(AdviceEntry entry, CancellationToken stoppingToken)
    {
        try
        {
            var end = await _sender.SendAsync(entry, stoppingToken);
            GiveBack(entry, end);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // A bug, or the disk under the journal's reader: neither may stop the other advices.
            Log.AdviceFailed(_logger, entry.Id, e);
            _book.Postpone(entry, Now + entry.Lane.Options.RetryMax);
        }

        Wake();
    }

    private void GiveBack(AdviceEntry entry, in AdviceEnd end)
    {
        switch (end.Kind)
        {
            case AdviceEndKind.Gone:
                _book.Remove(entry, Now);
                break;
            case AdviceEndKind.Parked:
                _book.Park(entry, Now);
                break;
            default:
                if (end.PausesLink) _book.Pause(entry.Lane, Now + AdvicePauses.LinkDown);
                _book.Postpone(entry, Now + end.Pause);
                break;
        }
    }

    private async Task WatchJournalAsync(CancellationToken stoppingToken)
    {
        long cursor = 0;
        var isFirst = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                cursor = await ReadNewAsync(cursor, stoppingToken);
                if (isFirst) Log.AdvicesFound(_logger, _book.Count.Pending, _book.Count.Parked);
                isFirst = false;
                await _journal.WaitForAdvicesAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.AdvicesNotRead(_logger, e);
                await Task.Delay(ReadPause, _time, stoppingToken)
                    .ConfigureAwait(Awaits.Quietly);
            }
        }
    }

    private async ValueTask<long> ReadNewAsync(long cursor, CancellationToken stoppingToken)
    {
        while (true)
        {
            var rows = await _journal.ReadAdvicesAsync(cursor, PageMax, stoppingToken);
            if (rows.Count == 0) return cursor;
            var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var row in rows)
            {
                // No longer than the longest pause, however the wall clock was set meanwhile.
                var waitMs = Math.Clamp(row.NextAttemptAtMs - nowMs, 0, (long)LongestPauseOf(row).TotalMilliseconds);
                if (_book.Add(row, Now + TimeSpan.FromMilliseconds(waitMs)) is { } earlier)
                    await DropReplacedAsync(earlier, stoppingToken);
                cursor = row.Sequence;
            }

            Wake();
        }
    }

    // What takes an advice's place is written in the step that deletes it, so here it is either still owed or gone.
    private async ValueTask DropReplacedAsync(AdviceEntry earlier, CancellationToken stoppingToken)
    {
        var row = await _journal.FindAdviceAsync(earlier.Id, stoppingToken);
        if (row is null || row.Sequence != earlier.Sequence) _book.DropReplaced(earlier, Now);
    }

    private TimeSpan LongestPauseOf(AdviceRow row) => _book.OptionsOf(row.Acquirer).RetryMax;
}
