using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Load.Doors;
using Switch.Load.Runs;

namespace Switch.Load.Tests.Runs;

/// <summary>The open loop on a clock of the test: what is due when, and what a stall costs whom.</summary>
public sealed class OpenLoopTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly Reply Approved = Reply.Of(new AuthorizeResponse { Outcome = Outcome.Approved });
    private static readonly Reply Refused = new(StatusCode.Unavailable, "DRAINING", null);
    private readonly ManualTime _clock = new();

    [Fact]
    public async Task Requests_QuickSwitch_StartWhenTheyAreDue()
    {
        var at = new List<TimeSpan>();
        var recorder = await RunAsync(100, TimeSpan.FromSeconds(1), () =>
        {
            at.Add(_clock.Now);
            _clock.Wait(Millisecond);
            return ValueTask.FromResult(Approved);
        });
        Assert.Equal(Enumerable.Range(0, 100).Select(static n => Millisecond * n * 10), at);
        Assert.Equal((100, 0, 0), (recorder.Counts[0].Due, recorder.Counts[0].Late, recorder.Counts[0].Dropped));
        Assert.Equal(1, Latency(recorder, 100).P50, 0.01);
    }

    /// <summary>
    /// The classic: 100 a second, answers after 1 ms, and one stall of a second. A tool that waits for the stall sends
    /// fewer requests and calls 99 % of them quick; who measures from the intended start sees that half of those who
    /// came waited.
    /// </summary>
    [Fact]
    public async Task Latency_StallOfASecond_IsPaidForByEverybodyWhoCameMeanwhile()
    {
        var sent = 0;
        var recorder = await RunAsync(100, TimeSpan.FromSeconds(2), () =>
        {
            _clock.Wait(++sent == 50 ? TimeSpan.FromSeconds(1) : Millisecond);
            return ValueTask.FromResult(Approved);
        });
        var (intended, service) = (Latency(recorder, 200), LatencyResult.Of(recorder.Steps[0].FromSent));
        Assert.Equal(200, sent);
        Assert.Equal(1000, intended.Max, 10.0);
        // 111 requests came before the backlog was gone: 100 during the stall, the rest while it was worked off.
        Assert.InRange(intended.P50, 50, 110);
        Assert.InRange(intended.P90, 780, 860);
        Assert.Equal(1, service.P50, 0.01);
        Assert.Equal(1, service.P99, 0.01);
        Assert.InRange(recorder.Counts[0].Late, 105, 112);
    }

    [Fact]
    public async Task Requests_SwitchThatNeverAnswers_AreDroppedPastTheBoundAndCounted()
    {
        var never = new TaskCompletionSource<Reply>();
        var recorder = await RunAsync(
            100, TimeSpan.FromSeconds(1), () => new ValueTask<Reply>(never.Task), unansweredMax: 30);
        Assert.Equal((100, 70), (recorder.Counts[0].Due, recorder.Counts[0].Dropped));
        var result = new RunResult(Schedule.Of([100], TimeSpan.FromSeconds(1), default), recorder, 30, 0, _clock.Now);
        Assert.Equal(30, result.Steps[0].Unanswered);
        Assert.Equal(1, result.Steps[0].ErrorShare);
    }

    [Fact]
    public async Task Refusals_HoweverQuick_HaveNoLatency()
    {
        var sent = 0;
        var recorder = await RunAsync(100, TimeSpan.FromSeconds(1), () =>
        {
            _clock.Wait(Millisecond);
            return ValueTask.FromResult(++sent % 2 == 0 ? Approved : Refused);
        });
        Assert.Equal(50, recorder.Steps[0].FromIntended.TotalCount);
        Assert.Equal(50, recorder.Counts[0].Failed);
        Assert.Equal(50, recorder.Steps[0].Replies["Unavailable DRAINING"]);
        Assert.Equal(50, recorder.Counts[0].AnsweredMeanwhile);
    }

    [Fact]
    public async Task WarmUp_ItsRequests_AreInNoResult()
    {
        var schedule = Schedule.Of([50], TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
        var recorder = new Recorder(schedule);
        await new OpenLoop(() => ValueTask.FromResult(Approved), recorder, _clock, 10)
            .StartAsync(schedule, TestContext.Current.CancellationToken);
        var result = new RunResult(schedule, recorder, 0, 0, _clock.Now);
        Assert.Equal(100, Assert.Single(result.Measured).Due);
        Assert.Equal(100, result.Latencies().TotalCount);
        Assert.Equal(50, Assert.Single(result.Measured).AchievedPerSecond);
    }

    private async Task<Recorder> RunAsync(
        double rate, TimeSpan time, Func<ValueTask<Reply>> send, int unansweredMax = 1000)
    {
        var schedule = Schedule.Of([rate], time, TimeSpan.Zero);
        var recorder = new Recorder(schedule);
        await new OpenLoop(send, recorder, _clock, unansweredMax)
            .StartAsync(schedule, TestContext.Current.CancellationToken);
        return recorder;
    }

    private static LatencyResult Latency(Recorder recorder, long expectedCount)
    {
        Assert.Equal(expectedCount, recorder.Steps[0].FromIntended.TotalCount);
        return LatencyResult.Of(recorder.Steps[0].FromIntended);
    }
}
