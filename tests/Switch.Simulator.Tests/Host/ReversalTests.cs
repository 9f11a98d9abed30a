namespace Switch.Simulator.Tests;

public sealed class ReversalTests
{
    [Theory]
    [InlineData(0x0400, "0410")]
    [InlineData(0x0401, "0410")]
    [InlineData(0x0420, "0430")]
    [InlineData(0x0421, "0430")]
    public async Task Reversal_KnownOriginal_GivesTheMoneyBack(ushort mti, string response)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        var purchase = HostMessage.Purchase();
        await client.ExchangeAsync(purchase);
        var answer = await client.ExchangeAsync(HostMessage.ReversalOf(purchase, mti));
        Assert.Equal((response, "00"), (answer.Mti.ToString(), answer[39]));
        Assert.Equal("900001", answer[11]);
        Assert.Empty(host.Ledger.UnreversedApprovals());
        Assert.Equal(0, host.Ledger.NetMinor("840"));
        var entries = host.Ledger.Find(HostMessage.Rrn(1));
        Assert.Equal(2, entries[0].ReversedBy);
        Assert.Equal(1, entries[1].Original);
        var total = Assert.Single(host.Ledger.Totals());
        Assert.Equal((1L, 1L, 1000L), (total.ApprovedCount, total.ReversedCount, total.ReversedMinor));
    }

    [Theory]
    [InlineData("", "00")]
    [InlineData("reversals: { already_reversed: \"21\" }", "21")]
    public async Task Reversal_Twice_CountsOnceAndAnswersAsConfigured(string scenario, string code)
    {
        await using var host = await TestHost.StartAsync(scenario.Length > 0 ? scenario : null);
        using var client = await HostClient.ConnectAsync(host);
        var purchase = HostMessage.Purchase();
        await client.ExchangeAsync(purchase);
        await client.ExchangeAsync(HostMessage.ReversalOf(purchase));
        var second = await client.ExchangeAsync(HostMessage.ReversalOf(purchase, 0x0421));
        Assert.Equal(code, second[39]);
        Assert.Equal(1, Assert.Single(host.Ledger.Totals()).ReversedCount);
        Assert.Equal(1, host.Ledger.DuplicateSends);
    }

    [Fact]
    public async Task Reversal_UnknownOriginal_Is25()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.ReversalOf(HostMessage.Purchase()));
        Assert.Equal("25", answer[39]);
    }

    [Theory]
    [InlineData(11, "000002", "the STAN in DE 90 differs")]
    [InlineData(7, "0607080911", "the time in DE 90 differs")]
    [InlineData(41, "TERM0009", "DE 41 differs")]
    [InlineData(42, "OTHER", "DE 42 differs")]
    public async Task Reversal_KeyFieldDiffers_IsUnknownAndNamesTheNearestMiss(int field, string value, string miss)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.ExchangeAsync(HostMessage.Purchase());
        var answer = await client.ExchangeAsync(HostMessage.ReversalOf(HostMessage.Purchase().With(field, value)));
        Assert.Equal("25", answer[39]);
        Assert.Equal($"RRN known from entry 1, but {miss}", host.Ledger.Entries()[1].Note);
        Assert.Single(host.Ledger.UnreversedApprovals());
    }

    [Theory]
    [InlineData("", "12")]
    [InlineData("reversals: { late_original: \"94\" }", "94")]
    [InlineData("reversals: { late_original: accept }", "00")]
    public async Task S9_ReversalFirst_DeclinesItsOriginalAsConfigured(string scenario, string code)
    {
        await using var host = await TestHost.StartAsync(scenario.Length > 0 ? scenario : null);
        using var client = await HostClient.ConnectAsync(host);
        var purchase = HostMessage.Purchase();
        Assert.Equal("25", (await client.ExchangeAsync(HostMessage.ReversalOf(purchase)))[39]);
        Assert.Equal(code, (await client.ExchangeAsync(purchase))[39]);
        Assert.Equal(code == "00" ? 1 : 0, host.Ledger.UnreversedApprovals().Count);
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase(number: 2)))[39]);
    }

    [Fact]
    public async Task Reversal_OfADecline_IsAcceptedWithoutEffect()
    {
        await using var host = await TestHost.StartAsync("defaults: { code: \"05\" }");
        using var client = await HostClient.ConnectAsync(host);
        var purchase = HostMessage.Purchase();
        await client.ExchangeAsync(purchase);
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.ReversalOf(purchase)))[39]);
        Assert.Empty(host.Ledger.Totals());
    }

    [Fact]
    public async Task Reversal_RefusedByRuleTwice_SucceedsTheThirdTime()
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ when: { kind: reversal, times: 2 }, then: { code: \"91\" } }]");
        using var client = await HostClient.ConnectAsync(host);
        var purchase = HostMessage.Purchase();
        await client.ExchangeAsync(purchase);
        Assert.Equal("91", (await client.ExchangeAsync(HostMessage.ReversalOf(purchase)))[39]);
        Assert.Equal("91", (await client.ExchangeAsync(HostMessage.ReversalOf(purchase, 0x0421)))[39]);
        Assert.Single(host.Ledger.UnreversedApprovals());
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.ReversalOf(purchase, 0x0421)))[39]);
        Assert.Empty(host.Ledger.UnreversedApprovals());
    }

    [Fact]
    public async Task Reversal_OfAPartialApproval_ReturnsWhatWasGranted()
    {
        await using var host = await TestHost.StartAsync("rules: [{ then: { partial: 50% } }]");
        using var client = await HostClient.ConnectAsync(host);
        var purchase = HostMessage.Purchase();
        await client.ExchangeAsync(purchase);
        await client.ExchangeAsync(HostMessage.ReversalOf(purchase));
        Assert.Equal(500, Assert.Single(host.Ledger.Totals()).ReversedMinor);
        Assert.Equal(0, host.Ledger.NetMinor("840"));
    }

    [Fact]
    public async Task Repeat_AfterReversal_GetsItsOldAnswerAndMovesNothing()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        var purchase = HostMessage.Purchase();
        await client.ExchangeAsync(purchase);
        await client.ExchangeAsync(HostMessage.ReversalOf(purchase));
        Assert.Equal("00", (await client.ExchangeAsync(purchase))[39]);
        Assert.Empty(host.Ledger.UnreversedApprovals());
    }
}
