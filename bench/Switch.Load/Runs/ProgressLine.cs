using static System.FormattableString;

namespace Switch.Load.Runs;

/// <summary>A line a second while a run lasts; on a terminal always the same one.</summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);
    private readonly TextWriter _output;
    private readonly bool _isOverwritten;

    public ProgressLine(TextWriter output, bool isOverwritten)
    {
        _output = output;
        _isOverwritten = isOverwritten;
    }

    public async Task TellAsync(Recorder recorder, Schedule schedule, RunTime clock, CancellationToken ended)
    {
        foreach (var interval in recorder.Intervals)
        {
            var at = interval.From + recorder.IntervalLength + Margin;
            var pause = at - clock.Now;
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, TimeProvider.System, ended)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (ended.IsCancellationRequested && clock.Now < at) break;
            await TellAsync(interval, recorder.IntervalLength, schedule.Steps[schedule.StepAt(interval.From)]);
        }

        if (_isOverwritten) await _output.WriteLineAsync();
    }

    private async Task TellAsync(Interval interval, TimeSpan length, Step step)
    {
        var latencies = interval.Figures.FromIntended;
        var seconds = length.TotalSeconds;
        var asked = step.PerSecond > 0 ? Invariant($" of {interval.Due / seconds,7:0}") : "";
        var line = Invariant($"{(interval.From + length).TotalSeconds,6:0} s  {(step.IsWarmUp ? "warm-up " : "")}")
            + Invariant($"{interval.Answered / seconds,7:0}{asked} a second  ")
            + Invariant($"p50 {LatencyResult.Ms(latencies, 50),8:0.00} ms  ")
            + Invariant($"p99 {LatencyResult.Ms(latencies, 99),8:0.00} ms  errors {interval.Failed}");
        if (_isOverwritten) await _output.WriteAsync($"\r{line}   ");
        else await _output.WriteLineAsync(line);
    }
}
