using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Switch.Simulator.Tests;

/// <summary>Requests that arrive together: their answers leave together, and none waits for the next request.</summary>
public sealed class BurstTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1000)]
    public async Task Requests_InOneWrite_AreAllAnsweredInOrder(int count)
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.SendTogetherAsync(Purchases(count));
        await AssertAnsweredAsync(client, 1, count);
        await Eventually.TrueAsync(() => host.Counters.Answers == count);
        Assert.Equal(
            Enumerable.Range(1, count).Select(number => ((long)number, HostMessage.Rrn(number), Delivery.Sent)),
            host.Ledger.Entries().Select(entry => (entry.Sequence, entry.Rrn, entry.Delivery)));
    }

    [Fact]
    public async Task Requests_MoreThanMayWait_AreAllAnsweredInOrder()
    {
        await using var host = await TestHost.StartAsync(new AcquirerHostOptions { MaxPendingPerConnection = 3 });
        using var client = await HostClient.ConnectAsync(host);
        await client.SendTogetherAsync(Purchases(20));
        await AssertAnsweredAsync(client, 1, 20);
    }

    [Fact]
    public async Task HalfARequest_AfterWholeOnes_HoldsNoAnswerBack()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.SendTogetherAsync(Purchases(5), "02"u8.ToArray());
        await AssertAnsweredAsync(client, 1, 5);
    }

    [Fact]
    public async Task BadFrame_AfterRequests_IsReadOnlyAfterTheirAnswers()
    {
        await using var host = await TestHost.StartAsync();
        using var client = await HostClient.ConnectAsync(host);
        await client.SendTogetherAsync(Purchases(5), "none"u8.ToArray());
        await AssertAnsweredAsync(client, 1, 5);
        await client.AssertClosedAsync();
        Assert.Equal(1, host.Counters.Closed[HostCloseReason.BadFrame]);
    }

    [Fact]
    public async Task DisconnectAfter_AmongOthers_LetsEarlierAnswersGoFirst()
    {
        await using var host = await TestHost.StartAsync(
            "rules: [{ when: { amount: 666 }, then: { disconnect: after } }]");
        using var client = await HostClient.ConnectAsync(host);
        await client.SendTogetherAsync([.. Purchases(5), HostMessage.Purchase(666, 6)]);
        await AssertAnsweredAsync(client, 1, 6);
        await client.AssertClosedAsync();
        Assert.All(host.Ledger.Entries(), entry => Assert.Equal(Delivery.Sent, entry.Delivery));
    }

    [Fact]
    public async Task Latency_AmongOthers_HoldsOnlyItsOwnAnswer()
    {
        var time = new FakeTimeProvider();
        await using var host = await TestHost.StartAsync(
            "rules: [{ when: { amount: 666 }, then: { latency: 5s } }]", time: time);
        using var client = await HostClient.ConnectAsync(host);
        await client.SendTogetherAsync([HostMessage.Purchase(666, 9), .. Purchases(5)]);
        await AssertAnsweredAsync(client, 1, 5);
        time.Advance(TimeSpan.FromSeconds(5));
        await AssertAnsweredAsync(client, 9, 1);
    }

    private static IEnumerable<HostMessage> Purchases(int count) =>
        Enumerable.Range(1, count).Select(number => HostMessage.Purchase(number: number));

    private static async Task AssertAnsweredAsync(HostClient client, int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            var answer = await client.ReceiveAsync();
            Assert.Equal((number.ToString("D6", CultureInfo.InvariantCulture), "00"), (answer[11], answer[39]));
        }
    }
}
