using System.Runtime.CompilerServices;
using Switch.Iso8583;

namespace Switch.Simulator.Tests;

/// <summary>The files that users start from do what their comments say.</summary>
public sealed class SampleScenarioTests
{
    [Theory]
    [InlineData("alpha", 1000, "00")]
    [InlineData("alpha", 1051, "51")]
    [InlineData("alpha", 1005, "05")]
    [InlineData("alpha", 1054, "54")]
    [InlineData("alpha", 1091, "91")]
    [InlineData("alpha", 1010, "10")]
    [InlineData("alpha", 1055, "00")]
    [InlineData("beta", 1000, "00")]
    [InlineData("beta", 1051, "51")]
    [InlineData("beta", 1091, "00")]
    [InlineData("beta", 1010, "10")]
    public async Task Sample_Amount_IsAnsweredAsItsCommentsSay(string name, long amountMinor, string code)
    {
        await using var host = await StartAsync(name);
        using var client = await HostClient.ConnectAsync(host);
        Assert.Equal(code, (await client.ExchangeAsync(HostMessage.Purchase(amountMinor)))[39]);
    }

    [Theory]
    [InlineData("alpha")]
    [InlineData("beta")]
    public async Task Sample_StolenCardWrongPinAndSilence_AreAsTheirCommentsSay(string name)
    {
        await using var host = await StartAsync(name);
        using var client = await HostClient.ConnectAsync(host);
        var stolen = HostMessage.Purchase(1000, 1).With(2, "4012888888881881");
        var wrongPin = HostMessage.Purchase(1055, 2).With(52, "0011223344556677");
        Assert.Equal("43", (await client.ExchangeAsync(stolen))[39]);
        Assert.Equal("55", (await client.ExchangeAsync(wrongPin))[39]);
        await client.SendAsync(HostMessage.Purchase(1068, 3));
        await client.ExchangeAsync(HostMessage.Purchase(1000, 4));
        Assert.Equal(Delivery.Silent, Assert.Single(host.Ledger.UnreversedApprovals(HostMessage.Rrn(3))).Delivery);
    }

    private static Task<AcquirerHost> StartAsync(string name) => TestHost.StartAsync(new AcquirerHostOptions
    {
        Dialect = name == "alpha" ? IsoDialect.Ascii1987 : IsoDialect.Binary1987,
        Scenario = Scenario.Load(Path.Combine(Samples(), $"{name}.yaml")),
    });

    private static string Samples([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "..", "samples", "scenarios");
}
