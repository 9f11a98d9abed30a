using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Every answer is on Kafka exactly once, in order (G3). Runs against the embedded broker, and against a real one too
/// when SWITCH_TEST_KAFKA names it.
/// </summary>
public sealed class OutboxTests
{
    private const string RealBrokerVariable = "SWITCH_TEST_KAFKA";

    /// <summary>Null: the embedded broker.</summary>
    public static TheoryData<string?> Brokers()
    {
        var brokers = new TheoryData<string?> { (string?)null };
        if (Environment.GetEnvironmentVariable(RealBrokerVariable) is { Length: > 0 } real) brokers.Add(real);
        return brokers;
    }

    [Theory]
    [MemberData(nameof(Brokers))]
    public async Task G3_EveryAnswer_IsOnKafkaExactlyOnce_AndAPaymentsEventsAreInOrder(string? broker)
    {
        var topic = $"payments.transaction.v1.{Guid.NewGuid():N}";
        await using var test = await StartAsync(broker, topic);
        var requests = Enumerable.Range(0, 200).Select(i => Payments.Purchase(i % 5 == 0 ? 1251 : 1290)).ToList();

        var answers = await Task.WhenAll(requests.Select(request => test.AuthorizeAsync(request)));
        foreach (var request in requests.Where((_, i) => i % 10 == 1))
            await test.Client.ReverseAsync(
                Payments.ReverseOf(request), cancellationToken: TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(
            () => test.Journal is { PendingAdvices: 0, OutboxDepth: 0 }, "every reversal settled, and an empty outbox",
            TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var reversed = requests.Where((_, i) => i % 10 == 1).Select(r =>
            r.IdempotencyKey).ToHashSet(StringComparer.Ordinal);
        var expected = answers.Select(a => $"{a.TransactionId}.authorized")
            .Concat(answers.Where(a => reversed.Contains(a.IdempotencyKey)).SelectMany(
                a => (string[])[$"{a.TransactionId}.reversal_queued", $"{a.TransactionId}.reversal_acknowledged"]))
            .ToHashSet(StringComparer.Ordinal);
        using var tail = new EventTail(test.Sandbox.Broker, topic, TimeProvider.System);
        var events = tail.ReadUntil(expected, TimeSpan.FromSeconds(20));

        Assert.Equal(240, expected.Count);
        Assert.Equal(expected.Order(StringComparer.Ordinal), events.Select(e =>
            e.EventId).Order(StringComparer.Ordinal));
        foreach (var payment in events.GroupBy(e => e.RootTransactionId))
            Assert.Equal(payment.Select(e => e.Sequence).Order(), payment.Select(e => e.Sequence));
        foreach (var answer in answers)
        {
            var told = events.Single(e => e.EventId == $"{answer.TransactionId}.authorized");
            Assert.Equal((answer.Outcome, answer.ResponseCode), (told.Outcome, told.ResponseCode));
            Assert.Equal(("411111", "1111", 64), (told.CardFirstSix, told.CardLastFour, told.CardToken.Length));
        }
    }

    [Theory]
    [MemberData(nameof(Brokers))]
    public async Task G3_StoppedRightAfterTheAnswers_StopAndNextStartPublishThemAll(string? broker)
    {
        var topic = $"payments.transaction.v1.{Guid.NewGuid():N}";
        await using var test = await StartAsync(broker, topic);
        var requests = Enumerable.Range(0, 50).Select(_ => Payments.Purchase()).ToList();
        var answers = await Task.WhenAll(requests.Select(request => test.AuthorizeAsync(request)));
        foreach (var request in requests)
            await test.Client.ReverseAsync(
                Payments.ReverseOf(request), cancellationToken: TestContext.Current.CancellationToken);
        await test.Sandbox.StopSwitchAsync();
        await test.Sandbox.StartSwitchAsync(TestContext.Current.CancellationToken);

        var expected = answers.SelectMany(IdsOf).ToHashSet(StringComparer.Ordinal);
        using var tail = new EventTail(test.Sandbox.Broker, topic, TimeProvider.System);
        var events = tail.ReadUntil(expected, TimeSpan.FromSeconds(20));

        Assert.Equal(expected.Count, events.DistinctBy(e => e.EventId).Count());
        // What was handed over in the last moment before the stop may come again, so a consumer keeps the first.
        foreach (var answer in answers)
        {
            Assert.Equal(
                IdsOf(answer),
                events.Where(e => e.RootTransactionId == answer.TransactionId).Select(e => e.EventId).Distinct());
        }
    }

    private static string[] IdsOf(AuthorizeResponse reversed) =>
        [.. ((string[])["authorized", "reversal_queued", "reversal_acknowledged"]).Select(
            type => $"{reversed.TransactionId}.{type}")];

    private static Task<SwitchUnderTest> StartAsync(string? broker, string topic) =>
        SwitchUnderTest.StartAsync(
            new SandboxSettings
            {
                PreferFixedPorts = false,
                Kafka = broker,
                Logging = static _ => { },
                Configuration = SwitchUnderTest.Configured(("Switch:Kafka:Topic", topic)),
            },
            new LogCapture());
}
