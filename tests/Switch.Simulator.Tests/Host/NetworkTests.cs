namespace Switch.Simulator.Tests;

public sealed class NetworkTests
{
    [Fact]
    public async Task SignOnEchoSignOff_Default_AreAcceptedAndCounted()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        foreach (var code in new[] { "001", "301", "002", "161" })
        {
            var answer = await client.ExchangeAsync(HostMessage.Network(code));
            Assert.Equal(("0810", "00", code, "000777"), (answer.Mti.ToString(), answer[39], answer[70], answer[11]));
        }

        var counters = host.Counters;
        Assert.Equal((1L, 1L, 1L), (counters.SignOns, counters.Echoes, counters.SignOffs));
        Assert.Equal(0, host.Ledger.Count);
    }

    [Fact]
    public async Task SignOn_Refused_Is05AndLeavesTheConnectionOutside()
    {
        await using var host = await TestHost.StartAsync("network: { require_sign_on: true, sign_on: refuse }");
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("05", (await client.ExchangeAsync(HostMessage.Network("001")))[39]);
        Assert.Equal("58", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
    }

    [Fact]
    public async Task Request_BeforeSignOn_IsDeclinedAndMayBeSentAgain()
    {
        await using var host = await TestHost.StartAsync("network: { require_sign_on: true }");
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("58", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
        await client.ExchangeAsync(HostMessage.Network("001"));
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
        await client.ExchangeAsync(HostMessage.Network("002"));
        Assert.Equal("58", (await client.ExchangeAsync(HostMessage.Purchase(number: 2)))[39]);
        Assert.Equal(0, host.Ledger.DuplicateSends);
    }

    [Fact]
    public async Task Request_BeforeSignOnWithDrop_IsNotAnswered()
    {
        await using var host = await TestHost.StartAsync("network: { require_sign_on: true, before_sign_on: drop }");
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase());
        Assert.Equal("0810", (await client.ExchangeAsync(HostMessage.Network("001"))).Mti.ToString());
        Assert.Equal(0, host.Ledger.Count);
    }

    [Fact]
    public async Task Echo_Silent_IsNotAnswered()
    {
        await using var host = await TestHost.StartAsync("network: { echo: silent }");
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Network("301"));
        Assert.Equal("001", (await client.ExchangeAsync(HostMessage.Network("001")))[70]);
        Assert.Equal((0L, 1L), (host.Counters.Echoes, host.Counters.Unanswered));
    }

    [Fact]
    public async Task Network_RuleOfThatKind_OverrulesThePolicy()
    {
        await using var host = await TestHost.StartAsync("""
            rules:
              - { when: { kind: network, times: 1 }, then: { code: "91" } }
              - { when: { kind: network, times: 1 }, then: silent }
            """);
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("91", (await client.ExchangeAsync(HostMessage.Network("301")))[39]);
        await client.SendAsync(HostMessage.Network("301"));
        Assert.Equal("001", (await client.ExchangeAsync(HostMessage.Network("001")))[70]);
    }
}
