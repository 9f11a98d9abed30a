using Microsoft.Extensions.Time.Testing;

namespace Switch.Iso8583.Tests;

/// <summary>An error that nobody expected is told, and the loop that met it goes on.</summary>
public sealed class LoopFaultTests
{
    [Fact]
    public async Task Connection_WhoseConnectThrows_IsToldBacksOffAndConnects()
    {
        var limit = TimeSpan.FromSeconds(7);
        await using var fixture = LinkFixture.Create(
            clock: new ClockOutOfTimers(limit), configure: options => options.ConnectTimeout = limit);
        fixture.Link.Start();
        await fixture.Link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken)
            .WaitAsync(LinkFixture.Long, TestContext.Current.CancellationToken);
        var (part, fault) = Assert.Single(fixture.Observer.LoopFaults);
        Assert.Equal($"connection 0 to {fixture.Host.Endpoint}", part);
        Assert.IsType<InvalidOperationException>(fault);
        Assert.Single(fixture.Observer.Delays);
    }

    [Fact]
    public async Task Sweep_ThatThrows_IsTold_AndTimeOutsGoOn()
    {
        var clock = new ClockThatFailsOnce();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        var sent = fixture.SendAsync(1, TimeSpan.FromSeconds(5));
        await fixture.Host.NextAsync();
        clock.FailNext();
        clock.Advance(TimeSpan.FromSeconds(1));
        var (part, fault) = Assert.Single(fixture.Observer.LoopFaults);
        Assert.Equal("time-outs", part);
        Assert.IsType<InvalidOperationException>(fault);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(ExchangeReason.TimedOut, (await sent).Reason);
    }

    [Fact]
    public async Task BreakerProbe_ThatThrows_IsToldBacksOffAndClosesTheBreakerLater()
    {
        var clock = new FakeTimeProvider();
        var mayNumber = true;
        var probes = 0;
        await using var fixture = await LinkFixture.StartAsync(clock: clock, configure: options =>
        {
            options.EchoInterval = TimeSpan.Zero;
            options.Breaker.ConsecutiveFailures = 1;
            options.Breaker.GoodProbes = 1;
            options.NextNetworkStan = () =>
                Volatile.Read(ref mayNumber)
                    ? Interlocked.Increment(ref probes)
                    : throw new InvalidOperationException();
        });
        Volatile.Write(ref mayNumber, false);
        var sent = fixture.SendAsync(1, TimeSpan.FromSeconds(1));
        await fixture.Host.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(ExchangeKind.SentUnknown, (await sent).Kind);
        await fixture.Link.WaitForAsync(LinkStatus.BreakerOpen, TestContext.Current.CancellationToken);

        await PassAsync(fixture, clock, () => fixture.Observer.LoopFaults.Count == 3);
        Assert.All(fixture.Observer.LoopFaults, told => Assert.Equal("breaker probe", told.Part));
        Assert.Equal(LinkStatus.BreakerOpen, fixture.Link.Status);

        Volatile.Write(ref mayNumber, true);
        await PassAsync(fixture, clock, () => fixture.Link.Status == LinkStatus.Up);
    }

    private static Task PassAsync(LinkFixture fixture, FakeTimeProvider clock, Func<bool> isDone) =>
        LinkFixture.UntilAsync(() =>
        {
            if (isDone()) return true;
            // Each step is far below an echo's time-out, so a probe that is answered is never late.
            clock.Advance(fixture.Link.Options.EchoTimeout / 4);
            return false;
        });

    /// <summary>A clock that stands still, and once does not say what time it is.</summary>
    private sealed class ClockThatFailsOnce : FakeTimeProvider
    {
        private int _failingThread;

        /// <summary>On this thread, which is the one whose Advance runs the sweep; the loops run on others.</summary>
        public void FailNext() => Volatile.Write(ref _failingThread, Environment.CurrentManagedThreadId);

        public override long GetTimestamp()
        {
            var thread = Environment.CurrentManagedThreadId;
            return Interlocked.CompareExchange(ref _failingThread, 0, thread) == thread
                ? throw new InvalidOperationException()
                : base.GetTimestamp();
        }
    }

    /// <summary>The system's clock, but the first timer of that length fails.</summary>
    private sealed class ClockOutOfTimers(TimeSpan length) : TimeProvider
    {
        private int _failures;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            dueTime == length && Interlocked.Increment(ref _failures) == 1
                ? throw new InvalidOperationException()
                : base.CreateTimer(callback, state, dueTime, period);
    }
}
