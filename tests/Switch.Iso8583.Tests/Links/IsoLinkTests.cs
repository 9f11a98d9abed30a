using Microsoft.Extensions.Time.Testing;

namespace Switch.Iso8583.Tests;

public sealed class IsoLinkTests
{
    private static readonly IsoDialect WithTpdu = IsoDialect.Parse(
        """{ "extends": "iso1987-binary", "frame": { "tpdu": "6000010002" } }""");

    [Theory]
    [InlineData("ascii")]
    [InlineData("binary")]
    [InlineData("tpdu")]
    public async Task S7_RepliesOutOfOrder_ReachTheirOwnRequests(string dialect)
    {
        await using var fixture = await LinkFixture.StartAsync(
            dialect switch { "ascii" => IsoDialect.Ascii1987, "binary" => IsoDialect.Binary1987, _ => WithTpdu },
            options => options.Connections = 2);
        var sent = Enumerable.Range(1, 200).Select(stan => fixture.SendAsync(stan)).ToArray();
        var received = new List<HostRequest>();
        while (received.Count < sent.Length) received.Add(await fixture.Host.NextAsync());
        if (dialect == "tpdu") Assert.Equal("6000010002", Convert.ToHexString(received[0].Tpdu));
        Random.Shared.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(received));
        foreach (var request in received) await request.ReplyAsync((request.Stan % 100).ToString("D2"));
        for (var stan = 1; stan <= sent.Length; stan++)
        {
            using var result = await sent[stan - 1];
            Assert.Equal(ExchangeKind.Replied, result.Kind);
            Assert.True(result.Reply!.TryGetInt64(11, out var replied));
            Assert.Equal(stan, replied);
            Assert.Equal((stan % 100).ToString("D2"), result.Reply.GetString(39));
            Assert.Equal(Mti.AuthorizationResponse, result.Reply.Mti);
        }

        Assert.Equal(0, fixture.Link.Pending);
        Assert.Empty(fixture.Observer.Unmatched);
    }

    [Fact]
    public async Task Writes_OfManyRequests_AreCoalesced()
    {
        await using var fixture = await LinkFixture.StartAsync();
        fixture.Host.OnRequest = request => request.ReplyAsync("00");
        var results = await Task.WhenAll(Enumerable.Range(1, 1000).Select(stan => fixture.SendAsync(stan)));
        Assert.All(results, result => Assert.Equal(ExchangeKind.Replied, result.Kind));
        await LinkFixture.UntilAsync(() => fixture.Observer.Batches.Sum(batch => batch.Messages) >= 1001);
        Assert.True(fixture.Observer.Batches.Count < 900, $"{fixture.Observer.Batches.Count} writes");
    }

    [Fact]
    public async Task S5_TimeoutAfterSend_IsSentUnknown()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        var sent = fixture.SendAsync(1, TimeSpan.FromSeconds(5));
        using var received = (await fixture.Host.NextAsync()).Message;
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(sent.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        var result = await sent;
        Assert.Equal((ExchangeKind.SentUnknown, ExchangeReason.TimedOut), (result.Kind, result.Reason));
        Assert.Null(result.Reply);
    }

    [Fact]
    public async Task S5_StuckConnection_TellsSentFromQueuedExactly()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock, configure: LinkFixture.Huge);
        var sent = await fixture.FillUpAsync();
        clock.Advance(TimeSpan.FromSeconds(6));
        var results = await Task.WhenAll(sent);
        Assert.Contains(results, r => (r.Kind, r.Reason) == (ExchangeKind.NotSent, ExchangeReason.TimedOutBeforeSend));
        Assert.Contains(results, r => (r.Kind, r.Reason) == (ExchangeKind.SentUnknown, ExchangeReason.TimedOut));

        // The host's own ledger is the truth: it gets every SentUnknown request and not one NotSent.
        fixture.Host.ResumeReading();
        var unknown = results.Count(r => r.Kind == ExchangeKind.SentUnknown);
        for (var i = 0; i < unknown; i++)
        {
            var request = await fixture.Host.NextAsync();
            Assert.Equal(ExchangeKind.SentUnknown, results[request.Stan - 1].Kind);
        }

        var last = fixture.SendAsync(990_000);
        Assert.Equal(990_000, (await fixture.Host.NextAsync()).Stan);
        Assert.Equal(0, fixture.Link.Queued);
        Assert.False(last.IsCompleted);
    }

    [Fact]
    public async Task S5_ConnectionLostAfterSend_IsSentUnknownAndQueuedIsNotSent()
    {
        await using var fixture = await LinkFixture.StartAsync(configure: LinkFixture.Huge);
        var sent = await fixture.FillUpAsync();
        fixture.Host.Connections.First().Close();
        var results = await Task.WhenAll(sent);
        Assert.Contains(results, r => (r.Kind, r.Reason) == (ExchangeKind.NotSent, ExchangeReason.NoConnection));
        Assert.Contains(results, r => (r.Kind, r.Reason) == (ExchangeKind.SentUnknown, ExchangeReason.ConnectionLost));
        Assert.DoesNotContain(results, r => r.Kind == ExchangeKind.Replied);
    }

    [Fact]
    public async Task S7_LateReply_IsReportedAndNeverGivenToANewerRequest()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        var first = fixture.SendAsync(7, TimeSpan.FromSeconds(1));
        var received = await fixture.Host.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ExchangeReason.TimedOut, (await first).Reason);

        // The same key again would be answered by the late reply: it is refused, unsent.
        var again = await fixture.SendAsync(7).WaitAsync(LinkFixture.Long, TestContext.Current.CancellationToken);
        Assert.Equal((ExchangeKind.NotSent, ExchangeReason.DuplicateKey), (again.Kind, again.Reason));
        var newer = fixture.SendAsync(8);
        await received.ReplyAsync("00");
        await LinkFixture.UntilAsync(() => !fixture.Observer.Late.IsEmpty);
        Assert.Equal([7], fixture.Observer.Late);
        Assert.False(newer.IsCompleted);
        Assert.Empty(fixture.Observer.Unmatched);
    }

    [Fact]
    public async Task S6_RepeatOfAnUnansweredAdvice_MayUseTheSameKey()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        var first = fixture.SendAsync(7, TimeSpan.FromSeconds(1), Mti.ReversalAdvice);
        await fixture.Host.NextAsync();
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ExchangeReason.TimedOut, (await first).Reason);
        var repeat = fixture.SendAsync(7, null, Mti.ReversalAdviceRepeat);
        await (await fixture.Host.NextAsync()).ReplyAsync("00");
        using var result = await repeat;
        Assert.Equal(Mti.ReversalAdviceResponse, result.Reply!.Mti);
    }

    public static IEnumerable<TheoryDataRow<string, CloseReason>> BadBytes =>
    [
        new("16030102000100", CloseReason.BadFrameHeader),
        new("30303030", CloseReason.ZeroLengthFrame),
        new("39393939", CloseReason.OversizedFrame),
        new("30303034" + "58585858", CloseReason.UnparsableMessage),
        new("30303230" + "3031313034", CloseReason.TruncatedFrame),
        new("", CloseReason.ClosedByHost),
    ];

    [Theory]
    [MemberData(nameof(BadBytes))]
    public async Task BadBytes_CloseThatConnectionOnly(string hex, CloseReason expected)
    {
        await using var fixture = await LinkFixture.StartAsync(configure: options => options.Connections = 2);
        var sent = new List<Task<ExchangeResult>>();
        var received = new List<HostRequest>();
        for (var stan = 1; received.Select(r => r.Connection).Distinct().Count() < 2; stan++)
        {
            sent.Add(fixture.SendAsync(stan));
            received.Add(await fixture.Host.NextAsync());
        }

        var bad = received[0].Connection;
        await bad.SendRawAsync(Convert.FromHexString(hex));
        if (expected is CloseReason.TruncatedFrame or CloseReason.ClosedByHost) bad.Close();
        foreach (var request in received.Where(r => r.Connection == bad))
        {
            var lost = await sent[request.Stan - 1];
            Assert.Equal((ExchangeKind.SentUnknown, ExchangeReason.ConnectionLost), (lost.Kind, lost.Reason));
        }

        await LinkFixture.UntilAsync(() => !fixture.Observer.Closes.IsEmpty);
        Assert.Equal([expected], fixture.Observer.Closes.Select(close => close.Reason));
        foreach (var request in received.Where(r => r.Connection != bad)) await request.ReplyAsync("00");
        foreach (var request in received.Where(r => r.Connection != bad))
        {
            using var result = await sent[request.Stan - 1];
            Assert.Equal(ExchangeKind.Replied, result.Kind);
        }

        await LinkFixture.UntilAsync(() => fixture.Link.ConnectionsUp == 2);
    }

    [Fact]
    public async Task Refusals_AreNotSentWithTheirReason()
    {
        await using var fixture = await LinkFixture.StartAsync(configure: options => options.MaxPending = 2);
        var first = fixture.SendAsync(1);
        Assert.Equal(ExchangeReason.DuplicateKey, (await fixture.SendAsync(1)).Reason);
        _ = fixture.SendAsync(2);
        Assert.Equal(ExchangeReason.PendingFull, (await fixture.SendAsync(3)).Reason);
        Assert.Equal(ExchangeReason.TimedOutBeforeSend, (await fixture.SendAsync(4, TimeSpan.Zero)).Reason);
        var response = await fixture.SendAsync(5, mti: Mti.AuthorizationResponse);
        Assert.Equal(ExchangeReason.InvalidRequest, response.Reason);
        Assert.Equal(
            ExchangeReason.InvalidRequest,
            (await fixture.Link.ExchangeAsync("0100garbage"u8, LinkFixture.Long)).Reason);
        Assert.False(first.IsCompleted);
        Assert.All(fixture.Observer.Exchanges, e => Assert.Equal(ExchangeKind.NotSent, e.Kind));
    }

    [Fact]
    public async Task QueueFull_IsNotSentAtOnce()
    {
        await using var fixture = await LinkFixture.StartAsync(configure: options =>
        {
            LinkFixture.Huge(options);
            options.MaxQueued = 10;
        });
        fixture.Host.PauseReading();
        var results = new List<Task<ExchangeResult>>();
        for (var stan = 1; stan <= 30_000; stan++)
        {
            results.Add(fixture.SendAsync(stan, extraBytes: 3000));
            if (results[^1].IsCompleted && fixture.Link.Queued == 10) break;
            if (stan % 8 == 0) await Task.Yield();
        }

        var last = await results[^1];
        Assert.Equal((ExchangeKind.NotSent, ExchangeReason.QueueFull), (last.Kind, last.Reason));
    }

    [Fact]
    public async Task NeverStarted_IsNotSentWithoutConnection()
    {
        await using var fixture = LinkFixture.Create();
        var result = await fixture.SendAsync(1);
        Assert.Equal((ExchangeKind.NotSent, ExchangeReason.NoConnection), (result.Kind, result.Reason));
        Assert.Equal(LinkStatus.Down, fixture.Link.Status);
    }

    [Fact]
    public async Task Timeouts_OfThousandsInFlight_NeedNoTimerEach()
    {
        var clock = new CountingClock();
        await using var fixture = await LinkFixture.StartAsync(clock: clock, configure: LinkFixture.Huge);
        var timers = clock.Timers;
        var sent = Enumerable.Range(1, 4000)
            .Select(stan => fixture.SendAsync(stan, TimeSpan.FromSeconds(1 + stan % 20)))
            .ToArray();
        await LinkFixture.UntilAsync(() => fixture.Host.Waiting == sent.Length);
        for (var second = 1; second <= 21; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(Math.Max(0, 4000 - 200 * (second - 1)), fixture.Link.Pending);
        }

        Assert.All(await Task.WhenAll(sent), result => Assert.Equal(ExchangeReason.TimedOut, result.Reason));
        Assert.Equal(timers, clock.Timers);
    }
}
