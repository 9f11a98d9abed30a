using System.Net.Sockets;

namespace Switch.Iso8583.Tests;

/// <summary>The table alone: no sockets, no clock, so that every order of events can be set up exactly.</summary>
public sealed class ExchangeTableTests : IDisposable
{
    private readonly IsoLinkOptions _options = new() { Endpoints = { "127.0.0.1:1" } };
    private readonly BoundedPool<PendingExchange> _pool = new(16);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly LinkSession _session;

    public ExchangeTableTests()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _session = new LinkSession(new IsoLink(_options), 0, "none", socket);
    }

    public void Dispose() => _session.Dispose();

    [Fact]
    public void BreakerOpening_GivesBackWhatIsQueuedAndKeepsWhatIsSent()
    {
        var table = new ExchangeTable(_options);
        table.MarkReady(_session);
        var sent = NewExchange(1, 100);
        var queued = NewExchange(2, 100);
        table.Add(sent, out _);
        table.FillBatch(_session, _buffer, 0, out _);
        table.Add(queued, out _);
        var ended = table.Refuse();
        Assert.Same(queued, ended);
        Assert.Equal((ExchangeKind.NotSent, ExchangeReason.BreakerOpen), (queued.Kind, queued.Reason));
        Assert.Null(ended!.NextEnded);
        Assert.Equal(PendingState.Sent, sent.State);
        Assert.Equal(ExchangeReason.BreakerOpen, table.Add(NewExchange(3, 100), out _));
        table.Accept();
        Assert.Equal(ExchangeReason.None, table.Add(NewExchange(3, 100), out _));
    }

    [Fact]
    public void Wheel_ExpiresAtItsTickNeverBefore_AlsoAfterALongPause()
    {
        var table = new ExchangeTable(_options);
        table.MarkReady(_session);
        foreach (var deadline in new[] { 5, 1029, 2053, 9000 }) table.Add(NewExchange(deadline, deadline), out _);
        Assert.Null(table.Expire(4, 0));
        Assert.Equal(5, table.Expire(5, 0)?.DeadlineTick);
        Assert.Null(table.Expire(1028, 0));
        Assert.Equal(1029, table.Expire(1029, 0)?.DeadlineTick);
        var late = table.Expire(20_000, 0);
        Assert.Equal(9000 + 2053, late!.DeadlineTick + late.NextEnded!.DeadlineTick);
        Assert.Equal(0, table.Pending);
    }

    [Fact]
    public void S7_ReplyBeforeItsRequestIsSent_MatchesNothing()
    {
        var table = new ExchangeTable(_options);
        table.MarkReady(_session);
        var queued = NewExchange(1, 100);
        table.Add(queued, out _);
        using var buffer = Samples.Authorization(_options.Dialect, 1);
        using var message = Samples.Parse(_options.Dialect, buffer.Span);
        Assert.Equal(MatchKind.Unmatched, table.Match(queued.Key, out _, out _));
        Assert.Equal(
            "STAN 000001 known, but its request is not sent yet",
            table.CopyNearest(queued.Key, message)!.Describe(queued.Key, message));
        table.FillBatch(_session, _buffer, 0, out _);
        Assert.Equal(MatchKind.Matched, table.Match(queued.Key, out var matched, out _));
        Assert.Same(queued, matched);
    }

    [Fact]
    public void S7_RememberedRequests_AreBoundedAndTheOldestGoFirst()
    {
        var remembered = new RememberedExchanges(16);
        for (var stan = 1; stan <= 17; stan++) remembered.Add(NewExchange(stan, 1).Key, stan);
        Assert.False(remembered.Contains(NewExchange(1, 1).Key));
        Assert.True(remembered.TryTake(NewExchange(2, 1).Key, out var ended));
        Assert.Equal(2, ended);
        Assert.False(remembered.TryTake(NewExchange(2, 1).Key, out _));
        Assert.True(remembered.Contains(NewExchange(17, 1).Key));
    }

    /// <summary>
    /// The first session is woken and never runs, as if it closed in that instant; the second is real.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ConnectionThatGoesAfterItWasChosen_LeavesTheRequestToAnIdleOne(bool isClosing)
    {
        await using var host = new ScriptedHost(_options.Dialect) { OnRequest = request => request.ReplyAsync("00") };
        // No echo either: nothing but the connection's end can wake the other one.
        var options = new IsoLinkOptions
        {
            Endpoints = { host.Endpoint },
            SignOn = false,
            EchoInterval = TimeSpan.Zero,
        };
        await using var link = new IsoLink(options);
        using var chosen = new LinkSession(link, 0, "none", new Socket(SocketType.Stream, ProtocolType.Tcp));
        using var other = new LinkSession(link, 1, host.Endpoint, await ConnectAsync(host.Endpoint));
        link.OnSessionReady(chosen);
        link.Table.FillBatch(chosen, _buffer, 0, out _);
        var running = other.RunAsync();
        await LinkFixture.UntilAsync(() => link.Table.ReadyConnections == 2 && other.IsIdle);
        using var buffer = Samples.Authorization(_options.Dialect, 1);
        (await link.ExchangeAsync(buffer, LinkFixture.Long)).Dispose();
        await LinkFixture.UntilAsync(() => other.IsIdle);
        using var next = Samples.Authorization(_options.Dialect, 2);
        var pending = link.ExchangeAsync(next, LinkFixture.Long);
        Assert.Equal(1, link.Queued);

        if (isClosing) chosen.Close(CloseReason.ConnectionLost, "test");
        else link.OnSessionLeaving(chosen);

        using var result = await pending.AsTask().WaitAsync(LinkFixture.Long, TestContext.Current.CancellationToken);
        Assert.Equal(ExchangeKind.Replied, result.Kind);
        chosen.Close(CloseReason.Stopped, "test");
        other.Close(CloseReason.Stopped, "test");
        await running;
    }

    /// <summary>The race that S5 stands on, without sockets: a writer and a sweeper after the same exchanges.</summary>
    [Fact]
    public async Task S5_WithdrawAndSend_NeverBothWin()
    {
        var table = new ExchangeTable(_options);
        table.MarkReady(_session);
        var written = 0;
        var withdrawn = 0;
        var unknown = 0;
        for (var round = 0; round < 2_000; round++)
        {
            for (var stan = 0; stan < 8; stan++)
            {
                var exchange = NewExchange((round * 8 + stan) % 1_000_000, round + 1);
                Assert.Equal(ExchangeReason.None, table.Add(exchange, out _));
            }

            var tick = round + 1;
            var writing = Task.Run(() =>
            {
                table.FillBatch(_session, new byte[64 * 1024], 0, out var messages);
                written += messages;
            }, TestContext.Current.CancellationToken);
            var ended = table.Expire(tick, 0);
            await writing;
            for (var pass = 0; pass < 2; pass++, ended = table.Expire(tick + 1, 0))
            {
                for (; ended is not null; ended = ended.NextEnded)
                {
                    if (ended.Kind == ExchangeKind.NotSent) withdrawn++;
                    else unknown++;
                }
            }

            Assert.Equal(0, table.Pending);
            Assert.Equal(0, table.Queued);
        }

        Assert.Equal(16_000, withdrawn + unknown);
        Assert.Equal(written, unknown);
    }

    private static async Task<Socket> ConnectAsync(string endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.True(IsoLinkOptions.TrySplit(endpoint, out var address, out var port));
        await socket.ConnectAsync(address, port, TestContext.Current.CancellationToken);
        return socket;
    }

    private PendingExchange NewExchange(int stan, long deadlineTick)
    {
        var exchange = new PendingExchange(_pool, true) { ExpectsReply = true, DeadlineTick = deadlineTick };
        using var buffer = Samples.Authorization(_options.Dialect, stan);
        using var message = Samples.Parse(_options.Dialect, buffer.Span);
        Assert.Equal(0, exchange.Key.Set(message));
        exchange.Load(buffer.Span);
        return exchange;
    }
}
