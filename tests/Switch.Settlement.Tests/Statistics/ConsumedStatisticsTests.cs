using Switch.Contracts.V1;
using Switch.Settlement.Tests.Consuming;
using Switch.Settlement.Tests.Records;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Statistics;

/// <summary>From the consumer's writer to the answer over a socket.</summary>
public sealed class ConsumedStatisticsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Events_DeliveredAgainAndReplayed_AreCountedAndToldOnce(string kind)
    {
        using var store = TestStore.Create(kind);
        var approved = EventStreams.Authorized(1);
        var declined = EventStreams.Authorized(2);
        (declined.Outcome, declined.DeclinedBy, declined.ResponseCode, declined.ApprovedAmount) =
            (Outcome.Declined, DeclinedBy.Issuer, "51", null);
        TransactionEvent[] delivered =
        [
            approved, approved, declined,
            EventStreams.Event(1, "reversal_queued", TransactionEventType.ReversalQueued), declined,
        ];
        Consume(store, delivered);
        store.Execute("DELETE FROM consumed");
        Consume(store, delivered);
        await using var host = await QueryHost.StartAsync(store.Database);

        var row = Assert.Single((await host.Statistics.GetStatisticsAsync(
            new GetStatisticsRequest { FromDate = EventStreams.Today, ToDate = EventStreams.Today },
            cancellationToken: Cancel)).Rows);
        var story = await host.Records.GetPaymentAsync(
            new GetPaymentRequest { TransactionId = EventStreams.IdOf(1) }, cancellationToken: Cancel);

        Assert.Equal((2L, 1L, 1L, 1290L), (row.Answered, row.Approved, row.DeclinedByIssuer, row.PurchasesMinor));
        Assert.Equal(PaymentBookStage.ReversalQueued, story.Payment.Stage);
        Assert.Equal(2, story.Events.Count);
        Assert.Equal(["sale", "reversal"], story.Entries.Select(entry => entry.Kind));
        Assert.All(story.Entries, entry => Assert.Equal(0, entry.Lines.Sum(line => line.AmountMinor)));
        Assert.Contains(story.Entries[0].Lines, line => line.RuleText.Length > 0);
    }

    private static void Consume(TestStore store, TransactionEvent[] events)
    {
        using var writer = BooksWriterTests.Writer(store);
        for (var offset = 0; offset < events.Length; offset++)
            Assert.False(writer.Write([EventStreams.Read(0, offset, events[offset])]).IsFenced);
    }
}
