using System.Collections.Concurrent;
using System.Net.Sockets;

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

    /// <summary>The race that S5 stands on, without sockets: a writer and a sweeper after the same exchanges.</summary>
    [Fact]
    public async Task S5_WithdrawAndSend_NeverBothWin()
    {
        var options = new IsoLinkOptions { Endpoints = { "127.0.0.1:1" } };
        var table = new ExchangeTable(options);
        await using var link = new IsoLink(options);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var session = new LinkSession(link, 0, "none", socket);
        table.MarkReady(session);
        var pool = new BoundedPool<PendingExchange>(1);
        var written = 0;
        var withdrawn = 0;
        var unknown = 0;
        for (var round = 0; round < 2_000; round++)
        {
            for (var stan = 0; stan < 8; stan++)
            {
                var exchange = new PendingExchange(pool, true) { ExpectsReply = true, DeadlineTick = round + 1 };
                using var buffer = Samples.Authorization(options.Dialect, (round * 8 + stan) % 1_000_000);
                using var message = Samples.Parse(options.Dialect, buffer.Span);
                exchange.Key.Set(message);
                exchange.Load(buffer.Span);
                Assert.Equal(ExchangeReason.None, table.Add(exchange, out _));
            }

            var tick = round + 1;
            var writing = Task.Run(() =>
            {
                table.FillBatch(session, new byte[64 * 1024], 0, out var messages);
                written += messages;
            }, TestContext.Current.CancellationToken);
            var ended = table.Expire(tick, 0);
            await writing;
            for (var pass = 0; pass < 2; pass++, ended = table.Expire(tick + 1, 0))
            {
                for (; ended is not null; ended = ended.NextEnded)
                {
                    if (ended.Kind == ExchangeKind.NotSent) withdrawn++;
                    else unknown++;
                }
            }

            Assert.Equal(0, table.Pending);
            Assert.Equal(0, table.Queued);
        }

        Assert.Equal(16_000, withdrawn + unknown);
        Assert.Equal(written, unknown);
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
