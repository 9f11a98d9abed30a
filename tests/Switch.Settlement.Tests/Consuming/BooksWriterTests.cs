using Switch.Contracts.V1;
using Switch.Settlement.Consuming;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Consuming;

public sealed class BooksWriterTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_Approval_PostsItWithItsFeesAndKeepsTheOffset(string kind)
    {
        using var store = TestStore.Create(kind);
        using var writer = Writer(store);

        var result = writer.Write([EventStreams.Read(0, 10, EventStreams.Authorized(1))]);

        Assert.Equal(new BatchResult(false, 1, 0, 0), result);
        Assert.Equal(11, store.Number("SELECT next_offset FROM consumed WHERE partition_no = 0"));
        Assert.Equal(10, store.Number("SELECT first_offset FROM consumed WHERE partition_no = 0"));
        Assert.Equal(1290, store.Number("SELECT amount_minor FROM posting WHERE line = 0"));
        Assert.True(store.Number("SELECT COUNT(*) FROM posting WHERE rule_id <> 0") >= 4);
        Assert.Equal(1, store.Number("SELECT stage FROM payment WHERE outcome = 1 AND approval_entry_id <> 0"));
        AssertBalanced(store);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_ReversalInALaterBatch_TakesBackTheLinesOfTheStore(string kind)
    {
        using var store = TestStore.Create(kind);
        using (var first = Writer(store)) first.Write([EventStreams.Read(0, 0, EventStreams.Authorized(1))]);
        using var second = Writer(store);

        second.Write(
        [
            EventStreams.Read(0, 1, EventStreams.Event(1, "reversal_queued", TransactionEventType.ReversalQueued)),
            EventStreams.Read(
                0, 2, EventStreams.Event(1, "reversal_acknowledged", TransactionEventType.ReversalAcknowledged)),
        ]);

        Assert.Equal(0, store.Number("SELECT COUNT(*) FROM (SELECT account FROM balance GROUP BY account "
            + "HAVING SUM(amount_minor) <> 0 OR SUM(remainder_micro) <> 0) open_accounts"));
        Assert.Equal(3, store.Number("SELECT stage FROM payment"));
        AssertBalanced(store);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_SameEventsAgain_PostsNothing(string kind)
    {
        using var store = TestStore.Create(kind);
        using var writer = Writer(store);
        writer.Write([EventStreams.Read(0, 0, EventStreams.Authorized(1))]);
        var books = BooksDigest.Of(store.Database);

        var result = writer.Write(
            [EventStreams.Read(0, 1, EventStreams.Authorized(1)), EventStreams.Read(0, 2, EventStreams.Authorized(1))]);

        Assert.Equal(new BatchResult(false, 0, 2, 0), result);
        Assert.Equal(books, BooksDigest.Of(store.Database));
        Assert.Equal(3, store.Number("SELECT next_offset FROM consumed"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_KnownEventWithOtherBytes_FirstStaysSecondIsDead(string kind)
    {
        using var store = TestStore.Create(kind);
        using var writer = Writer(store);
        writer.Write([EventStreams.Read(0, 0, EventStreams.Authorized(1, amountMinor: 500))]);

        var result = writer.Write([EventStreams.Read(0, 1, EventStreams.Authorized(1, amountMinor: 600))]);

        Assert.Equal(new BatchResult(false, 0, 0, 1), result);
        Assert.Equal(500, store.Number("SELECT amount_minor FROM posting WHERE line = 0"));
        Assert.Contains("known with other contents", store.Rows<string>("SELECT reason FROM dead_letter")[0],
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_DeadLetterAmongEvents_LosesNothingElse(string kind)
    {
        using var store = TestStore.Create(kind);
        using var writer = Writer(store);

        var result = writer.Write(
        [
            EventStreams.Read(0, 0, EventStreams.Authorized(1)),
            EventStreams.Reader.Read(new ConsumedMessage(0, 1, "key", [0xff, 0xff], null)),
            EventStreams.Read(0, 2, EventStreams.Authorized(2)),
        ]);

        Assert.Equal(new BatchResult(false, 2, 0, 1), result);
        Assert.Equal(3, store.Number("SELECT next_offset FROM consumed"));
        Assert.Equal(1, store.Number("SELECT partition_offset FROM dead_letter WHERE message_key = 'key'"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_OffsetsMovedByAnother_WritesNothing(string kind)
    {
        using var store = TestStore.Create(kind);
        using var late = Writer(store);
        using (var owner = Writer(store)) owner.Write([EventStreams.Read(0, 0, EventStreams.Authorized(1))]);

        var first = late.Write([EventStreams.Read(0, 0, EventStreams.Authorized(2))]);
        late.ReadPositions([0]);
        using (var owner = Writer(store)) owner.Write([EventStreams.Read(0, 1, EventStreams.Authorized(3))]);
        var second = late.Write([EventStreams.Read(0, 1, EventStreams.Authorized(4))]);

        Assert.True(first.IsFenced);
        Assert.True(second.IsFenced);
        Assert.Equal(2, store.Number("SELECT COUNT(*) FROM event"));
        Assert.Equal(2, store.Number("SELECT next_offset FROM consumed"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_AfterAClose_PutsTheEventIntoTheNextWindow(string kind)
    {
        using var store = TestStore.Create(kind);
        using var writer = Writer(store);
        writer.Write([EventStreams.Read(0, 0, EventStreams.Authorized(1))]);
        store.Execute(
            "INSERT INTO closed_day (business_date, closed_ms, closed_by) VALUES (@Today, 1, 'me')",
            new { EventStreams.Today });
        store.Execute(
            $"INSERT INTO closed_day_watermark VALUES ('{EventStreams.Today}', '{EventStreams.Topic}', 0, 1)");

        writer.Write([EventStreams.Read(0, 1, EventStreams.Authorized(2))]);

        Assert.Equal(
            ["2026-05-28 2026-05-28", "2026-05-28 2026-05-29"],
            store.Rows<string>("SELECT business_date || ' ' || settle_date FROM entry ORDER BY settle_date"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_LateReversalFirst_LeavesTheAnswerToTheAuthorizedEvent(string kind)
    {
        using var store = TestStore.Create(kind);
        using var writer = Writer(store);
        var late = EventStreams.Event(1, "late_reversal_queued.0a1b2c3d", TransactionEventType.ReversalQueued);
        late.Acquirer = "beta";
        writer.Write([EventStreams.Read(0, 0, late)]);

        writer.Write([EventStreams.Read(0, 1, EventStreams.Authorized(1))]);

        Assert.Equal(1, store.Number("SELECT stage FROM payment WHERE acquirer = 'alpha' AND approved_minor = 1290"));
        Assert.Equal(1, store.Number("SELECT COUNT(*) FROM entry WHERE acquirer = 'alpha'"));
    }

    /// <summary>Two consumers that make the same rules in two orders would wait for each other.</summary>
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Write_NewFeeRules_AreMadeInOneOrder(string kind)
    {
        using var store = TestStore.Create(kind);
        using var writer = Writer(store);
        var amex = EventStreams.Authorized(1);
        amex.Scheme = "amex";
        writer.Write([EventStreams.Read(0, 0, EventStreams.Authorized(2)), EventStreams.Read(0, 1, amex)]);

        var rules = store.Rows<string>("SELECT rule_key FROM fee_rule ORDER BY id");
        Assert.True(rules.Count > 4);
        Assert.Equal(rules.Order(StringComparer.Ordinal), rules);
        Assert.Equal(0, store.Number(
            "SELECT COUNT(*) FROM posting WHERE rule_id <> 0 AND rule_id NOT IN (SELECT id FROM fee_rule)"));
    }

    internal static BooksWriter Writer(TestStore store)
    {
        var writer = new BooksWriter(
            store.Database, EventStreams.Bookkeeper, EventStreams.Topic, TimeProvider.System);
        writer.ReadPositions([0, 1, 2, 3]);
        return writer;
    }

    /// <summary>Sums are zero for each currency, and the balances are the sums of the postings.</summary>
    internal static void AssertBalanced(TestStore store)
    {
        Assert.Empty(store.Rows<string>(
            "SELECT currency FROM balance GROUP BY currency HAVING SUM(amount_minor) <> 0"));
        Assert.Empty(store.Rows<long>("SELECT entry_id FROM posting GROUP BY entry_id HAVING SUM(amount_minor) <> 0"));
        const string Key = "e.settle_date, e.acquirer, e.merchant_id, e.currency, e.business_date, e.kind, p.account";
        Assert.Equal(
            store.Rows<string>("SELECT account || ' ' || currency || ' ' || settle_date || ' ' || merchant_id || "
                + "' ' || acquirer || ' ' || business_date || ' ' || entry_kind || ' ' || amount_minor || ' ' || "
                + "remainder_micro || ' ' || entries FROM balance").Order(StringComparer.Ordinal),
            store.Rows<string>("SELECT p.account || ' ' || e.currency || ' ' || e.settle_date || ' ' || "
                + "e.merchant_id || ' ' || e.acquirer || ' ' || e.business_date || ' ' || e.kind || ' ' || "
                + "CAST(SUM(p.amount_minor) AS BIGINT) || ' ' || CAST(SUM(p.remainder_micro) AS BIGINT) || ' ' || "
                + $"COUNT(DISTINCT e.id) FROM entry e JOIN posting p ON p.entry_id = e.id GROUP BY {Key}")
                .Order(StringComparer.Ordinal));
    }
}
