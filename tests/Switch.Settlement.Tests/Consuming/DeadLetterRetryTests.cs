using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Consuming;

public sealed class DeadLetterRetryTests
{
    private static readonly FakeTimeProvider Evening = new(new DateTimeOffset(2026, 5, 28, 22, 0, 0, TimeSpan.Zero));

    /// <summary>
    /// An approval that was dead, whose reversal was booked before it was retried: order matters, and the day is
    /// closed.
    /// </summary>
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Retry_AfterAClose_BooksIntoTheNextWindowAndARebuildDoesTheSame(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        PoisonedBatchTests.RefuseTerminal(store, "POISON");
        var (first, second) = (EventStreams.Authorized(1), EventStreams.Authorized(2));
        first.TerminalId = second.TerminalId = "POISON";
        await RebuildBesideTests.SendAsync(
            topic, store, first, second, EventStreams.Authorized(3),
            EventStreams.Event(2, "reversal_queued", TransactionEventType.ReversalQueued));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM dead_letter"));
        var day = new BusinessDay(Evening, TimeZoneInfo.Utc, TimeSpan.Zero);
        Assert.Null(new DayCloser(store.Database, SampleTerms.Read(), day).Close(day.Today, "anna").Refusal);
        Allow(store);
        var retry = new DeadLetterRetry(
            store.Database, EventStreams.Bookkeeper, TestConsumer.Options(topic, store), TimeProvider.System);
        Assert.All(retry.List(10), letter => Assert.Null(letter.Fault));

        Assert.Equal(new RetryResult(2, 0, 0), retry.Retry(TestContext.Current.CancellationToken));

        Assert.Equal(
            ["2026-05-28 2026-05-28", "2026-05-28 2026-05-29"],
            store.Rows<string>("SELECT DISTINCT business_date || ' ' || settle_date FROM entry WHERE kind = 1 "
                + "ORDER BY business_date || ' ' || settle_date"));
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM dead_letter"));
        Assert.Equal(new RetryResult(0, 0, 0), retry.Retry(TestContext.Current.CancellationToken));
        await RebuildBesideTests.SendAsync(
            topic, store, EventStreams.Event(1, "reversal_queued", TransactionEventType.ReversalQueued));
        BooksWriterTests.AssertBalanced(store);

        var report = RebuildBesideTests.Rebuild(topic, store, force: false);

        Assert.True(report.IsIdentical);
        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM dead_letter"));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM retried_letter"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Retry_DuringARebuild_IsKeptAndTheRebuildRefused(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        PoisonedBatchTests.RefuseTerminal(store, "POISON");
        var dead = EventStreams.Authorized(1);
        dead.TerminalId = "POISON";
        await RebuildBesideTests.SendAsync(topic, store, dead, EventStreams.Authorized(2));
        Allow(store);
        var retry = new DeadLetterRetry(
            store.Database, EventStreams.Bookkeeper, TestConsumer.Options(topic, store), TimeProvider.System);

        var refused = Assert.Throws<StoreRefusedException>(() => RebuildBesideTests.Rebuild(
            topic, store, force: true, () => retry.Retry(TestContext.Current.CancellationToken)));

        Assert.Contains("a dead letter was retried meanwhile", refused.Message, StringComparison.Ordinal);
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM entry"));
        Assert.True(RebuildBesideTests.Rebuild(topic, store, force: false).IsIdentical);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Retry_WhatIsStillBad_Stays(string kind)
    {
        using var store = TestStore.Create(kind);
        var ahead = EventStreams.Authorized(1);
        ahead.BusinessDate = "2026-06-02";
        using (var writer = BooksWriterTests.Writer(store))
        {
            writer.Write(
            [
                EventStreams.Read(0, 0, EventStreams.Authorized(2, amountMinor: 500)),
                EventStreams.Read(0, 1, ahead),
                EventStreams.Reader.Read(new ConsumedMessage(0, 2, "", [0xff], null)),
                EventStreams.Reader.Read(new ConsumedMessage(
                    0, 3, "", EventStreams.Authorized(3).ToByteArray(), "cardswitch.transaction.authorized.v2")),
                EventStreams.Read(0, 4, EventStreams.Authorized(2, amountMinor: 600)),
            ]);
        }

        using (var connection = store.Database.OpenConnection()) Assert.Equal(4, DeadLetterRetry.Count(connection));
        var later = new FakeTimeProvider(new DateTimeOffset(2026, 6, 1, 8, 0, 0, TimeSpan.Zero));
        var retry = new DeadLetterRetry(store.Database, EventStreams.Bookkeeper, new SettlementOptions(), later);

        Assert.Equal(
            [(1L, null), (2L, "not a TransactionEvent"), (3L, "another version"), (4L, null)],
            retry.List(10).Select(letter => (letter.Offset, letter.Fault is not { } fault ? null
                : fault.Contains("another version", StringComparison.Ordinal) ? "another version" : fault[..22])));
        Assert.Equal(new RetryResult(1, 0, 3), retry.Retry(TestContext.Current.CancellationToken));

        Assert.Equal([2L, 3L, 4L], store.Rows<long>("SELECT partition_offset FROM dead_letter ORDER BY 1"));
        Assert.Equal(
            ["2026-05-28 500", "2026-06-02 1290"],
            store.Rows<string>("SELECT settle_date || ' ' || amount_minor FROM entry JOIN posting ON entry_id = id "
                + "WHERE line = 0 ORDER BY settle_date"));
        BooksWriterTests.AssertBalanced(store);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Retry_LetterThatTheStoreRefuses_KeepsNoOtherBackAndSaysWhy(string kind)
    {
        using var store = TestStore.Create(kind);
        using (var writer = BooksWriterTests.Writer(store))
        {
            var known = EventStreams.Authorized(6);
            writer.Write(
            [
                EventStreams.Read(0, 0, known),
                .. Enumerable.Range(1, 5).Select(n => Dead(n, EventStreams.Authorized(n), n == 3 ? "POISON" : "T1")),
                Dead(6, known, "T2"),
            ]);
        }

        PoisonedBatchTests.RefuseTerminal(store, "POISON");
        var told = new List<RefusedLetter>();
        var retry = new DeadLetterRetry(
            store.Database, EventStreams.Bookkeeper, new SettlementOptions(), TimeProvider.System, told.Add);

        Assert.Equal(new RetryResult(4, 0, 2), retry.Retry(TestContext.Current.CancellationToken));

        var (refused, other) = (retry.List(10)[0], retry.List(10)[1]);
        Assert.Equal((3L, null), (refused.Offset, refused.Fault));
        Assert.Matches("can't be booked: .*refuse", refused.Reason);
        Assert.Equal([new RefusedLetter(0, 3, refused.Reason)], told);
        Assert.Equal(
            (6L, $"event {EventStreams.IdOf(6)}.authorized is known with other contents"),
            (other.Offset, other.Reason));
    }

    /// <summary>Another retry goes in between what this one has read and what it books.</summary>
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Retry_BesideAnother_PassesOverWhatThatOneHasBooked(string kind)
    {
        using var store = TestStore.Create(kind);
        using (var writer = BooksWriterTests.Writer(store))
        {
            writer.Write(
            [
                .. Enumerable.Range(0, 3).Select(n => Dead(n, EventStreams.Authorized(n + 1), n == 1 ? "BAD" : "T1")),
            ]);
        }

        PoisonedBatchTests.RefuseTerminal(store, "BAD");
        var told = new List<RefusedLetter>();
        RetryResult? other = null;
        DeadLetterRetry Of(TimeProvider time) => new(
            store.Database, EventStreams.Bookkeeper, new SettlementOptions(), time, told.Add);
        var meanwhile = new InterruptedClock(
            () => other = Of(TimeProvider.System).Retry(TestContext.Current.CancellationToken));

        var result = Of(meanwhile).Retry(TestContext.Current.CancellationToken);

        Assert.Equal((new RetryResult(2, 0, 1), new RetryResult(0, 2, 1)), (other, result));
        Assert.Equal([1L, 1L], told.Select(letter => letter.Offset));
        Assert.All(told, letter => Assert.Matches("refuse", letter.Reason));
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM dead_letter"));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM retried_letter"));
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM entry"));
        BooksWriterTests.AssertBalanced(store);
    }

    private static ReadMessage Dead(long offset, TransactionEvent e, string terminal)
    {
        e.TerminalId = terminal;
        return EventStreams.Read(0, offset, e) with { Event = null, Fault = "can't be booked: for a test" };
    }

    private static void Allow(TestStore store) => store.Execute(
        store.Database.Dialect == StoreDialect.Sqlite
            ? "DROP TRIGGER refuse"
            : "ALTER TABLE payment DROP CONSTRAINT refuse");

    /// <summary>The system's clock; who asks it for the first time waits until something else is done.</summary>
    private sealed class InterruptedClock(Action act) : TimeProvider
    {
        private Action? _act = act;

        public override DateTimeOffset GetUtcNow()
        {
            Interlocked.Exchange(ref _act, null)?.Invoke();
            return System.GetUtcNow();
        }
    }
}
