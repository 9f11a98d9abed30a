using Switch.Iso8583;

namespace Switch.Simulator.Tests;

/// <summary>The host at the other end of the switch's own link: the pair that end-to-end tests stand on.</summary>
public sealed class LinkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("iso1987-ascii")]
    [InlineData("iso1987-binary")]
    public async Task Link_SignedOn_ExchangesManyAtOnce(string dialect)
    {
        await using var host = await TestHost.StartAsync(
            "{ network: { require_sign_on: true }, defaults: { latency: { uniform: 1-10ms } } }",
            IsoDialect.Resolve(dialect));
        await using var link = await UpAsync(host);
        var results = await Task.WhenAll(
            Enumerable.Range(1, 500).Select(number => SendAsync(link, host, number, Patience)));
        Assert.All(results, result => Assert.Equal(ExchangeKind.Replied, result.Kind));
        Assert.Equal(500 * 1000, host.Ledger.NetMinor("840"));
        Assert.Equal(2, host.Counters.SignOns);
    }

    [Fact]
    public async Task Link_SilentHost_IsSentUnknownWhileTheBooksStand()
    {
        await using var host = await TestHost.StartAsync("rules: [{ then: silent }]");
        await using var link = await UpAsync(host);
        var result = await SendAsync(link, host, 1, TimeSpan.FromMilliseconds(100));
        Assert.Equal(ExchangeKind.SentUnknown, result.Kind);
        Assert.Single(host.Ledger.UnreversedApprovals(HostMessage.Rrn(1)));
    }

    [Fact]
    public async Task Link_HostDownAndBack_IsNotSentThenAnswered()
    {
        await using var host = await TestHost.StartAsync();
        await using var link = await UpAsync(host);
        host.Refuse();
        await link.WaitForAsync(LinkStatus.Down, TestContext.Current.CancellationToken);
        Assert.Equal(ExchangeKind.NotSent, (await SendAsync(link, host, 1, Patience)).Kind);
        host.Accept();
        await link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken);
        Assert.Equal(ExchangeKind.Replied, (await SendAsync(link, host, 2, Patience)).Kind);
        Assert.Empty(host.Ledger.Find(HostMessage.Rrn(1)));
    }

    private static async Task<IsoLink> UpAsync(AcquirerHost host)
    {
        var options = new IsoLinkOptions { Dialect = host.Dialect, ReconnectMax = TimeSpan.FromMilliseconds(200) };
        options.Endpoints.Add(host.EndPoint.ToString());
        var link = new IsoLink(options);
        link.Start();
        await link.WaitForAsync(LinkStatus.Up, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => link.ConnectionsUp == options.Connections);
        return link;
    }

    private static async Task<ExchangeResult> SendAsync(IsoLink link, AcquirerHost host, int number, TimeSpan timeout)
    {
        var result = await link.ExchangeAsync(HostMessage.Purchase(number: number).Encode(host.Dialect), timeout);
        result.Dispose();
        return result;
    }
}
