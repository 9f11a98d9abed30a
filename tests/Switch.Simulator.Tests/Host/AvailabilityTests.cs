using System.Net.Sockets;
using Switch.Iso8583;

namespace Switch.Simulator.Tests;

public sealed class AvailabilityTests
{
    [Fact]
    public async Task Refuse_ThenAccept_ComesBackOnTheSamePort()
    {
        await using var host = await TestHost.StartAsync();
        var port = host.EndPoint.Port;
        for (var round = 1; round <= 3; round++)
        {
            using var client = await HostClient.ConnectAsync(host);
            Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase(number: round)))[39]);
            host.Refuse();
            await client.AssertClosedAsync();
            var refused = await Assert.ThrowsAsync<SocketException>(() => HostClient.ConnectAsync(host));
            Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
            Assert.False(host.IsAccepting);
            host.Accept();
            Assert.Equal(port, host.EndPoint.Port);
        }

        await Eventually.TrueAsync(() => host.Counters.Closed[HostCloseReason.Dropped] == 3);
        Assert.Equal(3, host.Ledger.Count);
    }

    [Fact]
    public async Task Refuse_AnswersUnderWay_AreLostAndKnownSo()
    {
        await using var host = await TestHost.StartAsync("rules: [{ then: { late: 60s } }]");
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase());
        await Eventually.TrueAsync(() => host.Ledger.Count == 1);
        host.Refuse();
        await Eventually.TrueAsync(() => host.Ledger.Entries()[0].Delivery == Delivery.ConnectionLost);
        Assert.Single(host.Ledger.UnreversedApprovals());
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("1ms")]
    public async Task HoldAnswers_UntilReleased_KeepsThoseOfPaymentsBackAlone(string latency)
    {
        await using var host = await TestHost.StartAsync($"defaults: {{ latency: {latency} }}");
        using var client = await HostClient.ConnectAsync(host);
        host.HoldAnswers();
        await client.SendAsync(HostMessage.Purchase());
        // What is sent after it would come after it.
        Assert.Equal(Mti.NetworkResponse, (await client.ExchangeAsync(HostMessage.Network("301"))).Mti);
        Assert.Equal(Delivery.Pending, Assert.Single(host.Ledger.Entries()).Delivery);
        host.ReleaseAnswers();
        Assert.Equal("00", (await client.ReceiveAsync())[39]);
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase(number: 2)))[39]);
    }

    [Fact]
    public async Task DropConnections_WhileAnswersAreHeld_LosesThemAndTheyAreKnownSo()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        host.HoldAnswers();
        await client.SendAsync(HostMessage.Purchase());
        await Eventually.TrueAsync(() => host.Ledger.Count == 1);
        host.DropConnections();
        await Eventually.TrueAsync(() => host.Ledger.Entries()[0].Delivery == Delivery.ConnectionLost);
    }

    [Fact]
    public async Task DropConnections_Open_EndButNewOnesAreAccepted()
    {
        await using var host = await TestHost.StartAsync();
        using var first = await HostClient.ConnectAsync(host);
        await first.ExchangeAsync(HostMessage.Purchase());
        host.DropConnections();
        await first.AssertClosedAsync();
        using var second = await HostClient.ConnectAsync(host);
        Assert.Equal("00", (await second.ExchangeAsync(HostMessage.Purchase(number: 2)))[39]);
    }

    [Fact]
    public async Task Connections_BeyondTheBound_AreClosedAtOnce()
    {
        await using var host = await TestHost.StartAsync(new AcquirerHostOptions { MaxConnections = 1 });
        using var first = await HostClient.ConnectAsync(host);
        await first.ExchangeAsync(HostMessage.Purchase());
        using var second = await HostClient.ConnectAsync(host);
        await second.AssertClosedAsync();
        Assert.Equal(1, host.Counters.Closed[HostCloseReason.TooMany]);
        Assert.Equal("00", (await first.ExchangeAsync(HostMessage.Purchase(number: 2)))[39]);
    }

    [Fact]
    public async Task Port_Taken_IsASocketException()
    {
        await using var host = await TestHost.StartAsync();
        await Assert.ThrowsAsync<SocketException>(
            () => TestHost.StartAsync(new AcquirerHostOptions { Port = host.EndPoint.Port }));
    }

    [Fact]
    public async Task Requests_1000InFlightOn4Connections_AreEachAnsweredOnce()
    {
        await using var host = await TestHost.StartAsync("defaults: { latency: { uniform: 1-40ms } }");
        var clients = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => HostClient.ConnectAsync(host)));
        var answers = await Task.WhenAll(clients.Select(async (client, index) =>
        {
            for (var i = 0; i < 250; i++) await client.SendAsync(HostMessage.Purchase(number: index * 250 + i));
            var received = new List<HostMessage>();
            while (received.Count < 250) received.Add(await client.ReceiveAsync());
            return received;
        }));
        var rrns = answers.SelectMany(received => received).Select(answer => answer[37]).ToList();
        Assert.Equal(1000, rrns.Distinct().Count());
        Assert.NotEqual(rrns, rrns.Order());
        await Eventually.TrueAsync(() => host.Ledger.Entries().All(entry => entry.Delivery == Delivery.Sent));
        Assert.Equal(1000 * 1000, host.Ledger.NetMinor("840"));
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task Requests_BeyondThePendingBound_WaitAndAreStillAnswered()
    {
        await using var host = await TestHost.StartAsync(new AcquirerHostOptions
        {
            MaxPendingPerConnection = 5,
            Scenario = Scenario.Parse("defaults: { latency: 2ms }"),
        });
        using var client = await HostClient.ConnectAsync(host);
        for (var number = 1; number <= 100; number++) await client.SendAsync(HostMessage.Purchase(number: number));
        for (var number = 1; number <= 100; number++) Assert.Equal("00", (await client.ReceiveAsync())[39]);
    }
}
