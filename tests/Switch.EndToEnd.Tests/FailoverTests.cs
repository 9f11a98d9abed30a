using System.Globalization;
using Switch.Contracts.V1;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>An attempt that provably never reached a socket goes to the next acquirer (S5).</summary>
[Collection(nameof(WholeProcessMetrics))]
public sealed class FailoverTests
{
    private const string Slow968 = "rules: [{ when: { amount: 968 }, then: { latency: { fixed: 4s } } }]";

    private const string GamblingOnlyAtAlpha = """
        format: 1
        schemes: [visa]
        acquirers: [{ name: alpha }, { name: beta }]
        rules:
          - { name: gambling, when: { mcc: 7995 }, priority: [alpha], fallback: false }
        fallback:
          priority: [alpha, beta]
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S5_PendingTableFull_NothingIsSentThere_TheNextAcquirerAnswers_AndNothingIsReversed()
    {
        const int PendingMax = 2;
        await using var test = await SwitchUnderTest.StartAsync(
            ("Switch:Acquirers:alpha:PendingMax", PendingMax.ToString(CultureInfo.InvariantCulture)),
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:20"));
        test.Sandbox.Alpha.Scenario = Scenario.Parse(Slow968);
        var read = test.Sandbox.Alpha.Counters.Messages;
        var slow = Enumerable.Range(0, PendingMax).Select(_ => test.AuthorizeAsync(Payments.Purchase(968))).ToList();
        await Eventually.TrueAsync(
            () => test.Sandbox.Alpha.Counters.Messages >= read + PendingMax, "alpha has read both",
            cancellationToken: Token);

        var answer = await test.AuthorizeAsync(Payments.Purchase());

        Assert.All(slow, call => Assert.False(call.IsCompleted));
        Assert.Equal((Outcome.Approved, "beta"), (answer.Outcome, answer.Acquirer));
        Assert.Empty(test.Sandbox.Alpha.Ledger.Find(answer.RetrievalReferenceNumber));
        Assert.Single(test.Sandbox.Beta.Ledger.UnreversedApprovals(answer.RetrievalReferenceNumber));
        Assert.Equal(1, await NotSentAsync(test, "PendingFull"));
        Assert.All(
            await Task.WhenAll(slow), late => Assert.Equal((Outcome.Approved, "alpha"), (late.Outcome, late.Acquirer)));
        Assert.Empty(test.Journal.ReadAdvices());
        await test.OpenIntentsAsync(0);
        var e = Assert.Single(await test.EventsAsync(answer.TransactionId, "authorized"));
        Assert.Equal(("beta", 2), (e.Acquirer, e.Attempts));
    }

    [Fact]
    public async Task S5_NotSentAnywhere_IsDeclined91_AndTheRetryRunsAfresh()
    {
        await using var test = await SwitchUnderTest.StartAsync(
            ("Switch:Acquirers:alpha:PendingMax", "1"),
            ("Switch:Acquirers:beta:PendingMax", "1"),
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:20"),
            ("Switch:Acquirers:beta:ReplyTimeout", "00:00:20"));
        test.Sandbox.Alpha.Scenario = test.Sandbox.Beta.Scenario = Scenario.Parse(Slow968);
        var (alphaRead, betaRead) = (test.Sandbox.Alpha.Counters.Messages, test.Sandbox.Beta.Counters.Messages);
        // Both prefer alpha; the second finds it full.
        var slow = Enumerable.Range(0, 2).Select(_ => test.AuthorizeAsync(Payments.Purchase(968))).ToList();
        await Eventually.TrueAsync(
            () => test.Sandbox.Alpha.Counters.Messages > alphaRead && test.Sandbox.Beta.Counters.Messages > betaRead,
            "alpha and beta have read one each", cancellationToken: Token);
        var request = Payments.Purchase();

        var answer = await test.AuthorizeAsync(request);

        Assert.Equal(
            (Outcome.Declined, "91", DeclinedBy.TechnicalFailure),
            (answer.Outcome, answer.ResponseCode, answer.DeclinedBy));
        await Task.WhenAll(slow);
        var retry = await test.AuthorizeAsync(request);
        Assert.Equal((Outcome.Approved, "alpha", false), (retry.Outcome, retry.Acquirer, retry.Replayed));
        Assert.Empty(test.Journal.ReadAdvices());
    }

    [Fact]
    public async Task S5_RuleForbidsTheFallback_ItsAcquirerDown_NothingIsSent_91_AndTheRetryRunsAfresh()
    {
        var folder = Directory.CreateTempSubdirectory("switch-routes-").FullName;
        try
        {
            var routes = Path.Combine(folder, "routes.yaml");
            await File.WriteAllTextAsync(routes, GamblingOnlyAtAlpha, Token);
            await using var test = await SwitchUnderTest.StartAsync(("Switch:Routes:File", routes));
            test.Sandbox.Alpha.Refuse();
            await test.LinkAsync("alpha", up: false);
            var request = Payments.Purchase();
            request.MccOverride = "7995";

            var answer = await test.AuthorizeAsync(request);
            var elsewhere = await test.AuthorizeAsync(Payments.Purchase());

            Assert.Equal(
                (Outcome.Declined, "91", DeclinedBy.TechnicalFailure, ""),
                (answer.Outcome, answer.ResponseCode, answer.DeclinedBy, answer.Acquirer));
            Assert.Equal((Outcome.Approved, "beta"), (elsewhere.Outcome, elsewhere.Acquirer));
            Assert.Single(test.Sandbox.Beta.Ledger.Entries());
            Assert.Empty(test.Journal.ReadAdvices());

            test.Sandbox.Alpha.Accept();
            await test.LinkAsync("alpha", up: true);
            var retry = await test.AuthorizeAsync(request);
            Assert.Equal((Outcome.Approved, "alpha", false), (retry.Outcome, retry.Acquirer, retry.Replayed));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> NotSentAsync(SwitchUnderTest test, string reason) =>
        (await MetricsPage.ReadAsync(test.Sandbox.Management, Token))
            .Where(line => line.Is(
                "cardswitch_link_exchanges_total", [("acquirer", "alpha"), ("kind", "NotSent"), ("reason", reason)]))
            .Sum(line => line.Value);
}
