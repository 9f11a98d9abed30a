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
                Configuration = SwitchUnderTest.Configured(),
            },
            new LogCapture());
        // The first one loads the script.
        await test.AuthorizeAsync(Payments.Purchase());
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

    private static (Outcome Outcome, bool Replayed) OutcomeOf(AuthorizeResponse answer) =>
        (answer.Outcome, answer.Replayed);
}
