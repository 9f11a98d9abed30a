using System.Collections.Concurrent;

namespace Switch.Iso8583.Tests;

public sealed class LinkStressTests
{
    private const int Seed = 20_26;

    /// <summary>
    /// Many callers, short timeouts, and a host that answers, stays silent, answers late and hangs up. The host's
    /// ledger judges every result.
    /// </summary>
    [Fact]
    public async Task S5_UnderMisbehaviour_NoResultContradictsTheHostsLedger()
    {
        const int Callers = 16;
        const int PerCaller = 250;
        await using var fixture = await LinkFixture.StartAsync(configure: options =>
        {
            options.Connections = 3;
            options.Breaker.ConsecutiveFailures = 10_000;
            options.Breaker.MinOutcomes = 1_000_000;
        });
        var ledger = new ConcurrentDictionary<int, int>();
        fixture.Host.OnRequest = request => MisbehaveAsync(request, ledger);
        var results = new ConcurrentDictionary<int, (ExchangeKind Kind, ExchangeReason Reason)>();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var random = new Random(Seed + caller);
            for (var i = 1; i <= PerCaller; i++)
            {
                var stan = caller * PerCaller + i;
                using var result = await fixture.SendAsync(stan, TimeSpan.FromMilliseconds(random.Next(1, 40)));
                results[stan] = (result.Kind, result.Reason);
                if (result.Kind != ExchangeKind.Replied) continue;
                var isOwn = result.Reply!.TryGetInt64(11, out var replied) && replied == stan;
                Assert.True(isOwn, $"seed {Seed}, STAN {stan}");
            }
        })));
        await fixture.Link.StopAsync(LinkFixture.Long);
        Assert.Equal(Callers * PerCaller, results.Count);
        foreach (var (stan, result) in results)
        {
            var times = ledger.GetValueOrDefault(stan);
            Assert.True(times <= 1, $"seed {Seed}: STAN {stan} arrived {times} times");
            if (result.Kind == ExchangeKind.NotSent) Assert.True(times == 0, $"seed {Seed}: NotSent {stan} arrived");
            if (result.Kind == ExchangeKind.Replied) Assert.True(times == 1, $"seed {Seed}: {stan} was never there");
        }

        Assert.Equal(0, fixture.Link.Pending);
        Assert.Equal(0, fixture.Link.Queued);
        Assert.Contains(results.Values, r => r.Kind == ExchangeKind.Replied);
        Assert.Contains(results.Values, r => r.Reason == ExchangeReason.TimedOut);
        Assert.Contains(results.Values, r => r.Reason == ExchangeReason.ConnectionLost);
        Assert.Empty(fixture.Observer.Unmatched);
    }

    private static async Task MisbehaveAsync(HostRequest request, ConcurrentDictionary<int, int> ledger)
    {
        ledger.AddOrUpdate(request.Stan, 1, static (_, times) => times + 1);
        var dice = (uint)HashCode.Combine(request.Stan, Seed) % 1000;
        if (dice < 3) request.Connection.Close();
        else if (dice < 50) return;
        else if (dice < 100) await Task.Delay(TimeSpan.FromMilliseconds(dice - 50), TimeProvider.System);
        await request.ReplyAsync("00");
    }
}
