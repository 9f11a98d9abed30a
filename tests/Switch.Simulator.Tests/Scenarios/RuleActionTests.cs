using Switch.Iso8583;

namespace Switch.Simulator.Tests;

/// <summary>Every action of a rule, seen from the other end of the socket, in both dialects.</summary>
public sealed class RuleActionTests
{
    public static TheoryData<string> Dialects() => ["iso1987-ascii", "iso1987-binary"];

    [Fact]
    public async Task Code_OnAmountEnding_DeclinesWithoutApprovalCode()
    {
        await using var host = await TestHost.StartAsync("""
            rules:
              - when: { amount_ends: "51" }
                then: { code: "51" }
            """);
        using var client = await HostClient.ConnectAsync(host);
        var declined = await client.ExchangeAsync(HostMessage.Purchase(1051));
        var approved = await client.ExchangeAsync(HostMessage.Purchase(1052, number: 2));
        Assert.Equal(("51", null), (declined[39], declined[38]));
        Assert.Equal("00", approved[39]);
        Assert.Equal(1052, host.Ledger.NetMinor("840"));
        Assert.Equal("line 2", host.Ledger.Find(HostMessage.Rrn(1))[0].Rule);
    }

    [Fact]
    public async Task Partial_Half_GrantsHalfInField4AndAskedInField54()
    {
        await using var host = await TestHost.StartAsync("rules: [{ then: { partial: 50% } }]");
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.Purchase(1010));
        Assert.Equal("10", answer[39]);
        Assert.Equal("000000000505", answer[4]);
        Assert.Equal("0057840D000000001010", answer[54]);
        Assert.NotNull(answer[38]);
        var entry = Assert.Single(host.Ledger.UnreversedApprovals(HostMessage.Rrn(1)));
        Assert.Equal((1010L, 505L), (entry.AmountMinor, entry.ApprovedMinor));
    }

    [Fact]
    public async Task Partial_Duplicate_GetsTheSameAmountsAndMovesNothing()
    {
        await using var host = await TestHost.StartAsync("rules: [{ then: { partial: 50% } }]");
        using var client = await HostClient.ConnectAsync(host);
        var first = await client.ExchangeAsync(HostMessage.Purchase(1010));
        var second = await client.ExchangeAsync(HostMessage.Purchase(1010));
        Assert.Equal(first.Fields, second.Fields);
        Assert.Equal(505, host.Ledger.NetMinor("840"));
    }

    [Fact]
    public async Task Silent_Request_IsApprovedInTheBooksButNotAnswered()
    {
        await using var host = await TestHost.StartAsync("""
            rules:
              - when: { amount: 68 }
                then: silent
            """);
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase(68));
        var next = await client.ExchangeAsync(HostMessage.Purchase(69, number: 2));
        Assert.Equal(HostMessage.Rrn(2), next[37]);
        var entry = Assert.Single(host.Ledger.UnreversedApprovals(HostMessage.Rrn(1)));
        Assert.Equal(Delivery.Silent, entry.Delivery);
        Assert.Equal(1, host.Counters.Unanswered);
    }

    [Fact]
    public async Task SilentLost_Request_NeverReachesTheBooks()
    {
        await using var host = await TestHost.StartAsync("rules: [{ when: { amount: 68 }, then: { silent: lost } }]");
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase(68));
        await client.ExchangeAsync(HostMessage.Purchase(69, number: 2));
        Assert.Empty(host.Ledger.Find(HostMessage.Rrn(1)));
    }

    [Fact]
    public async Task AnswerTwice_Request_IsAnsweredTwice()
    {
        await using var host = await TestHost.StartAsync("rules: [{ then: answer_twice }]");
        using var client = await HostClient.ConnectAsync(host);
        var first = await client.ExchangeAsync(HostMessage.Purchase());
        var second = await client.ReceiveAsync();
        Assert.Equal(first.Fields, second.Fields);
        await Eventually.TrueAsync(() => host.Ledger.Entries()[0].Delivery == Delivery.SentTwice);
        Assert.Equal(1000, host.Ledger.NetMinor("840"));
    }

    [Theory]
    [InlineData("before", 0)]
    [InlineData("instead", 1)]
    public async Task Disconnect_WithoutAnswer_ClosesAndBooksOnlyWhatWasProcessed(string when, int entries)
    {
        await using var host = await TestHost.StartAsync($"rules: [{{ then: {{ disconnect: {when} }} }}]");
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase());
        await client.AssertClosedAsync();
        await Eventually.TrueAsync(() => host.Counters.Closed[HostCloseReason.Scenario] == 1);
        Assert.Equal(entries, host.Ledger.UnreversedApprovals().Count);
        if (entries == 1) Assert.Equal(Delivery.Disconnected, host.Ledger.Entries()[0].Delivery);
    }

    [Fact]
    public async Task DisconnectAfter_Request_IsAnsweredThenClosed()
    {
        await using var host = await TestHost.StartAsync("rules: [{ then: { disconnect: after } }]");
        // Many times, because a reset in place of an orderly end would show only now and then.
        for (var number = 1; number <= 50; number++)
        {
            using var client = await HostClient.ConnectAsync(host);
            Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase(number: number)))[39]);
            Assert.True((await client.ReadFrameAsync()).IsEnd);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Garbage_Answer_IsNoFrame(string dialect)
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ then: { malformed: garbage } }]", IsoDialect.Resolve(dialect));
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase());
        var frame = await client.ReadFrameAsync();
        Assert.True(frame.Fault is FrameFault.BadHeader or FrameFault.Oversized, frame.Fault.ToString());
        await Eventually.TrueAsync(() => host.Ledger.Entries()[0].Delivery == Delivery.Malformed);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Truncated_Answer_EndsInsideTheFrame(string dialect)
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ then: { malformed: truncated } }]", IsoDialect.Resolve(dialect));
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase());
        var frame = await client.ReadFrameAsync();
        Assert.Equal(FrameFault.Truncated, frame.Fault);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Oversized_Answer_ExceedsTheDialectsBound(string dialect)
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ then: { malformed: oversized } }]", IsoDialect.Resolve(dialect));
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase());
        var frame = await client.ReadFrameAsync();
        Assert.Equal(FrameFault.Oversized, frame.Fault);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task BadBitmap_Answer_IsAFrameButNoMessage(string dialect)
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ then: { malformed: bad_bitmap } }]", IsoDialect.Resolve(dialect));
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase());
        var frame = await client.ReadFrameAsync();
        Assert.True(frame.IsMessage);
        using var message = IsoMessage.Rent(host.Dialect);
        Assert.False(message.TryParse(frame.Message.Span, out _));
    }

    [Fact]
    public async Task DropAndChangeField_KeyFields_AreNotEchoed()
    {
        await using var host = await TestHost.StartAsync("""
            rules:
              - then: { drop_field: [11], change_field: { 41: "WRONG001", 48: "a note", 64: "0102030405060708" } }
            """);
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.Purchase());
        Assert.Null(answer[11]);
        Assert.Equal(("WRONG001", "a note", "0102030405060708"), (answer[41], answer[48], answer[64]));
        Assert.Equal(HostMessage.Rrn(1), answer[37]);
        Assert.Equal("TERM0001", host.Ledger.Entries()[0].Terminal);
    }

    [Fact]
    public async Task ChangeField_BeyondTheDialect_IsRefusedWithItsLine()
    {
        var fault = await Assert.ThrowsAsync<ScenarioException>(() => TestHost.StartAsync("""
            rules:
              - then: { change_field: { 39: "TOOLONG" } }
            """));
        Assert.Contains("scenario:2: then.change_field: DE 39", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scenario_Exchanged_DecidesTheNextMessage()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
        host.Scenario = Scenario.Parse("defaults: { code: \"91\" }");
        Assert.Equal("91", (await client.ExchangeAsync(HostMessage.Purchase(number: 2)))[39]);
        host.Scenario = Scenario.ApproveAll;
        Assert.Equal("00", (await client.ExchangeAsync(HostMessage.Purchase(number: 3)))[39]);
    }
}
