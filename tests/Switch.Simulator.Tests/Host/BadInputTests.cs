using System.Text;
using Switch.Iso8583;

namespace Switch.Simulator.Tests;

public sealed class BadInputTests
{
    public static TheoryData<int> Mandatory() => [3, 4, 7, 11, 37, 41, 42, 49];

    [Theory]
    [MemberData(nameof(Mandatory))]
    public async Task MandatoryField_Missing_Is30(int field)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.Purchase().Without(field));
        Assert.Equal(("0210", "30"), (answer.Mti.ToString(), answer[39]));
        Assert.Equal($"DE {field} is missing", host.Ledger.Entries()[0].Note);
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
        Assert.Equal(1, host.Counters.FormatErrors);
    }

    [Fact]
    public async Task Card_Missing_Is30()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("30", (await client.ExchangeAsync(HostMessage.Purchase().Without(2)))[39]);
    }

    [Fact]
    public async Task OriginalData_MissingInReversal_Is30AndReversesNothing()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase());
        var answer = await client.ExchangeAsync(HostMessage.ReversalOf(HostMessage.Purchase()).Without(90));
        Assert.Equal(("0430", "30"), (answer.Mti.ToString(), answer[39]));
        Assert.Single(host.Ledger.UnreversedApprovals());
    }

    [Fact]
    public async Task Mandatory_Configured_ReplacesTheDefaults()
    {
        await using var host = await TestHost.StartAsync("defaults: { mandatory: [11, 22] }");
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("30", (await client.ExchangeAsync(HostMessage.Purchase().Without(22)))[39]);
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase(number: 2).Without(42)))[39]);
    }

    [Fact]
    public async Task UnknownType_Request_IsAnswered30()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.Purchase(mti: 0x0600));
        Assert.Equal(("0610", "30"), (answer.Mti.ToString(), answer[39]));
        Assert.Equal(0, host.Ledger.Count);
    }

    [Fact]
    public async Task Response_SentToTheHost_IsIgnoredAndCounted()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase(mti: 0x0210));
        await client.ExchangeAsync(HostMessage.Purchase());
        Assert.Equal(1, host.Counters.UnexpectedResponses);
        Assert.Equal(1, host.Ledger.Count);
    }

    [Theory]
    [InlineData("garbage garbage", HostCloseReason.BadFrame, "frame: BadHeader")]
    [InlineData("0000", HostCloseReason.BadFrame, "frame: ZeroLength")]
    [InlineData("9999", HostCloseReason.BadFrame, "frame: Oversized")]
    [InlineData("00040200", HostCloseReason.BadMessage, "bitmap: needs 16 bytes, 0 left")]
    [InlineData("0002AB", HostCloseReason.BadMessage, "MTI: needs 4 bytes, 2 left")]
    public async Task Garbage_FromOnePeer_ClosesOnlyItsConnection(string bytes, HostCloseReason reason, string fault)
    {
        await using var host = await TestHost.StartAsync();
        using var good = await HostClient.ConnectAsync(host);
        using var bad = await HostClient.ConnectAsync(host);
        await good.ExchangeAsync(HostMessage.Purchase());
        await bad.SendRawAsync(Encoding.ASCII.GetBytes(bytes));
        await bad.AssertClosedAsync();
        await Eventually.TrueAsync(() => host.Counters.Closed[reason] == 1);
        Assert.Equal(fault, host.Counters.LastFault);
        Assert.Equal("00", (await good.ExchangeAsync(HostMessage.Purchase(number: 2)))[39]);
    }

    [Fact]
    public async Task RandomBytes_OnManyConnections_HurtNoOther()
    {
        const int Seed = 20240607;
        var random = new Random(Seed);
        await using var host = await TestHost.StartAsync(dialect: IsoDialect.Binary1987);
        using var good = await HostClient.ConnectAsync(host);
        for (var number = 1; number <= 100; number++)
        {
            using var bad = await HostClient.ConnectAsync(host);
            var noise = new byte[random.Next(1, 600)];
            random.NextBytes(noise);
            await bad.SendRawAsync(noise);
            Assert.Equal("00", (await good.ExchangeAsync(HostMessage.Purchase(number: number)))[39]);
        }

        await Eventually.TrueAsync(() => host.Counters.OpenConnections == 1);
        Assert.Equal(100, host.Ledger.Count);
    }
}
