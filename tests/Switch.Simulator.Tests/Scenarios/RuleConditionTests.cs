namespace Switch.Simulator.Tests;

public sealed class RuleConditionTests
{
    [Theory]
    [InlineData("amount: 1000", true)]
    [InlineData("amount: 999", false)]
    [InlineData("amount: 500-1000", true)]
    [InlineData("amount: [1, 2, 900-1100]", true)]
    [InlineData("amount: 1001-2000", false)]
    [InlineData("amount_ends: \"00\"", true)]
    [InlineData("amount_ends: [51, 00]", true)]
    [InlineData("amount_ends: 05", false)]
    [InlineData("amount_mod: { by: 7, is: 6 }", true)]
    [InlineData("amount_mod: { by: 7, is: 5 }", false)]
    [InlineData("pan: \"4111111111111111\"", true)]
    [InlineData("pan: \"4012888888881881\"", false)]
    [InlineData("pan: [\"4012888888881881\", \"4111111111111111\"]", true)]
    [InlineData("pan_prefix: \"411111\"", true)]
    [InlineData("pan_prefix: [5, 2]", false)]
    [InlineData("currency: 840", true)]
    [InlineData("currency: [978, 826]", false)]
    [InlineData("mcc: 5411", true)]
    [InlineData("mcc: 5812", false)]
    [InlineData("merchant: MERCHANT0000001", true)]
    [InlineData("merchant: OTHER", false)]
    [InlineData("terminal: [TERM0001, TERM0002]", true)]
    [InlineData("terminal: TERM0002", false)]
    [InlineData("kind: financial", true)]
    [InlineData("kind: [authorization, advice]", false)]
    [InlineData("mti: 0200", true)]
    [InlineData("mti: 0100", false)]
    [InlineData("processing: 00", true)]
    [InlineData("processing: 20", false)]
    [InlineData("pin: absent", true)]
    [InlineData("pin: present", false)]
    [InlineData("probability: 1", true)]
    [InlineData("amount: 1000, currency: 978", false)]
    public async Task Condition_OnPurchase_MatchesOrNot(string condition, bool isMatch)
    {
        await using var host = await TestHost.StartAsync(
            $"rules: [{{ when: {{ {condition} }}, then: {{ code: \"61\" }} }}]");
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(HostMessage.Purchase());
        Assert.Equal(isMatch ? "61" : "00", answer[39]);
    }

    [Fact]
    public async Task Pin_Present_MatchesOnlyWithPinBlock()
    {
        await using var host = await TestHost.StartAsync("rules: [{ when: { pin: present }, then: { code: \"55\" } }]");
        using var client = await HostClient.ConnectAsync(host);
        var withPin = await client.ExchangeAsync(HostMessage.Purchase().With(52, "0123456789ABCDEF"));
        var without = await client.ExchangeAsync(HostMessage.Purchase(number: 2));
        Assert.Equal(("55", "00"), (withPin[39], without[39]));
    }

    [Fact]
    public async Task Pan_InTrack2Only_Matches()
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ when: { pan: \"4111111111111111\" }, then: { code: \"43\" } }]");
        using var client = await HostClient.ConnectAsync(host);
        var answer = await client.ExchangeAsync(
            HostMessage.Purchase().Without(2).With(35, $"{HostMessage.Pan}=30121010000000000000"));
        Assert.Equal("43", answer[39]);
        Assert.Equal("411111******1111", host.Ledger.Entries()[0].MaskedPan);
    }

    [Fact]
    public async Task FirstMatch_OfTwoRules_Decides()
    {
        await using var host = await TestHost.StartAsync("""
            rules:
              - { name: first, when: { amount: 1000 }, then: { code: "05" } }
              - { name: second, then: { code: "51" } }
            """);
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal("05", (await client.ExchangeAsync(HostMessage.Purchase()))[39]);
        Assert.Equal("51", (await client.ExchangeAsync(HostMessage.Purchase(1001, number: 2)))[39]);
        Assert.Equal("first", host.Ledger.Find(HostMessage.Rrn(1))[0].Rule);
    }

    [Fact]
    public async Task Every_ThirdMatch_Applies() =>
        Assert.Equal(
            ["00", "00", "91", "00", "00", "91"], await CodesAsync("every: 3", 6));

    [Fact]
    public async Task Times_FirstTwoMatches_Apply() =>
        Assert.Equal(["91", "91", "00", "00"], await CodesAsync("times: 2", 4));

    [Fact]
    public async Task EveryAndTimes_Together_StopAfterTheStatedNumber() =>
        Assert.Equal(["00", "91", "00", "00"], await CodesAsync("every: 2, times: 1", 4));

    [Fact]
    public async Task Probability_SameSeed_RepeatsAndIsNearItsShare()
    {
        var first = await CodesAsync("probability: 0.3", 400);
        Assert.Equal(first, await CodesAsync("probability: 0.3", 400));
        Assert.InRange(first.Count(code => code == "91"), 90, 150);
        Assert.NotEqual(first, await CodesAsync("probability: 0.3", 400, seed: 2));
    }

    private static async Task<List<string?>> CodesAsync(string condition, int count, int seed = 1)
    {
        await using var host = await TestHost.StartAsync(
            $"{{ seed: {seed}, rules: [{{ when: {{ {condition} }}, then: {{ code: \"91\" }} }}] }}");
        using var client = await HostClient.ConnectAsync(host);
        var codes = new List<string?>();
        for (var number = 1; number <= count; number++)
            codes.Add((await client.ExchangeAsync(HostMessage.Purchase(number: number)))[39]);
        return codes;
    }
}
