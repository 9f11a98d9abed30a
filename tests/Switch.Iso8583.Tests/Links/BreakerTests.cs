using Microsoft.Extensions.Time.Testing;

namespace Switch.Iso8583.Tests;

public sealed class BreakerTests
{
    [Fact]
    public async Task Breaker_OpensOnSilenceProbesByEchoAndCloses()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock, configure: options =>
        {
            options.EchoInterval = TimeSpan.Zero;
            options.Breaker.ConsecutiveFailures = 3;
            options.Breaker.GoodProbes = 2;
        });
        fixture.Host.AnswerNetwork = code => code == 301 ? "91" : "00";
        var sent = Enumerable.Range(1, 3).Select(stan => fixture.SendAsync(stan, TimeSpan.FromSeconds(1))).ToArray();
        for (var i = 0; i < sent.Length; i++) await fixture.Host.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(1.1));
        foreach (var one in sent) Assert.Equal(ExchangeKind.SentUnknown, (await one).Kind);

        await fixture.Link.WaitForAsync(LinkStatus.BreakerOpen, TestContext.Current.CancellationToken);
        Assert.False(fixture.Link.IsAvailable);
        var refused = await fixture.SendAsync(4);
        Assert.Equal((ExchangeKind.NotSent, ExchangeReason.BreakerOpen), (refused.Kind, refused.Reason));

        await ProbeAsync(fixture, clock, probes: 3);
        Assert.Equal([false, false, false], fixture.Observer.Probes);
        Assert.Equal(LinkStatus.BreakerOpen, fixture.Link.Status);
        fixture.Host.AnswerNetwork = _ => "00";
        await ProbeAsync(fixture, clock, probes: 5);
        await fixture.Link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken);
        Assert.Equal([false, false, false, true, true], fixture.Observer.Probes);
        Assert.Equal(["open: 3 requests in a row unanswered", "closed: 2 good echoes"], fixture.Observer.Breaker);
        Assert.Equal([LinkStatus.Up, LinkStatus.BreakerOpen, LinkStatus.Up], fixture.Observer.Statuses);

        // Nothing but echoes was a probe, and money flows again.
        Assert.Equal(0, fixture.Host.Waiting);
        fixture.Host.OnRequest = request => request.ReplyAsync("00");
        using var result = await fixture.SendAsync(5);
        Assert.Equal(ExchangeKind.Replied, result.Kind);
    }

    [Fact]
    public void ConsecutiveFailures_OpenIt()
    {
        var breaker = new CircuitBreaker(new IsoBreakerOptions { ConsecutiveFailures = 3 });
        Assert.Null(breaker.Record(false, default));
        Assert.Null(breaker.Record(false, default));
        Assert.Null(breaker.Record(true, default));
        Assert.Null(breaker.Record(false, default));
        Assert.Null(breaker.Record(false, default));
        Assert.False(breaker.IsOpen);
        Assert.NotNull(breaker.Record(false, default));
        Assert.True(breaker.IsOpen);
        Assert.Null(breaker.Record(false, default));
    }

    [Fact]
    public void FailureRatio_CountsTheWindowOnly()
    {
        var options = new IsoBreakerOptions { ConsecutiveFailures = 100, MinOutcomes = 10 };
        options.Window = TimeSpan.FromSeconds(10);
        var breaker = new CircuitBreaker(options);
        var now = TimeSpan.FromMinutes(5);
        for (var i = 0; i < 4; i++) Assert.Null(breaker.Record(false, now));
        now += TimeSpan.FromSeconds(11);
        for (var i = 0; i < 5; i++) Assert.Null(breaker.Record(true, now));
        for (var i = 0; i < 4; i++) Assert.Null(breaker.Record(false, now));
        Assert.Equal("5 of 10 requests unanswered", breaker.Record(false, now));
    }

    [Fact]
    public void Probes_CloseItOnlyInARow()
    {
        var breaker = new CircuitBreaker(new IsoBreakerOptions { ConsecutiveFailures = 1, GoodProbes = 2 });
        Assert.False(breaker.RecordProbe(true));
        breaker.Record(false, default);
        Assert.False(breaker.RecordProbe(true));
        Assert.False(breaker.RecordProbe(false));
        Assert.False(breaker.RecordProbe(true));
        Assert.True(breaker.RecordProbe(true));
        Assert.False(breaker.IsOpen);
        Assert.NotNull(breaker.Record(false, default));
    }

    private static Task ProbeAsync(LinkFixture fixture, FakeTimeProvider clock, int probes) =>
        LinkFixture.UntilAsync(() =>
        {
            // Small steps: an echo that waits for the host in real time must not time out on the fake clock.
            if (fixture.Observer.Probes.Count >= probes) return true;
            clock.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        });
}
