using Switch.Iso8583;

namespace Switch.Simulator.Tests;

public sealed class ApprovalTests
{
    public static TheoryData<string> Dialects() => ["iso1987-ascii", "iso1987-binary"];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Request_NoRules_IsApprovedWithEchoFields(string dialect)
    {
        await using var host = await TestHost.StartAsync(dialect: IsoDialect.Resolve(dialect));
        using var client = await HostClient.ConnectAsync(host);
        var request = HostMessage.Purchase(1234);

        var answer = await client.ExchangeAsync(request);

        Assert.Equal(Mti.FinancialResponse, answer.Mti);
        Assert.Equal("00", answer[39]);
        Assert.Matches("^[0-9]{6}$", answer[38]);
        foreach (var field in host.Dialect.EchoFields.ToArray()) Assert.Equal(request[field], answer[field]);
        Assert.Null(answer[14]);
    }

    [Theory]
    [InlineData(0x0100, "0110")]
    [InlineData(0x0200, "0210")]
    [InlineData(0x0220, "0230")]
    [InlineData(0x0120, "0130")]
    public async Task Request_EachType_IsAnsweredWithItsResponse(ushort mti, string expected)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.Purchase(mti: mti));
        Assert.Equal(expected, answer.Mti.ToString());
        Assert.Equal("00", answer[39]);
    }

    [Fact]
    public async Task Approval_InLedger_HasEveryFactAndNoPan()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.Purchase(1234));
        await Eventually.TrueAsync(() => host.Ledger.Entries()[0].Delivery == Delivery.Sent);

        var entry = Assert.Single(host.Ledger.Find(HostMessage.Rrn(1)));
        Assert.Equal(LedgerKind.Debit, entry.Kind);
        Assert.Equal(("0200", "000001", HostMessage.Time), (entry.Mti, entry.Stan, entry.TransmissionTime));
        Assert.Equal(("TERM0001", "MERCHANT0000001"), (entry.Terminal, entry.Merchant));
        Assert.Equal((1234L, 1234L, "840"), (entry.AmountMinor, entry.ApprovedMinor, entry.Currency));
        Assert.Equal("411111******1111", entry.MaskedPan);
        Assert.Equal(("00", answer[38]), (entry.ResponseCode, entry.ApprovalCode));
        Assert.Equal(1234, host.Ledger.NetMinor("840"));
        Assert.Single(host.Ledger.UnreversedApprovals(HostMessage.Rrn(1)));
    }

    [Fact]
    public async Task ApprovalCode_SameSeedAndRrn_IsTheSame()
    {
        await using var first = await TestHost.StartAsync();
        await using var second = await TestHost.StartAsync();
        using var toFirst = await HostClient.ConnectAsync(first);
        using var toSecond = await HostClient.ConnectAsync(second);
        var one = await toFirst.ExchangeAsync(HostMessage.Purchase());
        var same = await toSecond.ExchangeAsync(HostMessage.Purchase());
        var other = await toSecond.ExchangeAsync(HostMessage.Purchase(number: 2));
        Assert.Equal(one[38], same[38]);
        Assert.NotEqual(one[38], other[38]);
    }
}
