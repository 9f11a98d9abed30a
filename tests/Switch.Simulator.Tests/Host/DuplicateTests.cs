namespace Switch.Simulator.Tests;

public sealed class DuplicateTests
{
    [Fact]
    public async Task Repeat_Exact_GetsTheFirstAnswerAndMovesMoneyOnce()
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ when: { times: 1 }, then: approve }, { then: { code: \"05\" } }]");
        using var client = await HostClient.ConnectAsync(host);
        var first = await client.ExchangeAsync(HostMessage.Purchase());
        var second = await client.ExchangeAsync(HostMessage.Purchase());
        Assert.Equal(first.Fields, second.Fields);
        Assert.Equal(1, host.Ledger.DuplicateSends);
        Assert.Equal(1000, host.Ledger.NetMinor("840"));
        var entries = host.Ledger.Find(HostMessage.Rrn(1));
        Assert.Equal([null, 1L], entries.Select(entry => entry.DuplicateOf));
        Assert.Equal([1000L, 0L], entries.Select(entry => entry.ApprovedMinor));
        Assert.Single(host.Ledger.UnreversedApprovals(HostMessage.Rrn(1)));
    }

    [Fact]
    public async Task Repeat_OfADecline_IsDeclinedAgain()
    {
        await using var host = await TestHost.StartAsync("rules: [{ when: { times: 1 }, then: { code: \"51\" } }]");
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("51", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
        Assert.Equal("51", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
        Assert.Empty(host.Ledger.UnreversedApprovals());
    }

    [Fact]
    public async Task Repeat_DeclinePolicy_Is94()
    {
        await using var host = await TestHost.StartAsync("duplicates: { answer: \"94\" }");
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase());
        var second = await client.ExchangeAsync(HostMessage.Purchase());
        Assert.Equal(("94", null), (second[39], second[38]));
        Assert.Equal(1000, host.Ledger.NetMinor("840"));
    }

    [Theory]
    [InlineData("exact", 2)]
    [InlineData("rrn", 1)]
    public async Task SecondSend_BuiltAfresh_IsADuplicateOnlyByRrn(string match, int approvals)
    {
        await using var host = await TestHost.StartAsync($"duplicates: {{ match: {match} }}");
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase());
        await client.ExchangeAsync(HostMessage.Purchase().With(7, "0607080911").With(11, "000002"));
        Assert.Equal(approvals, host.Ledger.UnreversedApprovals(HostMessage.Rrn(1)).Count);
    }

    [Theory]
    [InlineData(7, "0607080911")]
    [InlineData(11, "000009")]
    [InlineData(37, "999999999999")]
    [InlineData(41, "TERM0009")]
    [InlineData(42, "MERCHANT0000009")]
    public async Task OtherRequest_AnyKeyFieldDiffers_IsNoDuplicate(int field, string value)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase());
        await client.ExchangeAsync(HostMessage.Purchase().With(field, value));
        Assert.Equal(0, host.Ledger.DuplicateSends);
        Assert.Equal(2000, host.Ledger.NetMinor("840"));
    }

    [Fact]
    public async Task Repeat_OnManyConnectionsAtOnce_MovesMoneyOnce()
    {
        await using var host = await TestHost.StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => HostClient.ConnectAsync(host)));
        for (var number = 1; number <= 50; number++)
            await Task.WhenAll(clients.Select(client => client.ExchangeAsync(HostMessage.Purchase(100, number))));
        Assert.Equal(50 * 100, host.Ledger.NetMinor("840"));
        Assert.Equal(50 * 7, host.Ledger.DuplicateSends);
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task Advice_Repeated0221_IsRecordedOnce()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("0230", (await client.ExchangeAsync(HostMessage.Purchase(mti: 0x0220))).Mti.ToString());
        var repeat = await client.ExchangeAsync(HostMessage.Purchase(mti: 0x0221).With(7, "0607080999"));
        Assert.Equal(("0230", "00"), (repeat.Mti.ToString(), repeat[39]));
        var total = Assert.Single(host.Ledger.Totals());
        Assert.Equal((LedgerKind.Advice, 1L, 1000L), (total.Kind, total.NetCount, total.NetMinor));
        Assert.Equal(0, host.Ledger.NetMinor("840"));
    }

    [Fact]
    public async Task Refund_Approved_IsACredit()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase(1000));
        await client.ExchangeAsync(HostMessage.Purchase(300, number: 2).With(3, "200000"));
        Assert.Equal(700, host.Ledger.NetMinor("840"));
        Assert.Equal([LedgerKind.Debit, LedgerKind.Credit], host.Ledger.Totals().Select(total => total.Kind));
    }
}
