using Switch.Load.Doors;

namespace Switch.Load.Runs;

/// <summary>Starts requests by schedule, whatever becomes of those before.</summary>
internal sealed class OpenLoop
{
    /// <summary>A start that is later than this is the generator's fault.</summary>
    public static readonly TimeSpan LateAfter = TimeSpan.FromMilliseconds(5);

    private readonly Func<ValueTask<Reply>> _send;
    private readonly Recorder _recorder;
    private readonly RunTime _clock;
    private readonly int _unansweredMax;
    private int _unanswered;

    /// <summary>Makes one.</summary>
    /// <param name="send">Sends the next request.</param>
    /// <param name="recorder">Takes what comes of it.</param>
    /// <param name="clock">The run's.</param>
    /// <param name="unansweredMax">With so many without a reply a request that is due is dropped, and counted.</param>
    public OpenLoop(Func<ValueTask<Reply>> send, Recorder recorder, RunTime clock, int unansweredMax)
    {
        _send = send;
        _recorder = recorder;
        _clock = clock;
        _unansweredMax = unansweredMax;
    }

    /// <summary>Requests without a reply now.</summary>
    public int Unanswered => Volatile.Read(ref _unanswered);

    /// <summary>
    /// Makes every start of the schedule on a thread of its own: continuations of replies must not hold it up. Replies
    /// may be outstanding when it is done.
    /// </summary>
    public Task StartAsync(Schedule schedule, CancellationToken stop) => Task.Factory.StartNew(
        () => Run(schedule, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Run(Schedule schedule, CancellationToken stop)
    {
        foreach (var start in schedule.Starts())
        {
            while (_clock.Now < start.At && !stop.IsCancellationRequested) _clock.Wait(start.At - _clock.Now);
            if (stop.IsCancellationRequested) return;
            var isDropped = Volatile.Read(ref _unanswered) >= _unansweredMax;
            _recorder.Due(start.Step, start.At, _clock.Now - start.At > LateAfter, isDropped);
            if (!isDropped) _ = SendAsync(start);
        }
    }

    private async Task SendAsync(Start start)
    {
        Interlocked.Increment(ref _unanswered);
        var sent = _clock.Now;
        var reply = await _send();
        _recorder.Ended(start.Step, new Times(start.At, sent, _clock.Now), reply);
        Interlocked.Decrement(ref _unanswered);
    }
}
