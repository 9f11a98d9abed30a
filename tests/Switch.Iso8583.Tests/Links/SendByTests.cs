using Microsoft.Extensions.Time.Testing;

namespace Switch.Iso8583.Tests;

/// <summary>What a caller has left reaches the write queue: what it no longer waits for is not sent (S5).</summary>
public sealed class SendByTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SendBy = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task S5_StillQueuedWhenItsCallersTimeIsUp_IsNotSent_AndNeverReachesTheHost()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock, configure: LinkFixture.Huge);
        await fixture.FillUpAsync();
        var queued = fixture.SendAsync(900_001, Timeout, sendBy: SendBy);
        clock.Advance(SendBy * 0.9);
        Assert.False(queued.IsCompleted);
        clock.Advance(SendBy * 0.2);
        var result = await queued.WaitAsync(LinkFixture.Long, TestContext.Current.CancellationToken);
        Assert.Equal((ExchangeKind.NotSent, ExchangeReason.TimedOutBeforeSend), (result.Kind, result.Reason));

        fixture.Host.ResumeReading();
        var last = fixture.SendAsync(900_002);
        for (var stan = 0; stan != 900_002;)
        {
            stan = (await fixture.Host.NextAsync()).Stan;
            Assert.NotEqual(900_001, stan);
        }

        Assert.False(last.IsCompleted);
    }

    [Fact]
    public async Task S5_OnceWritten_ItHasTheWholeTimeout()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        var answered = fixture.SendAsync(1, Timeout, sendBy: SendBy);
        var silent = fixture.SendAsync(2, Timeout, sendBy: SendBy);
        var request = await fixture.Host.NextAsync();
        await fixture.Host.NextAsync();
        clock.Advance(Timeout * 0.98);
        Assert.False(silent.IsCompleted);
        await request.ReplyAsync("00");
        using var reply = await answered;
        Assert.Equal(ExchangeKind.Replied, reply.Kind);
        clock.Advance(Timeout * 0.04);
        Assert.Equal(ExchangeReason.TimedOut, (await silent).Reason);
        Assert.Equal(0, fixture.Link.Pending);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task NoTimeAtAll_IsNotSent(int seconds)
    {
        await using var fixture = await LinkFixture.StartAsync();
        var result = await fixture.SendAsync(1, Timeout, sendBy: TimeSpan.FromSeconds(seconds));
        Assert.Equal((ExchangeKind.NotSent, ExchangeReason.TimedOutBeforeSend), (result.Kind, result.Reason));
    }
}
