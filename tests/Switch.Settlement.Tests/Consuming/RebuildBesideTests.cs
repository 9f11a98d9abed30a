using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Fees;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>A rebuild while the consumer goes on, closed days, and other rebuilds.</summary>
public sealed class RebuildBesideTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_NewFeeRuleMeanwhile_IsKeptAndCanBeReversed(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        await SendAsync(topic, store, EventStreams.Authorized(1));
        // What a live consumer reads after the replay has begun: a card whose rules nobody has used yet.
        var late = EventStreams.Authorized(2);
        (late.Scheme, late.Funding, late.IssuerCountry) = ("amex", "prepaid", "US");
        late.RootTransactionId = EventStreams.IdOf(1);
        var rules = store.Number("SELECT COUNT(*) FROM fee_rule");

        var report = Rebuild(topic, store, false, () => Send(topic, store, late));

        Assert.True(report.IsIdentical);
        Assert.True(store.Number("SELECT COUNT(*) FROM fee_rule") > rules, "the card has no rule of its own");
        Assert.Equal(0, store.Number(
            "SELECT COUNT(*) FROM posting WHERE rule_id <> 0 AND rule_id NOT IN (SELECT id FROM fee_rule)"));
        var reversal = EventStreams.Event(2, "reversal_queued", TransactionEventType.ReversalQueued);
        reversal.RootTransactionId = late.RootTransactionId;
        await SendAsync(topic, store, reversal);
        Assert.Equal(2, store.Number($"SELECT stage FROM payment WHERE transaction_id = '{EventStreams.IdOf(2)}'"));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM dead_letter"));
        BooksWriterTests.AssertBalanced(store);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_PartitionThatBeginsMeanwhile_IsReadToo(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        await SendAsync(topic, store, EventStreams.Authorized(1));
        List<TransactionEvent> others = [.. Enumerable.Range(2, 12).Select(n => EventStreams.Authorized(n))];

        var report = Rebuild(topic, store, false, () => Send(topic, store, [.. others]));

        Assert.True(store.Number("SELECT COUNT(*) FROM consumed") > 1);
        Assert.True(report.IsIdentical);
        Assert.Equal(report.After, BooksDigest.Of(store.Database));
        Assert.Equal(13, store.Number("SELECT COUNT(*) FROM payment"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_OtherTermsUnderAClosedWindow_IsRefusedEvenWithForce(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        await SendAsync(topic, store, EventStreams.Authorized(1));
        var evening = new FakeTimeProvider(new DateTimeOffset(2026, 5, 28, 22, 0, 0, TimeSpan.Zero));
        var day = new BusinessDay(evening, TimeZoneInfo.Utc, TimeSpan.Zero);
        var close = new DayCloser(store.Database, SampleTerms.Read(), day).Close(day.Today, "anna");
        Assert.Equal(1, close.Windows);
        var before = BooksDigest.Of(store.Database);
        var dearer = SampleTerms.Text.Replace("percent: 1.2\n", "percent: 2.2\n", StringComparison.Ordinal);
        Assert.NotEqual(SampleTerms.Text, dearer);
        var books = new Bookkeeper(new FeeSchedule(SampleTerms.Read(dearer)));

        var refused = Assert.Throws<StoreRefusedException>(() => Rebuild(topic, store, true, books: books));

        Assert.Contains("a closed window is immutable", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"{EventStreams.Today} alpha M-ONE EUR", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, BooksDigest.Of(store.Database));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_BesideAnother_IsRefusedAndLeavesNothing(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        await SendAsync(topic, store, EventStreams.Authorized(1));
        StoreRefusedException? refused = null;

        var report = Rebuild(topic, store, false, () => refused = Assert.Throws<StoreRefusedException>(
            () => Rebuild(topic, store, false)));

        Assert.True(report.IsIdentical);
        Assert.Contains("another rebuild", refused!.Message, StringComparison.Ordinal);
        Assert.True(Rebuild(topic, store, false).IsIdentical);
        if (kind != TestStore.Sqlite) return;
        var folder = Path.GetDirectoryName(store.Database.Place)!;
        Assert.DoesNotContain(
            Directory.GetFiles(folder), file => file.Contains(".rebuild.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void RequireNumbers_MoreThanWereSetAside_IsRefused(string kind)
    {
        using var store = TestStore.Create(kind);
        var beside = store.Database.CreateBeside();
        try
        {
            var ends = BooksSwap.Prepare(store.Database, beside);
            Assert.Equal(1_000_000_001, ends[IdBlocks.Event]);
            BooksSwap.RequireNumbers(beside, ends);
            using (var connection = beside.OpenConnection())
            using (var command = connection.CreateCommand())
            {
                command.CommandText = "UPDATE id_block SET next_id = 1000000002 WHERE name = 'event'";
                Assert.Equal(1, command.ExecuteNonQuery());
            }

            var refused = Assert.Throws<StoreRefusedException>(() => BooksSwap.RequireNumbers(beside, ends));
            Assert.Contains("more than 1000000000 rows of event", refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            beside.Dispose();
            store.Database.DropBeside();
        }
    }

    internal static RebuildReport Rebuild(
        TestTopic topic, TestStore store, bool force, Action? meanwhile = null, Bookkeeper? books = null) =>
        new BooksRebuild(
            store.Database, books ?? EventStreams.Bookkeeper, TestConsumer.Options(topic, store), TimeProvider.System)
            // The last progress is told before the swap.
            .Run(force, _ => meanwhile?.Invoke(), TestContext.Current.CancellationToken);

    internal static async Task SendAsync(TestTopic topic, TestStore store, params TransactionEvent[] events)
    {
        foreach (var e in events) topic.Send(e);
        topic.Flush();
        await using (await TestConsumer.StartAsync(topic, store)) await TestConsumer.ReachesAsync(store, topic.Sent);
    }

    private static void Send(TestTopic topic, TestStore store, params TransactionEvent[] events) =>
        SendAsync(topic, store, events).GetAwaiter().GetResult();
}
