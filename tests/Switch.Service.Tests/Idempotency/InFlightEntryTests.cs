using Microsoft.Extensions.Time.Testing;
using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

public sealed class InFlightEntryTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Wait_RacingTheEnd_NeverMissesIt()
    {
        for (var round = 0; round < 5_000; round++)
        {
            var entry = new InFlightEntry(1);
            using var start = new Barrier(3);
            var first = Task.Run(() => JoinAsync(entry, start), TestContext.Current.CancellationToken);
            var second = Task.Run(() => JoinAsync(entry, start), TestContext.Current.CancellationToken);
            start.SignalAndWait(TestContext.Current.CancellationToken);
            entry.Finish(JoinKind.Answer, new byte[] { 1 });

            // Who misses the end would wait out its patience and find it then; the time of the test tells.
            Assert.Equal(JoinKind.Answer, await first.WaitAsync(Long / 3, TestContext.Current.CancellationToken));
            Assert.Equal(JoinKind.Answer, await second.WaitAsync(Long / 3, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Wait_PatienceEnds_IsPending_AndTheEndStillComes()
    {
        var time = new FakeTimeProvider();
        var entry = new InFlightEntry(1);
        var brief = entry.WaitAsync(TimeSpan.FromSeconds(1), time, TestContext.Current.CancellationToken).AsTask();
        var patient = entry.WaitAsync(TimeSpan.FromSeconds(3), time, TestContext.Current.CancellationToken).AsTask();

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(JoinKind.Pending, await brief);
        Assert.False(patient.IsCompleted);

        entry.Finish(JoinKind.Retry);
        entry.Finish(JoinKind.Answer, new byte[] { 1 });
        Assert.Equal(JoinKind.Retry, await patient);
        Assert.True(entry.Answer.IsEmpty);
    }

    [Fact]
    public void PollSchedule_DoublesFrom20To500Ms_WithJitterDownwards()
    {
        double[] nominalMs = [20, 40, 80, 160, 320, 500, 500, 500];
        for (var round = 0; round < 1_000; round++)
        {
            var schedule = default(PollSchedule);
            foreach (var ms in nominalMs) Assert.InRange(schedule.Next(Random.Shared).TotalMilliseconds, ms * 0.75, ms);
        }
    }

    private static async Task<JoinKind> JoinAsync(InFlightEntry entry, Barrier start)
    {
        start.SignalAndWait(TestContext.Current.CancellationToken);
        return await entry.WaitAsync(Long, TimeProvider.System, default);
    }
}
