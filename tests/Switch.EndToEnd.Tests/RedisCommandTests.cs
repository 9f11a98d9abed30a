using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>What a payment through the public API costs Redis, as redis-server itself counts it.</summary>
public sealed class RedisCommandTests
{
    private const int Requests = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Servers => RedisServerFixture.IsInstalled ? ["redis-server"] : [];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Servers))]
    public async Task S2_Authorize_TwoRoundTripsForANewPayment_OneForAReplay(string server)
    {
        Assert.NotEmpty(server);
        await using var redis = await RedisServerFixture.StartAsync(Token);
        await using var test = await SwitchUnderTest.StartAsync(
            new SandboxSettings
            {
                PreferFixedPorts = false,
                Redis = redis.Address,
                Logging = static _ => { },
                Configuration = SwitchUnderTest.Configured(("Switch:Redis:HeartbeatInterval", "00:00:10")),
            },
            new LogCapture());
        // The first one loads the script.
        await test.AuthorizeAsync(Payments.Purchase());
        // Presence and canary are looked after every ten seconds, beside the payments: measured right after that.
        var beats = await BeatsAsync(redis);
        await Eventually.TrueAsync(
            async () => await BeatsAsync(redis) > beats, "a heartbeat", TimeSpan.FromSeconds(20), Token);
        var requests = Enumerable.Range(0, Requests).Select(_ => Payments.Purchase()).ToList();

        var before = await redis.CommandCountsAsync(Token);
        foreach (var request in requests)
            Assert.Equal((Outcome.Approved, false), OutcomeOf(await test.AuthorizeAsync(request)));
        var afterNew = await redis.CommandCountsAsync(Token);
        foreach (var request in requests)
            Assert.Equal((Outcome.Approved, true), OutcomeOf(await test.AuthorizeAsync(request)));
        var afterReplays = await redis.CommandCountsAsync(Token);

        // A completion is one EVALSHA, one round trip; redis-server counts the GET and the SET inside it too.
        Assert.Equal("evalsha 50, get 50, set 100", RedisCommandCounts.Difference(before, afterNew));
        Assert.Equal("set 50", RedisCommandCounts.Difference(afterNew, afterReplays));
    }

    private static async Task<long> BeatsAsync(RedisServerFixture redis) =>
        (await redis.CommandCountsAsync(Token)).GetValueOrDefault("mget");

    private static (Outcome Outcome, bool Replayed) OutcomeOf(AuthorizeResponse answer) =>
        (answer.Outcome, answer.Replayed);
}
