using Microsoft.Extensions.Time.Testing;

namespace Switch.Iso8583.Tests;

/// <summary>A reply that matches nothing is told with the nearest miss (S7), at a price no host can raise.</summary>
public sealed class UnmatchedReplyTests
{
    [Fact]
    public async Task S7_HostThatDoesNotEchoAKeyField_IsNamedInWords()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        var waiting = fixture.SendAsync(123456);
        _ = fixture.SendAsync(123457);
        var request = await fixture.Host.NextAsync();
        await MissAsync(fixture, clock, () => request.ReplyAsync("00", terminal: "OTHER"));
        await MissAsync(fixture, clock, () => request.ReplyAsync("00", withoutField: 37));
        await MissAsync(fixture, clock, () => request.ReplyAsync("00", withoutField: 11));
        Assert.False(waiting.IsCompleted);
        await request.ReplyAsync("00");
        using var result = await waiting;
        Assert.Equal(ExchangeKind.Replied, result.Kind);
        await MissAsync(fixture, clock, () => request.ReplyAsync("00"));
        Assert.Equal(
            ["STAN 123456 known, DE 41 differs", "STAN 123456 known, DE 37 is missing", "STAN (missing) unknown",
                "STAN 123456 unknown"],
            fixture.Observer.Unmatched);
    }

    [Fact]
    public async Task S7_UnmatchedReplies_AreAllTold_AndPutIntoWordsOnceASecond()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        _ = fixture.SendAsync(123456);
        var request = await fixture.Host.NextAsync();
        for (var second = 1; second <= 2; second++)
        {
            for (var i = 0; i < 20; i++) await request.ReplyAsync("00", terminal: "OTHER");
            await LinkFixture.UntilAsync(() => fixture.Observer.Unmatched.Count == 20 * second);
            Assert.Equal(second, fixture.Observer.Unmatched.Count(miss => miss is not null));
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task MissAsync(LinkFixture fixture, FakeTimeProvider clock, Func<Task> reply)
    {
        var before = fixture.Observer.Unmatched.Count;
        await reply();
        await LinkFixture.UntilAsync(() => fixture.Observer.Unmatched.Count > before);
        clock.Advance(TimeSpan.FromSeconds(1));
    }
}
