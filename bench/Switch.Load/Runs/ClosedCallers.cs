using Switch.Load.Doors;

namespace Switch.Load.Runs;

/// <summary>
/// So many callers, each asking again when it has its answer. A slow switch is asked less: its latencies are service
/// times, which no correction makes those of callers who come by themselves.
/// </summary>
internal sealed class ClosedCallers
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(10);
    private readonly Func<ValueTask<Reply>> _send;
    private readonly Recorder _recorder;
    private readonly RunTime _clock;

    public ClosedCallers(Func<ValueTask<Reply>> send, Recorder recorder, RunTime clock)
    {
        _send = send;
        _recorder = recorder;
        _clock = clock;
    }

    /// <summary>Asks until the schedule ends; done when every caller has its last answer.</summary>
    public Task RunAsync(int callers, Schedule schedule, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => AskAsync(schedule, stop), stop)));

    private async Task AskAsync(Schedule schedule, CancellationToken stop)
    {
        for (var at = _clock.Now; at < schedule.End && !stop.IsCancellationRequested; at = _clock.Now)
        {
            var step = schedule.StepAt(at);
            _recorder.Due(step, at, false, false);
            var reply = await _send();
            _recorder.Ended(step, new Times(at, at, _clock.Now), reply);
            // A server that refuses at once must not turn this into a loop without an end.
            if (!reply.IsOk) await Task.Delay(PauseAfterFault, TimeProvider.System, CancellationToken.None);
        }
    }
}
