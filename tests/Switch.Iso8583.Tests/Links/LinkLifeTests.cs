using Microsoft.Extensions.Time.Testing;

namespace Switch.Iso8583.Tests;

public sealed class LinkLifeTests
{
    [Fact]
    public async Task SignOn_ComesBeforeAnyTraffic()
    {
        await using var fixture = LinkFixture.Create(configure: options => options.NetworkFields[41] = "LINK0001");
        var mayAnswer = new TaskCompletionSource();
        fixture.Host.AnswerNetwork = code => { mayAnswer.Task.Wait(LinkFixture.Long); return "00"; };
        fixture.Link.Start();
        await LinkFixture.UntilAsync(() => !fixture.Host.NetworkCodes.IsEmpty);
        Assert.Equal(ExchangeReason.NoConnection, (await fixture.SendAsync(1)).Reason);
        Assert.False(fixture.Link.IsAvailable);
        mayAnswer.SetResult();
        await fixture.Link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken);
        Assert.True(fixture.Link.IsAvailable);
        Assert.Equal([1], fixture.Host.NetworkCodes);
    }

    [Fact]
    public async Task SignOnRefused_ClosesAndTriesAgainLater()
    {
        await using var fixture = LinkFixture.Create();
        var refusals = 3;
        fixture.Host.AnswerNetwork = _ => Interlocked.Decrement(ref refusals) >= 0 ? "91" : "00";
        fixture.Link.Start();
        await fixture.Link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken);
        Assert.Equal(
            Enumerable.Repeat((CloseReason.SignOnRefused, "response code 91"), 3), fixture.Observer.Closes);
        Assert.Equal(3, fixture.Observer.Delays.Count);
    }

    [Fact]
    public async Task SignOnUnanswered_ClosesWithItsReason()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = LinkFixture.Create(clock: clock);
        fixture.Host.AnswerNetwork = _ => null;
        fixture.Link.Start();
        await LinkFixture.UntilAsync(() => !fixture.Host.NetworkCodes.IsEmpty);
        clock.Advance(TimeSpan.FromSeconds(11));
        await LinkFixture.UntilAsync(() => !fixture.Observer.Closes.IsEmpty);
        Assert.Equal(CloseReason.SignOnTimeout, fixture.Observer.Closes.First().Reason);
    }

    [Fact]
    public async Task SignOnNotRequired_IsReadyAtOnce()
    {
        await using var fixture = await LinkFixture.StartAsync(configure: options => options.SignOn = false);
        fixture.Host.OnRequest = request => request.ReplyAsync("00");
        using var result = await fixture.SendAsync(1);
        Assert.Equal(ExchangeKind.Replied, result.Kind);
        Assert.Empty(fixture.Host.NetworkCodes);
    }

    [Fact]
    public async Task IdleConnection_IsEchoedAndASilentHostIsClosed()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        // The wait for idleness starts a moment after the connection is up.
        await AdvanceUntilAsync(clock, () => fixture.Host.NetworkCodes.SequenceEqual([1, 301]));
        Assert.Empty(fixture.Observer.Closes);
        fixture.Host.AnswerNetwork = code => code == 301 ? null : "00";
        await AdvanceUntilAsync(clock, () => !fixture.Observer.Closes.IsEmpty);
        Assert.Equal(CloseReason.EchoTimeout, fixture.Observer.Closes.First().Reason);
        await AdvanceUntilAsync(clock, () => fixture.Link.ConnectionsUp == 1);
    }

    [Fact]
    public async Task HostsOwnRequests_AreAnswered()
    {
        await using var fixture = await LinkFixture.StartAsync();
        var connection = fixture.Host.Connections.First();
        await connection.RequestNetworkAsync(301);
        await connection.RequestNetworkAsync(161);
        await connection.RequestNetworkAsync(201);
        await LinkFixture.UntilAsync(() => connection.NetworkAnswers.Count == 3);
        Assert.Equal(["00", "40", "00"], connection.NetworkAnswers);
        Assert.Equal([301, 161, 201], fixture.Observer.HostCodes);
    }

    [Fact]
    public async Task HostThatSignsOff_GetsNoNewRequestsAndAFreshSignOn()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await LinkFixture.StartAsync(clock: clock);
        var sent = fixture.SendAsync(1);
        var request = await fixture.Host.NextAsync();
        await request.Connection.RequestNetworkAsync(2);
        await LinkFixture.UntilAsync(() => fixture.Link.Status == LinkStatus.Down);
        Assert.Equal(ExchangeReason.NoConnection, (await fixture.SendAsync(2)).Reason);
        await request.ReplyAsync("00");
        Assert.Equal(ExchangeKind.Replied, (await sent).Kind);
        await AdvanceUntilAsync(clock, () => fixture.Link.ConnectionsUp == 1);
        Assert.Equal([CloseReason.HostSignedOff], fixture.Observer.Closes.Select(close => close.Reason));
        Assert.Equal([1, 1], fixture.Host.NetworkCodes);
    }

    [Fact]
    public async Task HostThatIsGone_IsTriedAgainWithGrowingDelays()
    {
        await using var fixture = await LinkFixture.StartAsync(
            configure: options => options.ReconnectMax = TimeSpan.FromMilliseconds(40));
        await fixture.Host.DisposeAsync();
        await LinkFixture.UntilAsync(() => fixture.Observer.Delays.Count >= 6);
        Assert.NotEmpty(fixture.Observer.ConnectFailures);
        Assert.InRange(fixture.Observer.Delays.First().TotalMilliseconds, 2.5, 5);
        Assert.InRange(fixture.Observer.Delays.Last().TotalMilliseconds, 20, 40);
        Assert.Equal(LinkStatus.Down, fixture.Link.Status);
    }

    [Fact]
    public void ReconnectDelay_DoublesWithJitterUpToItsBound()
    {
        var delay = new ReconnectDelay(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(1000));
        for (var round = 0; round < 50; round++)
        {
            foreach (var most in new[] { 100, 200, 400, 800, 1000, 1000 })
                Assert.InRange(delay.Next().TotalMilliseconds, most / 2, most);
            delay.Reset();
        }
    }

    [Fact]
    public async Task SecondEndpoint_IsUsedWhenTheFirstIsGone()
    {
        var gone = new ScriptedHost(IsoDialect.Ascii1987);
        var endpoint = gone.Endpoint;
        await gone.DisposeAsync();
        await using var fixture = LinkFixture.Create(configure: options => options.Endpoints.Add(endpoint));
        fixture.Link.Start();
        await fixture.Link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken);
        Assert.Equal(["ConnectionRefused"], fixture.Observer.ConnectFailures);
    }

    [Fact]
    public async Task Stop_DrainsSignsOffAndRefuses()
    {
        await using var fixture = await LinkFixture.StartAsync(configure: options => options.Connections = 2);
        var sent = fixture.SendAsync(1);
        var request = await fixture.Host.NextAsync();
        var stopping = fixture.Link.StopAsync(LinkFixture.Long);
        Assert.Equal(ExchangeReason.LinkStopping, (await fixture.SendAsync(2)).Reason);
        Assert.False(stopping.IsCompleted);
        await request.ReplyAsync("00");
        using var result = await sent;
        Assert.Equal(ExchangeKind.Replied, result.Kind);
        await stopping;
        Assert.Equal([1, 1, 2, 2], fixture.Host.NetworkCodes);
        Assert.Equal([CloseReason.Stopped, CloseReason.Stopped], fixture.Observer.Closes.Select(close => close.Reason));
        Assert.Equal(LinkStatus.Down, fixture.Link.Status);
    }

    [Fact]
    public async Task S5_StopWhoseDrainIsOver_LeavesSentUnknown()
    {
        await using var fixture = await LinkFixture.StartAsync();
        var sent = fixture.SendAsync(1);
        await fixture.Host.NextAsync();
        await fixture.Link.StopAsync(TimeSpan.FromMilliseconds(20));
        var result = await sent;
        Assert.Equal((ExchangeKind.SentUnknown, ExchangeReason.LinkStopping), (result.Kind, result.Reason));
    }

    [Fact]
    public async Task ObserverThatThrows_HurtsNothing()
    {
        await using var host = new ScriptedHost(IsoDialect.Ascii1987);
        host.OnRequest = request => request.ReplyAsync("00");
        var options = new IsoLinkOptions { Endpoints = { host.Endpoint }, Connections = 1 };
        await using var link = new IsoLink(options, new Thrower());
        link.Start();
        await link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken);
        using var request = Samples.Authorization(IsoDialect.Ascii1987);
        using var result = await link.ExchangeAsync(request, LinkFixture.Long);
        Assert.Equal(ExchangeKind.Replied, result.Kind);
    }

    [Fact]
    public void Options_AreValidatedWithEveryFault()
    {
        var options = new IsoLinkOptions
        {
            Connections = 0,
            MaxPending = 0,
            MaxQueued = 100_000,
            ConnectTimeout = TimeSpan.Zero,
            ReconnectMax = TimeSpan.FromMilliseconds(1),
            EchoInterval = TimeSpan.FromSeconds(-1),
            Endpoints = { "nowhere", "host:0", "host:70000", "[::1]:5000", "10.0.0.1:5000" },
            NetworkFields = { [11] = "1", [200] = "x" },
            Breaker = { FailureRatio = 2, GoodProbes = 0, ProbeMax = TimeSpan.Zero },
        };
        var thrown = Assert.Throws<ArgumentException>(() => new IsoLink(options));
        string[] paths =
        [
            "Connections:", "MaxPending:", "MaxQueued:", "ConnectTimeout:", "ReconnectMax:", "EchoInterval:",
            "Endpoints[0]:",
            "Endpoints[1]:", "Endpoints[2]:", "NetworkFields[11]:", "NetworkFields[200]:", "Breaker.FailureRatio:",
            "Breaker.GoodProbes:", "Breaker.ProbeMax:",
        ];
        Assert.All(paths, path => Assert.Contains(path, thrown.Message, StringComparison.Ordinal));
        Assert.Equal(paths.Length, options.Validate().Count);
    }

    private static Task AdvanceUntilAsync(FakeTimeProvider clock, Func<bool> condition) => LinkFixture.UntilAsync(() =>
    {
        if (condition()) return true;
        clock.Advance(TimeSpan.FromMilliseconds(200));
        return false;
    });

    private sealed class Thrower : IsoLinkObserver
    {
        public override void OnReady(int connection, string endpoint) => throw new InvalidOperationException();

        public override void OnExchangeCompleted(ExchangeKind kind, ExchangeReason reason, TimeSpan roundTrip) =>
            throw new InvalidOperationException();

        public override void OnBatchWritten(int connection, int messages, int bytes) =>
            throw new InvalidOperationException();
    }
}
