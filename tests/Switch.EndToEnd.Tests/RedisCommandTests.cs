using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>What a payment through the public API costs Redis, counted on the wire.</summary>
public sealed class RedisCommandTests
{
    private const int Requests = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Servers =>
        RedisServerFixture.IsInstalled ? ["Garnet", "redis-server"] : ["Garnet"];

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task S2_Authorize_TwoRoundTripsForANewPayment_OneForAReplay(string server)
    {
        using var garnet = server == "Garnet" ? new EmbeddedStore() : null;
        await using var process = garnet is null ? await RedisServerFixture.StartAsync(Token) : null;
        await using var redis = new RespTap(garnet?.Address ?? process!.Address);
        await using var test = await SwitchUnderTest.StartAsync(
            new SandboxSettings
            {
                PreferFixedPorts = false,
                Redis = redis.Address,
                Logging = static _ => { },
                Configuration = SwitchUnderTest.Configured(
                    ("Switch:Redis:HeartbeatInterval", "00:00:10"), ("Switch:Recovery:SweepInterval", "00:10:00")),
            },
            new LogCapture());
        // The first one loads the script.
        await test.AuthorizeAsync(Payments.Purchase());
        // Presence and canary are looked after every ten seconds, beside the payments: measured right after that.
        var beats = Beats(redis);
        await Eventually.TrueAsync(() => Beats(redis) > beats, "a heartbeat", TimeSpan.FromSeconds(20), Token);
        var requests = Enumerable.Range(0, Requests).Select(_ => Payments.Purchase()).ToList();

        var before = redis.Counts;
        foreach (var request in requests)
            Assert.Equal((Outcome.Approved, false), OutcomeOf(await test.AuthorizeAsync(request)));
        var afterNew = redis.Counts;
        foreach (var request in requests)
            Assert.Equal((Outcome.Approved, true), OutcomeOf(await test.AuthorizeAsync(request)));
        var afterReplays = redis.Counts;

        Assert.Equal("evalsha 50, set 50", RespTap.Difference(before, afterNew));
        Assert.Equal("set 50", RespTap.Difference(afterNew, afterReplays));
    }

    private static long Beats(RespTap redis) => redis.Counts.GetValueOrDefault("mget");

    private static (Outcome Outcome, bool Replayed) OutcomeOf(AuthorizeResponse answer) =>
        (answer.Outcome, answer.Replayed);
}
