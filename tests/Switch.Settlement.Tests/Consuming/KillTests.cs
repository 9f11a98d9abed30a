using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;
using Switch.Testing;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>The program itself, killed again and again while it consumes.</summary>
public sealed class KillTests
{
    private const int Payments = 4_000;
    private const int Kills = 5;

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Settlement_KilledWhileConsuming_SameBooks(string kind)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        long Consumed() => store.Number("SELECT CAST(COALESCE(SUM(next_offset), 0) AS BIGINT) FROM consumed");

        for (var kill = 0; kill < Kills; kill++)
        {
            EventConsumerTests.SendPayments(topic, seed: 7, kill * Payments / Kills, (kill + 1) * Payments / Kills);
            topic.Flush();
            using var process = Start(topic, store);
            var before = Consumed();
            // As soon as it has written anything, so in the middle of the rest.
            await Eventually.TrueAsync(
                () => Consumed() > before || process.HasExited, "it writes", TimeSpan.FromSeconds(90),
                cancellationToken);
            await process.KillAsync();
        }

        using (var last = Start(topic, store))
        {
            await Eventually.TrueAsync(
                () => Consumed() == topic.Sent, "all is consumed", TimeSpan.FromSeconds(120), cancellationToken);
            await last.TerminateAsync();
            Assert.Equal(0, last.ExitCode);
        }

        BooksWriterTests.AssertBalanced(store);
        Assert.Equal(EventConsumerTests.Expected(kind, seed: 7, Payments), BooksDigest.Of(store.Database));
    }

    [Fact]
    public async Task Settlement_FaultyConfiguration_NamesEveryFaultAndEnds()
    {
        using var process = Start(
            "Settlement:Database=nonsense", "Settlement:Kafka:Topic=a b", "Settlement:Batch:EventsMax=0");
        await process.ExitAsync();

        Assert.Equal(2, process.ExitCode);
        Assert.Contains("Topic", process.Said, StringComparison.Ordinal);
        Assert.Contains("expected sqlite:PATH", process.Said, StringComparison.Ordinal);
        Assert.Contains("EventsMax", process.Said, StringComparison.Ordinal);
    }

    private static SettlementProcess Start(TestTopic topic, TestStore store) => Start(
        $"Settlement:Database={store.Connection}", $"Settlement:Kafka:BootstrapServers={topic.Address}",
        $"Settlement:Terms={SampleTerms.Path}", "Settlement:Batch:EventsMax=100",
        "Settlement:Query:Grpc=127.0.0.1:0", "Settlement:Query:Json=127.0.0.1:0",
        // A killed consumer's partitions are free again after this.
        "Settlement:Kafka:Client:session.timeout.ms=6000", "Settlement:Kafka:Client:heartbeat.interval.ms=500",
        "Logging:LogLevel:Default=Warning");

    private static SettlementProcess Start(params string[] settings) =>
        SettlementProcess.Start(settings.SelectMany(static setting => (string[])["--set", setting]));
}
