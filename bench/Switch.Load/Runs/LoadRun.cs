using Switch.Load.Doors;

namespace Switch.Load.Runs;

/// <summary>One run from its first request to its last reply.</summary>
internal sealed class LoadRun
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);
    private readonly Func<ValueTask<Reply>> _send;
    private readonly Schedule _schedule;
    private readonly LoadOptions _options;
    private readonly RunTime _clock = new();
    private readonly Recorder _recorder;

    public LoadRun(Func<ValueTask<Reply>> send, Schedule schedule, LoadOptions options)
    {
        _send = send;
        _schedule = schedule;
        _options = options;
        _recorder = new Recorder(schedule);
    }

    /// <summary>Runs it.</summary>
    /// <param name="callers">Of the closed loop; 0: by schedule.</param>
    /// <param name="progress">Where a line a second goes; null: nowhere.</param>
    /// <param name="stop">Ends it early; what came until then is the result.</param>
    public async Task<RunResult> RunAsync(int callers, ProgressLine? progress, CancellationToken stop)
    {
        var loop = new OpenLoop(_send, _recorder, _clock, _options.UnansweredMax);
        using var ended = new CancellationTokenSource();
        var telling = progress?.TellAsync(_recorder, _schedule, _clock, ended.Token) ?? Task.CompletedTask;
        if (callers > 0)
        {
            await new ClosedCallers(_send, _recorder, _clock).RunAsync(callers, _schedule, stop);
        }
        else
        {
            await loop.StartAsync(_schedule, stop);
            var until = _clock.Now + _options.Patience;
            while (loop.Unanswered > 0 && _clock.Now < until && !stop.IsCancellationRequested)
                await Task.Delay(Tick, TimeProvider.System, CancellationToken.None);
        }

        await ended.CancelAsync();
        await telling;
        return new RunResult(_schedule, _recorder, loop.Unanswered, callers, _clock.Now);
    }
}
