using Microsoft.Extensions.Time.Testing;

namespace Switch.Simulator.Tests;

public sealed class LatencyTests
{
    private const int Draws = 100_000;

    [Fact]
    public async Task Late_Answer_ComesWhenItsTimeIsUp()
    {
        var clock = new FakeTimeProvider();
        await using var host = await TestHost.StartAsync(
            "rules: [{ when: { amount: 1 }, then: { late: 12s } }]", time: clock);
        using var client = await HostClient.ConnectAsync(host);
        await client.SendAsync(HostMessage.Purchase(1));
        // The second is answered at once: it overtakes, and shows that the first was read.
        Assert.Equal(HostMessage.Rrn(2), (await client.ExchangeAsync(HostMessage.Purchase(2, number: 2)))[37]);
        clock.Advance(TimeSpan.FromSeconds(11.9));
        Assert.Equal(HostMessage.Rrn(3), (await client.ExchangeAsync(HostMessage.Purchase(2, number: 3)))[37]);
        Assert.Equal(Delivery.Pending, host.Ledger.Find(HostMessage.Rrn(1))[0].Delivery);
        Assert.Single(host.Ledger.UnreversedApprovals(HostMessage.Rrn(1)));
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(HostMessage.Rrn(1), (await client.ReceiveAsync())[37]);
        var entry = host.Ledger.Find(HostMessage.Rrn(1))[0];
        Assert.True(entry.IsLate);
    }

    [Fact]
    public async Task Answers_DifferentLatencies_OvertakeEachOther()
    {
        var clock = new FakeTimeProvider();
        await using var host = await TestHost.StartAsync(
            """
            rules:
              - { when: { amount: 1 }, then: { latency: 30ms } }
              - { when: { amount: 2 }, then: { latency: { fixed: 20ms } } }
              - { when: { amount: 3 }, then: { latency: { uniform: 10-10ms } } }
            """,
            time: clock);
        using var client = await HostClient.ConnectAsync(host);
        for (var number = 1; number <= 3; number++) await client.SendAsync(HostMessage.Purchase(number, number));
        await client.ExchangeAsync(HostMessage.Purchase(4, number: 4));
        for (var number = 3; number >= 1; number--)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            Assert.Equal(HostMessage.Rrn(number), (await client.ReceiveAsync())[37]);
        }
    }

    [Fact]
    public async Task LateAnswer_ConnectionGone_IsCountedLost()
    {
        var clock = new FakeTimeProvider();
        await using var host = await TestHost.StartAsync("rules: [{ then: { late: 12s } }]", time: clock);
        using (var client = await HostClient.ConnectAsync(host))
        {
            await client.SendAsync(HostMessage.Purchase());
            await Eventually.TrueAsync(() => host.Ledger.Count == 1);
        }

        await Eventually.TrueAsync(() => host.Ledger.Entries()[0].Delivery == Delivery.ConnectionLost);
    }

    [Fact]
    public void Uniform_ManyDraws_StayInsideAndFillTheRange()
    {
        var latency = new Latency.Uniform(TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(20));
        var drawn = Sample(latency);
        Assert.InRange(drawn[0], 2, 2.1);
        Assert.InRange(drawn[^1], 19.9, 20);
        Assert.InRange(drawn[Draws / 2], 10.8, 11.2);
    }

    [Fact]
    public void LogNormal_ManyDraws_HaveTheStatedMedianAndP99()
    {
        var latency = new Latency.LogNormal(TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(60));
        var drawn = Sample(latency);
        Assert.InRange(drawn[Draws / 2], 7.8, 8.2);
        Assert.InRange(drawn[Draws * 99 / 100], 56, 64);
        Assert.True(drawn[0] > 0);
    }

    private static double[] Sample(Latency latency)
    {
        var draws = new SeededDraws(42);
        var drawn = new double[Draws];
        for (var i = 0; i < drawn.Length; i++) drawn[i] = latency.Draw(draws).TotalMilliseconds;
        Array.Sort(drawn);
        return drawn;
    }
}
